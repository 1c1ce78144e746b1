"""The header that makes samples a WAV file."""

import io
import wave

from voxhall.audio.wav import OPEN_ENDED, header


def test_a_reader_understands_it() -> None:
    """Rate, channels, width and length."""
    with wave.open(io.BytesIO(header(24000, 480) + bytes(480))) as file:
        assert file.getparams()[:4] == (1, 2, 24000, 240)


def test_a_stream_has_an_open_end() -> None:
    """The largest length that can be written, which players take for: until it ends."""
    assert header(24000, None)[4:8] == header(24000, None)[40:44] == OPEN_ENDED.to_bytes(4, "little")
