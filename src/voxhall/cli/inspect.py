"""Shows what is installed and how it is set up."""

import json
import sys

import typer
from rich.console import Console
from rich.table import Table

from voxhall import __version__
from voxhall.engines.registry import ABILITIES, OPTIONAL
from voxhall.services.tools import registry_of
from voxhall.settings import Settings, read_settings


def config() -> None:
    """Print every setting with its value, as it would be written into voxhall.toml."""
    settings = read_settings()
    for name, field in Settings.model_fields.items():
        typer.echo(f"# {field.description}")
        typer.echo(f"# VOXHALL_{name.upper()}")
        typer.echo(f"{_toml(name, getattr(settings, name))}\n")


def _toml(name: str, value: object) -> str:
    return f"# {name} =" if value is None else f"{name} = {_toml_value(value)}"


def _toml_value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml_value(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value if isinstance(value, bool | int | float | tuple | list) else str(value))


def doctor() -> None:
    """Say what is installed, which engines are usable, and the command that fixes what is missing."""
    settings = read_settings()
    console = Console()
    console.print(
        f"Voxhall {__version__}, Python {sys.version.split()[0]}, data in {settings.data_dir}", highlight=False
    )
    registry = registry_of(settings)
    table = Table("ability", "engine", "languages", "state", box=None)
    broken = []
    for ability in ABILITIES:
        for engine in registry.of(ability):
            languages = "any" if engine.languages is None else _short(engine.languages)
            reason = registry.missing(engine)
            table.add_row(ability, engine.name, languages, reason or "usable")
        if ability not in OPTIONAL and not registry.usable(ability):
            broken.append(ability)
    console.print(table)
    for ability in broken:
        console.print(f"No engine can {ability}: what needs it does not work.", style="red", markup=False)
    if broken:
        raise typer.Exit(1)


def _short(languages: frozenset[str]) -> str:
    """Name up to five languages, else how many there are."""
    return ", ".join(sorted(languages)) if len(languages) <= 5 else f"{len(languages)} languages"  # noqa: PLR2004 - above
