"""Apertium, where it is installed: translation by rules between near languages, in milliseconds."""

import shutil
import subprocess
from pathlib import Path

from pydantic import BaseModel

from voxhall.engines.registry import Directions, Engine
from voxhall.errors import EngineFailed

PROGRAM = "apertium"
ISO = {
    "afr": "af", "ara": "ar", "arg": "an", "ast": "ast", "bel": "be", "bul": "bg", "cat": "ca", "crh": "crh",
    "cym": "cy", "dan": "da", "deu": "de", "eng": "en", "epo": "eo", "eus": "eu", "fra": "fr", "glg": "gl",
    "hbs": "sh", "hin": "hi", "ind": "id", "isl": "is", "ita": "it", "kaz": "kk", "mkd": "mk", "mlt": "mt",
    "nld": "nl", "nno": "nn", "nob": "no", "oci": "oc", "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru",
    "slv": "sl", "spa": "es", "srd": "sc", "swe": "sv", "tat": "tt", "tur": "tr", "ukr": "uk", "urd": "ur",
}  # fmt: skip
"""Codes of its packages and ours; older packages have ours."""
SECONDS = 60.0
"""That it may take for a batch."""
APART = "\n\n"
"""Stands between texts: it ends a sentence, and comes back as it is."""


class Options(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """Where its languages are."""

    modes: Path = Path("/usr/share/apertium/modes")
    """The folder of its modes, one file for each direction."""


class Apertium:
    """Runs the program for each batch; it is ready in a third of a second."""

    def __init__(self, options: Options, _models: Path) -> None:
        self._modes = _modes(options)

    def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """Translate sentences; raises EngineFailed."""
        given = [" ".join(text.split()) for text in texts]
        found = self._run(APART.join(given), source, target).split(APART)
        if len(found) != len(given):
            found = [self._run(text, source, target) for text in given]
        return tuple(text.strip() for text in found)

    def _run(self, text: str, source: str, target: str) -> str:
        command = [PROGRAM, "-u", "-f", "txt", self._modes[source, target]]
        try:
            done = subprocess.run(  # noqa: S603 - one of ours, text on its standard input
                command, input=text.encode(), capture_output=True, timeout=SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineFailed(f"apertium failed with {type(error).__name__}") from error
        return done.stdout.decode("utf-8", "replace")


def _modes(options: Options) -> dict[tuple[str, str], str]:
    """Give the mode for each direction; of two, the plain one."""
    found = {}
    for place in sorted(options.modes.glob("*-*.mode"), reverse=True):
        source, _, target = place.stem.partition("-")
        if target.isalpha() and source.isalpha():
            found[ISO.get(source, source), ISO.get(target, target)] = place.stem
    return found


def _directions(options: Options, _models: Path) -> tuple[Directions, ...]:
    return tuple(Directions(frozenset({source}), frozenset({target})) for source, target in _modes(options))


def _missing(options: Options, _models: Path) -> str | None:
    if not shutil.which(PROGRAM) or not _modes(options):
        return f"the program {PROGRAM} or its language pairs are not installed; on Debian: make system"
    return None


engine = Engine(
    name="apertium",
    ability="translate",
    summary="Apertium, by rules, for the pairs of its Debian packages",
    licence="GPL-2.0-or-later",
    load=Apertium,
    options=Options,
    rank=-5,
    directions=_directions,
    missing=_missing,
)
