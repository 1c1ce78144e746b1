"""Opening a recording of unknown origin: which containers are read, and that none of them reaches out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.codec import Codec
from av.container.input import InputContainer
from av.error import FFmpegError
from av.stream import Discard

from voxhall.errors import BrokenMedia

CONTAINERS = (
    "3g2,3gp,aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,loas,m4a,matroska,mj2,mov,"
    "mp3,mp4,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nut,ogg,oma,qcp,rm,shn,sox,spdif,tak,truehd,tta,voc,w64,wav,webm,wtv,"
    "wv,xwma"
)
"""The demuxers in use. Left out are those that open other files or addresses (hls, dash, concat, image2, rtsp, sdp,
lavfi, devices), those of pictures, subtitles and games, and bare samples, which any bytes can be taken for."""

STALLED = 30.0
"""Seconds after which a read that does not come back is given up."""
LIMITS = {
    "protocol_whitelist": "file,pipe",
    "format_whitelist": CONTAINERS,
    "max_streams": "100",
}
HEAD = 1024
"""Bytes looked at to say what the file is, if it is not a recording."""


@contextmanager
def open_container(source: Path | BinaryIO) -> Iterator[InputContainer]:
    """Open a file, or anything with `read` (and `seek`, if it can); raises BrokenMedia."""
    # without the prefix a name such as `pipe:0` or `concat:a|b` would be taken for an address
    file = f"file:{os.path.abspath(source)}" if isinstance(source, Path) else source  # noqa: PTH100 - follows no links
    options = LIMITS | {"codec_whitelist": ",".join(_audio_decoders())}
    try:
        container = av.open(file, "r", container_options=options, timeout=STALLED)
    except (FFmpegError, MemoryError, ValueError) as error:
        raise BrokenMedia(f"{_name_of(source)}, not audio or video that can be decoded") from error
    with container:
        yield container


def audio_stream(container: InputContainer) -> AudioStream:
    """Choose the best audio track and have all others skipped; raises BrokenMedia."""
    found = container.streams.best("audio")
    if not isinstance(found, AudioStream) or found.codec_context is None:
        raise BrokenMedia(f"this {container.format.name} file has no audio track that can be decoded")
    for stream in container.streams:
        if stream.index != found.index:
            stream.discard = Discard.all
    found.codec_context.thread_count = 1
    return found


@cache
def _audio_decoders() -> tuple[str, ...]:
    """Give the names of all audio decoders: films and cover pictures in a recording are never decoded."""
    names = []
    for name in sorted(av.codecs_available):
        with suppress(ValueError):
            if Codec(name, "r").type == "audio":
                names.append(name)
    return tuple(names)


SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a playlist"),
    (b"<", "a web page or XML document"),
)


def _name_of(source: Path | BinaryIO) -> str:
    """Say in a sentence's beginning what the bytes look like."""
    if not isinstance(source, Path):
        return "the stream is damaged"
    with source.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return "the file is empty"
    for signature, name in SIGNATURES:
        if head.lstrip().startswith(signature):
            return f"the file is {name}"
    if not any(head):
        return "the file begins with nothing but zeros"
    if head.isascii() and all(byte in b"\t\n\r" or byte >= ord(" ") for byte in head):
        return "the file is text"
    return "the file is damaged or of an unknown kind"
