"""The house holds: imports go down only, files stay short, every module says what it is for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "voxhall"
MODULES = sorted(set(ROOT.rglob("*.py")) - set(ROOT.glob("stores/migrations/versions/*.py")))
"""Migrations are history, not architecture."""

LAYERS = (
    {"domain", "errors", "settings", "log"},
    {"audio", "text", "net"},
    {"engines", "stores"},
    {"pipelines"},
    {"accounts", "jobs"},
    {"services"},
    {"ground"},
    {"app", "library", "offices"},
    {"api"},
    {"cli"},
)
"""From the bottom to the top. Rooms on one line do not know each other, but on the lowest line."""

FACADE = {"__init__", "__main__"}
"""May use everything; used by nobody."""


def room(path: Path) -> str:
    """Give the first folder or the module itself."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def level(name: str) -> int:
    """Give the layer's number, 0 at the bottom."""
    return next(number for number, layer in enumerate(LAYERS) if name in layer)


def imported_modules(path: Path) -> set[str]:
    """Give the dotted names below `voxhall` that a module imports anywhere, inside functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name.removeprefix("voxhall.") for name in names if name.startswith("voxhall.")}


def imports_between_rooms() -> list[tuple[str, Path, str]]:
    """Give (room, file, imported room) for each import that leaves its room."""
    rows = []
    for path in MODULES:
        for name in imported_modules(path):
            target = name.split(".")[0]
            if target != room(path) and (ROOT / target).exists() | (ROOT / f"{target}.py").exists():
                rows.append((room(path), path, target))
    return rows


def test_imports_go_down_only() -> None:
    """A module imports only from layers below its own, lazy imports included."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {target}"
        for source, path, target in imports_between_rooms()
        if source not in FACADE and not (level(target) < level(source) or level(source) == level(target) == 0)
    ]
    assert not wrong


def test_every_room_has_a_layer() -> None:
    """A new folder is placed in the house before anything is put into it."""
    rooms = {room(path) for path in MODULES} - FACADE
    assert rooms <= set().union(*LAYERS)


def test_engines_are_named_only_in_their_own_room() -> None:
    """Outside `engines/`, code knows protocols, registry, host, wire and weights, never an engine."""
    doors = {"engines.protocols", "engines.registry", "engines.host", "engines.wire", "engines.weights"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in MODULES
        if room(path) != "engines"
        for name in imported_modules(path)
        if name.startswith("engines.") and ".".join(name.split(".")[:2]) not in doors
    ]
    assert not wrong


def test_sql_stays_in_stores() -> None:
    """Only stores, accounts, jobs and services know the database's library."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if room(path) in {"domain", "audio", "text", "engines", "pipelines", "api", "cli", "app"}
        and "sqlalchemy" in path.read_text()
    ]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    """At most 400 lines, a first sentence, no function over 60 lines."""
    source = path.read_text()
    tree = ast.parse(source)
    assert source.count("\n") <= 400
    assert ast.get_docstring(tree), "no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"
