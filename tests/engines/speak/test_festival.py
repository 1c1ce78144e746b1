"""Debian's festival says how to get it where it is not; the contracts hold that it speaks where it is."""

from pathlib import Path

import pytest

from voxhall.engines.registry import NoOptions, Registry
from voxhall.engines.speak import festival
from voxhall.errors import EngineUnavailable


def test_without_the_program_or_its_voice_a_command_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is not chosen, and the reason says what to type."""
    registry = Registry(tmp_path, engines=(festival.engine,))
    monkeypatch.setattr(festival, "PLACES", (tmp_path,))
    assert "make system" in (registry.missing(festival.engine) or "")
    with pytest.raises(EngineUnavailable, match="make system"):
        registry.choose("speak", name="festival")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "make system" in (registry.missing(festival.engine) or "")


def test_its_voice_is_a_woman_s() -> None:
    """Under a name of its own."""
    [character] = festival.engine.characters(NoOptions())
    assert (character.name, character.feminine) == ("clara", True)
