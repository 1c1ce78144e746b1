"""The documents say what there is: a setting, error, command or path without its line is a failure."""

import re
from pathlib import Path

import pytest
from click import Group
from typer.main import get_command

from voxhall import errors
from voxhall.api import agent, flux, fluxions, lesan, libretranslate
from voxhall.cli.main import app
from voxhall.engines.registry import all_engines
from voxhall.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text()


def error_codes() -> set[str]:
    """Give the codes of all errors of ours."""
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return {kind.code for kind in kinds if issubclass(kind, errors.VoxhallError)}


def commands(command: object = None, prefix: str = "voxhall") -> list[str]:
    """Give every command and sub-command as it is typed."""
    command = command or get_command(app)
    if not isinstance(command, Group):
        return [prefix]
    return [found for name, each in command.commands.items() for found in commands(each, f"{prefix} {name}")]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """By the variable that sets it."""
    assert f"`VOXHALL_{name.upper()}`" in DOCS["configuration.md"]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_describes_itself(name: str) -> None:
    """`voxhall config` prints that."""
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("code", sorted(error_codes()))
def test_every_error_code_is_documented(code: str) -> None:
    """With its way out."""
    assert f"`{code}`" in DOCS["errors.md"]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    """Somewhere in the pages."""
    assert command in " ".join(DOCS.values())


@pytest.mark.parametrize("name", re.findall(r"voxhall models (?:pull|rm) ([\w.-]+)", " ".join(DOCS.values())))
def test_models_to_fetch_are_called_what_they_are_in_the_documents(name: str) -> None:
    """The commands work as they stand there."""
    assert name in {weights.name for engine in all_engines() for weights in engine.weights}


def paths() -> set[str]:
    """Give every path of every dialect."""
    parts = (*fluxions.PARTS, *lesan.PARTS, *libretranslate.PARTS, *flux.PARTS, *agent.PARTS)
    return {route.path for part in parts for route in part.router.routes}


@pytest.mark.parametrize("path", sorted(paths()))
def test_every_path_is_documented(path: str) -> None:
    """Aliases are mentioned once."""
    assert path.removeprefix("/akro") in " ".join(DOCS.values())


def test_the_readme_names_targets_that_there_are() -> None:
    """`make serve` and `make test` first of all."""
    named = set(re.findall(r"make (\w+)", README))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"serve", "test"} <= named <= targets


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in DOCS)])
def test_links_lead_somewhere(page: str) -> None:
    """Files that are linked are there."""
    path = ROOT / page
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
