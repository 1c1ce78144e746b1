"""A file that would hold up its reader is found out before it can."""

import struct
from pathlib import Path

import pytest

from containers import packed, tone
from recordings import TWO_CITIES
from voxhall.audio.trial import try_container
from voxhall.errors import BrokenMedia


def tagged(count: int) -> bytes:
    """Give a FLAC file with so many tags, each of another name."""
    flac = packed(tone(1, 16_000), 16_000, "flac", "flac")
    tags = b"".join(struct.pack("<I", 12) + b"TAG%07d=x" % number for number in range(count))
    block = struct.pack("<II", 0, count) + tags
    return flac[:42] + b"\x04" + len(block).to_bytes(3, "big") + block + flac[42:]


def test_a_recording_passes() -> None:
    """Four megabytes of speech."""
    try_container(TWO_CITIES)


def test_what_is_no_recording_passes(tmp_path: Path) -> None:
    """It harms nobody; that it cannot be decoded is for the decoder to say."""
    (tmp_path / "zeros").write_bytes(bytes(1 << 20))
    try_container(tmp_path / "zeros")


def test_a_file_whose_tags_take_forever_is_refused(tmp_path: Path) -> None:
    """One and a half megabytes of them would take minutes."""
    (tmp_path / "tags.flac").write_bytes(tagged(100_000))
    with pytest.raises(BrokenMedia, match="unbearably long"):
        try_container(tmp_path / "tags.flac", seconds=1)
