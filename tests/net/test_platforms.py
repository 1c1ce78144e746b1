"""Platforms are asked in a process that is bounded in everything."""

import asyncio
import sys

import msgspec
import psutil
import pytest

from voxhall import errors
from voxhall.domain.media import Media
from voxhall.net.extract import Report
from voxhall.net.platforms import ask_platform

URL = "https://videos.example/1"


def saying(report: Report) -> tuple[str, ...]:
    """Give a program that reports this."""
    return program(f"import sys; sys.stdin.read(); print({msgspec.json.encode(report).decode()!r})")


def program(source: str) -> tuple[str, ...]:
    """Give the command that runs this."""
    return (sys.executable, "-c", source)


async def test_what_is_found_comes_back_whole() -> None:
    """And nothing where no platform knows the URL."""
    media = Media(url=URL, source="videos", extractor="videos", duration=1.5, headers={"a": "b"}, metadata={"n": 1})
    assert await ask_platform(URL, command=saying(Report(media=media))) == media
    assert await ask_platform(URL, command=saying(Report())) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("address_refused", errors.AddressRefused),
        ("invalid_request", errors.InvalidInput),
        ("media_unavailable", errors.MediaUnavailable),
        ("not_found", errors.NotFound),
        ("upstream_limited", errors.UpstreamLimited),
        ("upstream_timeout", errors.UpstreamTimeout),
        ("upstream_failed", errors.UpstreamFailed),
        ("whatever", errors.UpstreamFailed),
    ],
)
async def test_errors_keep_their_kind(code: str, kind: type[errors.VoxhallError]) -> None:
    """And their sentence."""
    with pytest.raises(errors.VoxhallError, match="because") as raised:
        await ask_platform(URL, command=saying(Report(error=code, message="because")))
    assert type(raised.value) is kind


LATIN = r"""import sys; sys.stdout.buffer.write(b'{"message": "\xff"}')"""


@pytest.mark.parametrize("source", ["", "print('{')", LATIN, "raise SystemExit(1)", "while True: print('x' * 65536)"])
async def test_a_process_that_answers_nonsense_has_failed(source: str) -> None:
    """Nothing, half of something, what is no text, or more than is read."""
    with pytest.raises(errors.UpstreamFailed):
        await ask_platform(URL, command=program(source))


async def test_it_is_told_no_secrets_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment has no keys, its command line no URL."""
    monkeypatch.setenv("VOXHALL_ADMIN_KEY", "secret")
    source = (
        "import os, sys, json; sys.stdin.read(); told = str(dict(os.environ)) + str(sys.argv);"
        "print(json.dumps({'error': 'told', 'message': 'yes' if 'secret' in told or 'videos' in told else 'no'}))"
    )
    with pytest.raises(errors.UpstreamFailed, match="no"):
        await ask_platform(URL, command=program(source))


HANGING = """
import socket, subprocess, sys
mine = socket.create_connection(("127.0.0.1", {port}))
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[mine.fileno()])
mine.sendall(b"started")
sys.stdin.read()
while True: pass
"""


@pytest.mark.parametrize("by", ["deadline", "cancelling"])
async def test_a_process_that_hangs_ends_with_all_it_started(by: str) -> None:
    """At its deadline, or when nobody waits any more; the connection that they share tells when all have ended."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(b"started"))
        begun.set()
        await reader.read()
        ended.set()
        writer.close()

    async with await asyncio.start_server(watch, "127.0.0.1", 0) as server:
        command = program(HANGING.format(port=server.sockets[0].getsockname()[1]))
        asking = asyncio.create_task(ask_platform(URL, seconds=3 if by == "deadline" else 600, command=command))
        await begun.wait()
        if by == "cancelling":
            asking.cancel()
        with pytest.raises((errors.UpstreamTimeout, asyncio.CancelledError)):
            await asking
        await ended.wait()
    assert not [each for each in psutil.Process().children() if "socket.create_connection" in " ".join(each.cmdline())]


async def test_what_is_no_web_address_is_asked_nowhere() -> None:
    """Neither a search term nor a file."""
    for url in ("ytsearch:voices", "file:///etc/passwd", "https://a:b@videos.example/"):
        with pytest.raises(errors.InvalidInput):
            await ask_platform(url, command=saying(Report()))
