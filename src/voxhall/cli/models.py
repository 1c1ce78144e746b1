"""Models that widen the defaults: what there is, fetching, removing."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voxhall.engines import weights
from voxhall.engines.registry import Registry
from voxhall.settings import read_settings

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def show() -> None:
    """List the models that can be fetched, and which are here."""
    settings = read_settings()
    table = Table("model", "engine", "MB", "licence", "state", box=None)
    for engine in Registry(settings.models_dir).engines:
        for each in engine.weights:
            state = "here" if weights.present(each, settings.models_dir) else ""
            table.add_row(each.name, engine.name, str(each.megabytes), each.licence, state)
    Console().print(table)


@app.command()
def pull(name: Annotated[str, typer.Argument(help="A model of `voxhall models list`.")]) -> None:
    """Fetch a model from its hub."""
    settings = read_settings()
    chosen = weights.find(name, Registry(settings.models_dir).engines)
    typer.echo(f"Fetching {chosen.name}: {chosen.megabytes} MB, licence {chosen.licence}")
    typer.echo(f"It is now in {weights.pull(chosen, settings.models_dir)}")


@app.command("rm")
def remove(name: Annotated[str, typer.Argument(help="A model that is here.")]) -> None:
    """Remove a model that was fetched."""
    settings = read_settings()
    weights.remove(weights.find(name, Registry(settings.models_dir).engines), settings.models_dir)
    typer.echo(f"{name} is gone")
