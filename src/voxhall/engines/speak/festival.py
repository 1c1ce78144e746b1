"""Debian's festival with the HTS voice slt: a woman's, statistical, well understood; it has one speed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from voxhall.audio import wav
from voxhall.domain.voice import Character
from voxhall.engines.protocols import Arrays, Samples, Style, Utterance
from voxhall.engines.registry import Engine, NoOptions
from voxhall.errors import EngineFailed, InvalidInput

PROGRAM = "festival"
VOICE = "cmu_us_slt_arctic_hts"
PLACES = (Path("/usr/share/festival/voices"), Path("/usr/local/share/festival/voices"))
"""Where voices are installed, by language."""
END = b"voxhall-end"
"""What the program says after each command."""


class Festival:
    """Keeps the program running: loading the voice takes longer than speaking. It ends when its input does."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        command = [PROGRAM, "--pipe"]
        self._program = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)  # noqa: S603
        self._tell(f"(voice_{VOICE})")

    def prepare(
        self, words: tuple[str, ...], _voice: str, _language: str, _style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Speak: the only piece is the sound itself. Raises InvalidInput where there is nothing to say."""
        text = " ".join("".join(c for c in word if c not in '[]"\\') for word in words)
        if not any(character.isalnum() for character in text):
            raise InvalidInput("there is nothing in the text that can be spoken", param="input")
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "sound.wav"
            self._tell(f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{place}" \'riff)')
            rate, samples = wav.read(place)
        return Utterance(rate, ({"samples": samples},), None)

    def render(self, piece: Arrays) -> Samples:
        """Give the sound."""
        return piece["samples"].astype(np.float32)

    def _tell(self, command: str) -> None:
        """Have a command done; raises EngineFailed when the program ends instead."""
        assert self._program.stdin is not None  # noqa: S101 - asked for above
        assert self._program.stdout is not None  # noqa: S101 - likewise
        marked = f'{command}\n(format t "\\n{END.decode()}\\n")\n(fflush nil)\n'
        self._program.stdin.write(marked.encode("latin-1", "replace"))
        self._program.stdin.flush()
        for line in self._program.stdout:
            if line.strip() == END:
                return
        raise EngineFailed("festival has ended")


def _characters(_options: NoOptions) -> tuple[Character, ...]:
    preview = "The early train leaves at nine, and it arrives before noon. That is what they told me."
    return (Character("clara", VOICE, "en", feminine=True, preview=preview),)


def _missing(_options: NoOptions, _models: Path) -> str | None:
    if not shutil.which(PROGRAM) or not any(found for place in PLACES for found in place.glob(f"*/{VOICE}")):
        return f"the program {PROGRAM} or its voice {VOICE} is not installed; on Debian: make system"
    return None


def _load(_options: NoOptions, _models: Path) -> Festival:
    return Festival()


engine = Engine(
    name="festival",
    ability="speak",
    summary="festival's slt, a statistical English voice of Debian's packages",
    licence="MIT-Festival",
    load=_load,
    languages=frozenset({"en"}),
    rank=-5,
    characters=_characters,
    missing=_missing,
)
