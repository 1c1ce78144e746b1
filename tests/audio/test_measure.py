"""A recording's length, as its container tells it."""

from pathlib import Path

import numpy as np
import pytest

from containers import packed, tone, wav
from voxhall.audio import measure as module
from voxhall.audio.encode import encode
from voxhall.audio.measure import measure
from voxhall.errors import BrokenMedia


@pytest.mark.parametrize(
    ("form", "codec"),
    [("wav", "pcm_s16le"), ("ogg", "libopus"), ("mp4", "aac"), ("mp3", "libmp3lame")],
)
def test_a_recording_tells_its_length(form: str, codec: str, tmp_path: Path) -> None:
    """In whatever container."""
    (tmp_path / "it").write_bytes(packed(tone(12.5, 48_000), 48_000, form, codec))
    assert measure(tmp_path / "it") == pytest.approx(12.5, abs=0.1)


def test_a_flac_file_tells_it_too(tmp_path: Path) -> None:
    """If it was written by something that could go back to its beginning."""
    with (tmp_path / "it").open("wb") as file:
        encode([tone(2.0, 48_000)], file, "flac", rate=48_000)
    assert measure(tmp_path / "it") == pytest.approx(2.0, abs=0.01)


def test_the_length_of_a_film_is_that_of_its_sound(tmp_path: Path) -> None:
    """Nothing else is transcribed."""
    (tmp_path / "it").write_bytes(packed(tone(3.0, 48_000), 48_000, "matroska", "pcm_s16le"))
    assert measure(tmp_path / "it") == pytest.approx(3.0, abs=0.05)


def test_a_hole_in_the_middle_does_not_matter(tmp_path: Path) -> None:
    """Beginning and end suffice."""
    content = wav(np.zeros(16_000 * 60, "<i2").tobytes())
    with (tmp_path / "it").open("wb") as file:
        file.write(content[:100])
        file.truncate(len(content))
    assert measure(tmp_path / "it") == 60.0


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00" * 1000, b"<html>"], ids=len)
def test_what_is_no_recording_is_broken(content: bytes, tmp_path: Path) -> None:
    """The sentence says what it is."""
    (tmp_path / "it").write_bytes(content)
    with pytest.raises(BrokenMedia, match="the file"):
        measure(tmp_path / "it")


def test_a_reader_that_crashes_or_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a process of its own for that."""
    monkeypatch.setattr(module, "WALL_SECONDS", 0)
    (tmp_path / "it").write_bytes(wav(bytes(3200)))
    with pytest.raises(BrokenMedia, match="unbearably"):
        measure(tmp_path / "it")
