"""Engines are found by their files and by entry points, chosen by rank and language, and reported when unusable."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import echo
from voxhall.engines import recognize
from voxhall.engines.host import Host
from voxhall.engines.protocols import Recognizer
from voxhall.engines.registry import Registry, all_engines
from voxhall.errors import EngineUnavailable, Misconfigured

ONE_FILE = '''
"""A recogniser that hears one word in everything."""

from voxhall.domain.speech import Word
from voxhall.engines.protocols import Recognition
from voxhall.engines.registry import Engine


class Shout:
    def __init__(self, options, models):
        pass

    def recognize(self, samples, *, language, keywords):
        return Recognition((Word("hey", 0.0, 0.1, 1.0),), timed=True, language="en", language_probability=1.0)


engine = Engine(
    name="shout", ability="recognize", summary="Hears one word", licence="MIT", load=Shout,
    languages=frozenset({"en"}), rank=99,
)
'''


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget which engines there are, before and after."""
    all_engines.cache_clear()
    yield
    all_engines.cache_clear()


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Somebody's own package with an engine behind an entry point, as `pip install` leaves it in a folder."""
    (tmp_path / "shout_engine.py").write_text(ONE_FILE)
    info = tmp_path / "shout-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shout\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[voxhall.engines]\nshout = shout_engine:engine\n")
    return tmp_path


@pytest.mark.usefixtures("fresh")
def test_a_file_is_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file in the folder of its ability is listed and chosen; no other file changes."""
    (tmp_path / "shout.py").write_text(ONE_FILE)
    monkeypatch.setattr(recognize, "__path__", [*recognize.__path__, str(tmp_path)])
    registry = Registry(tmp_path)
    assert registry.choose("recognize").name == "shout"
    assert registry.choose("recognize", language="en").name == "shout"
    assert {"moonshine", "whisper", "shout"} <= {engine.name for engine in registry.of("recognize")}


@pytest.mark.usefixtures("fresh")
def test_an_installed_package_brings_an_engine(foreign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine behind an entry point is listed, chosen, and runs in an engine process."""
    monkeypatch.syspath_prepend(foreign)
    registry = Registry(foreign)
    engine = registry.choose("recognize")
    with Host(registry, processes=1) as host, host.scope() as scope:
        heard = scope.engine(Recognizer, engine).recognize(np.ones(9, np.float32), language="en", keywords=())
    assert [word.text for word in heard.words] == ["hey"]


def test_doctor_shows_a_new_engine(foreign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed appears on the command line without further ado."""
    monkeypatch.setenv("PYTHONPATH", str(foreign))
    monkeypatch.setenv("VOXHALL_DATA_DIR", str(foreign))
    monkeypatch.setenv("COLUMNS", "200")
    command = [sys.executable, "-m", "voxhall", "doctor"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    [line] = [line for line in shown.splitlines() if "shout" in line]
    assert "recognize" in line
    assert "usable" in line


def test_the_best_usable_engine_is_chosen(tmp_path: Path) -> None:
    """Under `auto` rank decides among those that know the language and lack nothing."""
    plain = replace(echo.recognizer, name="plain")
    german = replace(echo.recognizer, name="german", rank=5, languages=frozenset({"de"}))
    absent = replace(echo.recognizer, name="absent", rank=9, missing=echo_is_missing)
    registry = Registry(tmp_path, engines=(absent, german, plain))
    assert registry.choose("recognize").name == "german"
    assert registry.choose("recognize", language="de").name == "german"
    assert registry.choose("recognize", language="fr").name == "plain"
    assert registry.choose("recognize", name="plain", language="de").name == "plain"
    assert [engine.name for engine in registry.usable("recognize", "de")] == ["german", "plain"]


def test_what_cannot_be_chosen_says_why(tmp_path: Path) -> None:
    """The error names what is missing and how to get it, or what there is instead."""
    german = replace(echo.recognizer, name="german", languages=frozenset({"de"}))
    absent = replace(echo.recognizer, name="absent", missing=echo_is_missing)
    registry = Registry(tmp_path, engines=(german, absent))
    with pytest.raises(EngineUnavailable, match="voxhall models pull echo") as caught:
        registry.choose("recognize", language="fr")
    assert caught.value.param == "language"
    with pytest.raises(EngineUnavailable, match="voxhall models pull echo"):
        registry.choose("recognize", name="absent")
    with pytest.raises(EngineUnavailable, match="does not know language 'fr'"):
        registry.choose("recognize", name="german", language="fr")
    with pytest.raises(EngineUnavailable, match="there are: german, absent"):
        registry.choose("recognize", name="unheard-of")


def test_options_are_checked(tmp_path: Path) -> None:
    """A wrong option is named with its engine and what was given; right ones reach the engine."""
    with pytest.raises(Misconfigured, match=r"echo\.spoken") as caught:
        Registry(tmp_path, {"echo": {"spoken": "klingon"}}).options_of(echo.recognizer)
    assert "klingon" in str(caught.value)
    registry = Registry(tmp_path, {"echo": {"spoken": "fr"}}, echo.ENGINES)
    with Host(registry, processes=1) as host, host.scope() as scope:
        lent = scope.engine(Recognizer, echo.recognizer)
        assert lent.recognize(np.ones(9, np.float32), language="auto", keywords=()).language == "fr"


def echo_is_missing(options: echo.EchoOptions, models: Path) -> str:
    """Miss something."""
    return f"fetch it into {models} with `voxhall models pull echo`"


def test_listing_engines_imports_nothing_heavy() -> None:
    """The server starts quickly: what an engine needs is imported where it is loaded."""
    code = "import sys; from voxhall.engines.registry import all_engines; all_engines(); print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"av", "ctranslate2", "faster_whisper", "onnxruntime", "pocketsphinx", "scipy"} & set(listed)
