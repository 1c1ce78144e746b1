"""Debian's flite: small English voices, mechanical, quick, and other people than the embedded one."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from voxhall.audio import wav
from voxhall.domain.voice import Character
from voxhall.engines.protocols import Arrays, Samples, Style, Utterance
from voxhall.engines.registry import Engine, NoOptions
from voxhall.errors import InvalidInput

PROGRAM = "flite"
LONGEST = 60.0
"""Seconds that speaking an utterance may take."""

VOICES = {"rms": False, "awb": False, "slt": True, "kal16": False}
"""Whether each is a woman's."""


class Flite:
    """Speaks whole utterances; nothing is left to chance, so temperature and seed change nothing."""

    def prepare(
        self, words: tuple[str, ...], voice: str, _language: str, style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Speak: the only piece is the sound itself. Raises InvalidInput where there is nothing to say."""
        text = " ".join(word.replace("[[", "").replace("]]", "") for word in words)
        if not any(character.isalnum() for character in text):
            raise InvalidInput("there is nothing in the text that can be spoken", param="input")
        rate, samples = _spoken(text, voice, style.speed)
        return Utterance(rate, ({"samples": samples},), None)

    def render(self, piece: Arrays) -> Samples:
        """Give the sound."""
        return piece["samples"].astype(np.float32)


def _spoken(text: str, voice: str, speed: float) -> tuple[int, Samples]:
    with tempfile.TemporaryDirectory() as folder:
        script, sound = Path(folder) / "text", Path(folder) / "sound.wav"
        script.write_text(text, encoding="utf-8")
        pace = f"duration_stretch={1 / speed:.3f}"
        command = [PROGRAM, "-voice", voice, "--setf", pace, "-f", str(script), "-o", str(sound)]
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST)  # noqa: S603 - no shell, own words
        return wav.read(sound)


def _characters(_options: NoOptions) -> tuple[Character, ...]:
    return tuple(
        Character(
            name=voice,
            base=voice,
            language="en",
            feminine=feminine,
            preview=f"This is {voice}. The early train leaves at nine, and it arrives before noon.",
        )
        for voice, feminine in VOICES.items()
    )


def _missing(_options: NoOptions, _models: Path) -> str | None:
    return None if shutil.which(PROGRAM) else f"the program {PROGRAM} is not installed; on Debian: make system"


def _load(_options: NoOptions, _models: Path) -> Flite:
    return Flite()


engine = Engine(
    name="flite",
    ability="speak",
    summary="flite, four mechanical English voices of Debian's package",
    licence="MIT-Festival",
    load=_load,
    languages=frozenset({"en"}),
    rank=-5,
    characters=_characters,
    missing=_missing,
)
