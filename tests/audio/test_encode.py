"""What is encoded can be played: every format gives back the sound, whole."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from containers import tone
from hearing import samples_of
from recordings import BECKETT
from voxhall.audio.decode import open_recording
from voxhall.audio.encode import RECIPES, Format, encode, open_encoder
from voxhall.audio.pcm import to_int16

RATE = 24_000


class Pipe(io.BytesIO):
    """A file that cannot go back."""

    def seekable(self) -> bool:
        """Tell that it cannot."""
        return False


@pytest.mark.parametrize("form", RECIPES)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_format_gives_back_what_it_was_given(form: Format, channels: int) -> None:
    """Length, channels and loudness survive, from blocks of any size."""
    sound = np.concatenate([tone(2, RATE, level=0.5), tone(2, RATE, level=0.25)])[:channels]
    file = io.BytesIO()
    encode(np.split(sound, [7, 7, 5_000], axis=1), file, form, rate=RATE, channels=channels)
    file.seek(0)
    with open_recording(file, rate=RATE, split=True) as recording:
        heard = np.concatenate(list(recording.blocks), axis=1)
    assert heard.shape == (channels, pytest.approx(2 * RATE, abs=0.06 * RATE))
    middle = heard[:, RATE // 2 : RATE]
    assert np.sqrt(2 * np.mean(middle**2, axis=1)) == pytest.approx([0.5, 0.25][:channels], rel=0.1)


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_lossless_formats_lose_nothing(form: Format) -> None:
    """Every sample comes back."""
    speech = samples_of(BECKETT)[None]
    file = io.BytesIO()
    encode([speech], file, form, rate=16_000)
    file.seek(0)
    with open_recording(file, rate=16_000) as recording:
        heard = np.concatenate(list(recording.blocks), axis=1)
    assert np.array_equal(to_int16(heard), to_int16(speech))


@pytest.mark.parametrize("form", RECIPES)
def test_a_format_can_be_streamed(form: Format) -> None:
    """Into a pipe that cannot go back to fill in lengths, and what has been sent so far can be played."""
    pipe = Pipe()
    with open_encoder(pipe, form, rate=RATE) as push:
        for _ in range(40):
            push(tone(0.1, RATE))
        so_far = pipe.getvalue()
    with open_recording(io.BytesIO(so_far), rate=RATE) as recording:
        assert sum(block.shape[1] for block in recording.blocks) > RATE


def test_speech_in_opus_is_small() -> None:
    """The bit rate asked for is kept."""
    speech = samples_of(BECKETT)[None]
    file = io.BytesIO()
    with open_encoder(file, "opus", rate=16_000, bit_rate=28_000) as push:
        push(speech)
    assert len(file.getvalue()) * 8 / (speech.shape[1] / 16_000) == pytest.approx(28_000, rel=0.2)


@pytest.mark.parametrize("form", RECIPES)
def test_nothing_is_a_valid_file_too(form: Format, tmp_path: Path) -> None:
    """A file without a sample is closed properly."""
    with (tmp_path / "nothing").open("wb") as file:
        encode([np.zeros((1, 0), np.float32)], file, form, rate=RATE)
    assert (form == "mp3") or (tmp_path / "nothing").stat().st_size > 0


def test_loud_samples_are_clipped() -> None:
    """They do not wrap around."""
    file = io.BytesIO()
    encode([np.full((1, 100), 3.0, np.float32)], file, "wav", rate=RATE)
    with av.open(io.BytesIO(file.getvalue())) as container:
        assert {int(v) for frame in container.decode(audio=0) for v in frame.to_ndarray().ravel()} == {32_767}
