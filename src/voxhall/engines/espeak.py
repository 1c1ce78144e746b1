"""espeak-ng, of the espeakng-loader wheel: phonemes for other voices, and a voice of its own in many languages.

One per engine process, because the library keeps its state in globals.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxhall.errors import EngineUnavailable, InvalidInput

NAMES = {"en": "en-us", "zh": "cmn", "no": "nb"}
"""Languages whose voice is not called as the language is."""
RETRIEVAL_SYNCHRONOUS = 2
UTF8 = 1
IPA = 2
WORD_EVENT = 1
END_OF_EVENTS = 0
SPEED = 1
"""The parameter number of words per minute."""
USUAL_WORDS_PER_MINUTE = 165

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Said:
    """A text as espeak-ng says it."""

    samples: Samples
    rate: int
    starts: tuple[tuple[int, float], ...]
    """Of each word that it said: the position of its first character, and seconds."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def languages() -> frozenset[str]:
    """ISO 639 codes of the languages that it has a dictionary for, read from its folder without loading it."""
    package = find_spec("espeakng_loader")
    folders = (package.submodule_search_locations or []) if package else []
    codes = (path.name.removesuffix("_dict") for folder in folders for path in Path(folder).glob("*/*_dict"))
    short = {"cmn": "zh", "nb": "no"}
    return frozenset(short.get(code, code) for code in codes if len(code) <= 3)  # noqa: PLR2004 - ISO 639


class Espeak:
    """The loaded library; made by `open_espeak`."""

    def __init__(self, library: ctypes.CDLL, rate: int) -> None:
        self._library = library
        self._rate = rate
        self._voice = ""
        self._heard: list[bytes] = []
        self._starts: list[tuple[int, float]] = []
        self._callback = _Callback(self._take)  # kept: the library does not own it
        library.espeak_SetSynthCallback(self._callback)

    def phonemes(self, text: str, language: str) -> str:
        """Give a clause's pronunciation in IPA with stress marks, words apart by spaces.

        Raises InvalidInput for a language that it does not know.
        """
        self._use(language)
        kept = ctypes.create_string_buffer(text.encode())
        place = ctypes.c_void_p(ctypes.addressof(kept))
        parts = []
        while place.value:
            parts.append(self._library.espeak_TextToPhonemes(ctypes.byref(place), UTF8, IPA).decode())
        return " ".join(parts)

    def say(self, text: str, language: str, *, variant: str = "", speed: float = 1.0) -> Said:
        """Speak; `variant` is one of its own (`f3`, `m2`), `speed` a multiple of the usual. Raises InvalidInput."""
        self._use(language, variant)
        self._library.espeak_SetParameter(SPEED, round(USUAL_WORDS_PER_MINUTE * speed), 0)
        self._heard, self._starts = [], []
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, UTF8, None, None)
        samples = np.frombuffer(b"".join(self._heard), np.int16).astype(np.float32) / np.float32(32768)
        return Said(samples, self._rate, tuple(self._starts))

    def _use(self, language: str, variant: str = "") -> None:
        name = NAMES.get(language, language) + (f"+{variant}" if variant else "")
        if name == self._voice:
            return
        if self._library.espeak_SetVoiceByName(name.encode()):
            raise InvalidInput(f"espeak-ng has no voice for language {language!r}", param="language")
        self._voice = name

    def _take(self, sound: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        """Called by the library with each stretch of sound and what happens in it."""
        if sound and count:
            self._heard.append(ctypes.string_at(sound, 2 * count))
        self._starts += [(e.text_position - 1, e.audio_position / 1000) for e in _until_end(events)]
        return 0


def _until_end(events: "ctypes._Pointer[_Event]") -> Iterator[_Event]:
    number = 0
    while events[number].type != END_OF_EVENTS:
        if events[number].type == WORD_EVENT:
            yield events[number]
        number += 1


@cache
def open_espeak() -> Espeak:
    """Load the library, once in a process; raises EngineUnavailable."""
    import espeakng_loader  # noqa: PLC0415 - only where it is used

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    library.espeak_SetSynthCallback.argtypes = [_Callback]
    rate = library.espeak_Initialize(RETRIEVAL_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise EngineUnavailable("espeak-ng does not start: pip install --force-reinstall espeakng-loader")
    return Espeak(library, rate)
