"""Recordings on platforms: whatever yt-dlp knows, asked in a process that is ended when its time is over."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from voxhall import errors
from voxhall.domain.media import Media
from voxhall.net.extract import Report, Request
from voxhall.net.guard import parse_url

SECONDS = 25.0
"""That a platform may take."""
LONGEST = 1 << 20
"""Bytes of a report."""
COMMAND = (sys.executable, "-m", "voxhall.net.extract")
ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""What the process is told of ours; our keys and passwords are not."""
KINDS: dict[str, type[errors.VoxhallError]] = {
    kind.code: kind
    for kind in (
        errors.AddressRefused,
        errors.InvalidInput,
        errors.MediaUnavailable,
        errors.NotFound,
        errors.UpstreamLimited,
        errors.UpstreamTimeout,
    )
}


async def ask_platform(
    url: str, *, allow: Sequence[str] = (), seconds: float = SECONDS, command: Sequence[str] = COMMAND
) -> Media | None:
    """Find out what a platform knows of a recording; None when the URL is none of a platform.

    Raises InvalidInput, AddressRefused, MediaUnavailable, NotFound, UpstreamLimited, UpstreamTimeout, UpstreamFailed.
    """
    request = Request(str(parse_url(url)), tuple(allow), seconds)
    output = await _run(command, msgspec.json.encode(request), seconds)
    try:
        report = msgspec.json.decode(output, type=Report)
    except (ValueError, RecursionError):  # no UTF-8 and boundless nesting are not DecodeErrors
        raise errors.UpstreamFailed("what the platform answers is not understood") from None
    if report.error:
        raise KINDS.get(report.error, errors.UpstreamFailed)(report.message)
    return report.media


async def _run(command: Sequence[str], request: bytes, seconds: float) -> bytes:
    """Run a program and give what it says; it and all that it started have ended when this returns or raises."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | {"YTDLP_NO_PLUGINS": "1"},
    )
    assert process.stdin  # noqa: S101 - it was asked for
    assert process.stdout  # noqa: S101 - likewise
    output = bytearray()
    try:
        async with asyncio.timeout(seconds):
            process.stdin.write(request)
            process.stdin.close()
            while len(output) < LONGEST and (block := await process.stdout.read(LONGEST)):
                output += block
    except TimeoutError:
        raise errors.UpstreamTimeout("the platform takes too long to answer") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # a pipe that has more than was read, and is paused therefore, would keep waiting from its end
        while await process.stdout.read(LONGEST):
            pass
        await process.wait()
    return bytes(output)
