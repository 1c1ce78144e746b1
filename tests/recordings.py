"""Real speech for tests: the recordings that the recogniser's package carries."""

import io
import wave
from importlib.util import find_spec
from pathlib import Path

_SPEC = find_spec("moonshine_voice")
assert _SPEC
assert _SPEC.origin
FOLDER = Path(_SPEC.origin).parent / "assets"

TWO_CITIES = FOLDER / "two_cities.wav"
"""One man reads the opening of A Tale of Two Cities; 44 s."""
BECKETT = FOLDER / "beckett.wav"
"""One man speaks some words of Beckett; 10 s."""
TWO_SPEAKERS = FOLDER / "endgame_nagg_nell.wav"
"""Two people talk; 28 s."""


def speech_of(seconds: float) -> bytes:
    """Give a WAV file of that many seconds of one man's reading, repeated as often as need be."""
    with wave.open(str(TWO_CITIES)) as source:
        parameters = source.getparams()
        frames = source.readframes(source.getnframes())
    wanted = int(seconds * parameters.framerate) * parameters.nchannels * parameters.sampwidth
    repeated = (frames * (wanted // len(frames) + 1))[:wanted]
    made = io.BytesIO()
    with wave.open(made, "wb") as target:
        target.setnchannels(parameters.nchannels)
        target.setsampwidth(parameters.sampwidth)
        target.setframerate(parameters.framerate)
        target.writeframes(repeated)
    return made.getvalue()
