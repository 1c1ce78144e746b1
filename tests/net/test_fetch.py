"""Recordings from servers that send too much, too slowly, something else, or nothing."""

import gzip
from collections.abc import AsyncIterator

import pytest

from upstream import LOOPBACK, answer, endless, media, redirect, serving_upstream, silent_after, trickling
from voxhall import errors
from voxhall.net import fetch
from voxhall.net.fetch import Download, Part, download, read_range
from voxhall.net.guard import Guarded, open_guarded

CONTENT = bytes(range(256)) * 40


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    """A client that may reach this machine."""
    async with open_guarded(LOOPBACK) as client:
        yield client


async def whole(guarded: Guarded, url: str, *, limit: int = 1 << 20, seconds: float = 10.0) -> tuple[Download, bytes]:
    """Fetch all of it."""
    async with download(guarded, url, limit=limit, seconds=seconds, idle=5.0) as found:
        return found, b"".join([chunk async for chunk in found.chunks])


async def test_a_recording_comes_with_what_is_known_of_it(guarded: Guarded) -> None:
    """Its name without a folder, its type without parameters, its announced length."""
    behaviour = answer(
        200, CONTENT, "Content-Type: Audio/MPEG; x=y", 'Content-Disposition: x; filename="../My talk.mp3"'
    )
    async with serving_upstream(it=behaviour) as upstream:
        found, body = await whole(guarded, upstream.url("/it"))
    assert body == CONTENT
    assert (found.name, found.content_type, found.length) == ("My talk.mp3", "audio/mpeg", len(CONTENT))


async def test_the_url_names_what_the_server_does_not(guarded: Guarded) -> None:
    """The one that it was redirected to, with its escapes undone."""
    name = "talk%20%C3%A9t%C3%A9.wav"
    async with serving_upstream(one=redirect(f"/{name}?x=/y"), **{name: media(CONTENT)}) as upstream:
        found, _ = await whole(guarded, upstream.url("/one"))
    assert (found.name, found.url) == ("talk été.wav", upstream.url(f"/{name}?x=/y"))


async def test_too_much_is_refused_before_it_comes(guarded: Guarded) -> None:
    """Where its length is announced: ten gigabytes cost nothing."""
    async with serving_upstream(big=answer(200, b"R", length=10 << 30)) as upstream:
        with pytest.raises(errors.TooLarge):
            async with download(guarded, upstream.url("/big"), limit=1 << 20, seconds=10):
                pytest.fail("the download began")


async def test_too_much_is_cut_off_while_it_comes(guarded: Guarded) -> None:
    """Where nothing was announced, the connection ends at the limit."""
    async with serving_upstream(big=endless) as upstream:
        with pytest.raises(errors.TooLarge):
            await whole(guarded, upstream.url("/big"))
        await upstream.broken_off.wait()


async def test_a_length_that_promises_too_much_is_a_failure(guarded: Guarded) -> None:
    """The recording broke off."""
    async with serving_upstream(short=answer(200, CONTENT, length=len(CONTENT) + 1)) as upstream:
        with pytest.raises(errors.UpstreamFailed):
            await whole(guarded, upstream.url("/short"))


async def test_a_length_that_promises_too_little_bounds_what_is_read(guarded: Guarded) -> None:
    """What comes after it is not part of the answer."""
    async with serving_upstream(long=answer(200, CONTENT, length=10)) as upstream:
        _, body = await whole(guarded, upstream.url("/long"))
    assert body == CONTENT[:10]


async def test_a_trickle_ends_at_the_deadline(guarded: Guarded) -> None:
    """However lively it is."""
    async with serving_upstream(slow=trickling) as upstream:
        with pytest.raises(errors.UpstreamTimeout):
            await whole(guarded, upstream.url("/slow"), limit=1 << 40, seconds=0.2)


async def test_a_trickle_is_given_up_long_before(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its grace it must keep a pace."""
    monkeypatch.setattr(fetch, "GRACE", -1e6)
    async with serving_upstream(slow=trickling) as upstream:
        with pytest.raises(errors.UpstreamFailed, match="slowly"):
            await whole(guarded, upstream.url("/slow"), seconds=60)


async def test_silence_is_given_up(guarded: Guarded) -> None:
    """Before the deadline, if it lasts."""
    begun = silent_after(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nR")
    async with (
        serving_upstream(slow=begun) as upstream,
        download(guarded, upstream.url("/slow"), limit=1000, seconds=600, idle=0.05) as found,
    ):
        assert await anext(found.chunks) == b"R"
        with pytest.raises(errors.UpstreamTimeout):
            await anext(found.chunks)


async def test_compressed_recordings_are_refused(guarded: Guarded) -> None:
    """They were not asked for, and may unpack to anything."""
    bomb = gzip.compress(bytes(1 << 20))
    async with serving_upstream(bomb=answer(200, bomb, "Content-Encoding: gzip")) as upstream:
        with pytest.raises(errors.UpstreamFailed, match="compressed"):
            await whole(guarded, upstream.url("/bomb"))


async def test_a_web_page_is_no_recording(guarded: Guarded) -> None:
    """The sentence says what it is."""
    async with serving_upstream(page=answer(200, b"<html>", "Content-Type: text/html; charset=utf-8")) as upstream:
        with pytest.raises(errors.InvalidInput, match="web page"):
            await whole(guarded, upstream.url("/page"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.MediaUnavailable),
        (403, errors.MediaUnavailable),
        (451, errors.MediaUnavailable),
        (404, errors.NotFound),
        (410, errors.NotFound),
        (429, errors.UpstreamLimited),
        (400, errors.UpstreamFailed),
        (500, errors.UpstreamFailed),
        (503, errors.UpstreamFailed),
    ],
)
async def test_refusals_say_whose_they_are(guarded: Guarded, status: int, error: type[Exception]) -> None:
    """The other server's answer is in the sentence."""
    async with serving_upstream(it=answer(status)) as upstream:
        with pytest.raises(error, match=str(status)):
            await whole(guarded, upstream.url("/it"))


async def test_a_part_says_where_it_lies(guarded: Guarded) -> None:
    """And how large the whole is."""
    async with serving_upstream(it=media(CONTENT)) as upstream:
        part = await read_range(guarded, upstream.url("/it"), 100, 50)
    assert part == Part("it", "audio/wav", CONTENT[100:150], len(CONTENT), 100)


async def test_a_server_without_ranges_gives_the_beginning(guarded: Guarded) -> None:
    """No more of it is read than was wanted."""
    async with serving_upstream(it=answer(200, CONTENT), endless=endless) as upstream:
        assert await read_range(guarded, upstream.url("/it"), 100, 50) == Part(
            "it", None, CONTENT[:50], len(CONTENT), 0
        )
        assert (await read_range(guarded, upstream.url("/endless"), 0, 50)).size is None


async def test_a_part_of_nowhere_is_a_failure(guarded: Guarded) -> None:
    """What cannot be placed is of no use."""
    async with serving_upstream(it=answer(206, CONTENT)) as upstream:
        with pytest.raises(errors.UpstreamFailed):
            await read_range(guarded, upstream.url("/it"), 0, 50)
