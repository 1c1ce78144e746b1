"""Pronunciations by espeak-ng's rules and dictionaries."""

import re
from pathlib import Path

from voxhall.engines.espeak import languages, open_espeak
from voxhall.engines.registry import Engine, NoOptions

_GIVEN = re.compile(r"\[\[(.*?)\]\]")


class EspeakPhonemizer:
    """Asks the library."""

    def __init__(self) -> None:
        self._espeak = open_espeak()

    def phonemes(self, texts: tuple[str, ...], language: str) -> tuple[str, ...]:
        """Give the pronunciation of each text in IPA; raises InvalidInput."""
        return tuple(self._pronounce(text, language) for text in texts)

    def _pronounce(self, text: str, language: str) -> str:
        """Ask for everything but the phonemes that are given."""
        parts = enumerate(_GIVEN.split(text))
        return " ".join(part if number % 2 else self._espeak.phonemes(part, language) for number, part in parts)


def _load(_options: NoOptions, _models: Path) -> EspeakPhonemizer:
    return EspeakPhonemizer()


engine = Engine(
    name="espeak",
    ability="phonemize",
    summary="espeak-ng's pronunciation rules",
    licence="GPL-3.0-or-later",
    load=_load,
    needs=("espeakng_loader",),
    languages=languages(),
)
