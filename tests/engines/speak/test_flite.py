"""Debian's flite speaks where it is installed, and says how to get it where it is not."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from voxhall.engines.protocols import Style
from voxhall.engines.registry import NoOptions, Registry
from voxhall.engines.speak import flite
from voxhall.errors import InvalidInput

installed = pytest.mark.skipif(shutil.which("flite") is None, reason="the program flite is not installed")
WORDS = ("The", "early", "train", "[[leaves]]", "at", "nine.")


@installed
@pytest.mark.parametrize("voice", [character.name for character in flite.engine.characters(NoOptions())])
def test_its_people_speak(voice: str) -> None:
    """Each says the words, quicker where it is asked to."""
    speaker = flite.Flite()
    usual, quick = (speaker.prepare(WORDS, voice, "en", Style(speed=speed)) for speed in (1.0, 1.5))
    sound, shorter = (speaker.render(each.pieces[0]) for each in (usual, quick))
    assert usual.rate == 16_000
    assert 1.0 < len(sound) / usual.rate < 4.0
    assert len(shorter) < 0.8 * len(sound)
    assert 0.05 < np.abs(sound).max() <= 1.0


@installed
@pytest.mark.parametrize("words", [(), ("...",)])
def test_nothing_to_say_is_said(words: tuple[str, ...]) -> None:
    """The caller learns that there is nothing that can be spoken."""
    with pytest.raises(InvalidInput, match="nothing in the text"):
        flite.Flite().prepare(words, "slt", "en", Style())


def test_without_the_program_a_command_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is not chosen, and the reason says what to type."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "make system" in (Registry(tmp_path).missing(flite.engine) or "")
