"""What is found out of recordings elsewhere: files over HTTP, platforms, and what is neither."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from containers import packed, tone, wav
from upstream import LOOPBACK, answer, endless, media, redirect, serving_upstream
from voxhall import errors
from voxhall.domain.media import Media
from voxhall.net.guard import Guarded, open_guarded
from voxhall.services import probe as module
from voxhall.services.probe import KEPT_SECONDS, STRETCH, Probing

SECONDS = 95.0
WAV = wav(np.zeros(int(16_000 * SECONDS), "<i2").tobytes())
"""Larger than what is read of it."""


class Clock:
    """A time that passes when it is told to."""

    now = 1_000_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


async def nobody(_: str) -> Media | None:
    """Know no URL, as a platform."""
    return None


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    """A client that may reach this machine."""
    async with open_guarded(LOOPBACK) as client:
        yield client


@pytest.fixture
def probing(guarded: Guarded) -> Probing:
    """The service, where no platform knows anything."""
    return Probing(guarded, platforms=nobody)


async def test_a_file_tells_its_length_without_being_fetched(probing: Probing) -> None:
    """Its beginning and its end are read, a megabyte of each at most."""
    async with serving_upstream(**{"talk.wav": media(WAV)}) as upstream:
        url = upstream.url("/talk.wav")
        found = await probing.probe(url)
    assert (found.media.duration, found.media.size, found.media.content_type) == (SECONDS, len(WAV), "audio/wav")
    assert (found.media.source, found.media.extractor, found.media.url) == ("direct", "generic", url)
    assert (found.media.warnings, found.media.metadata) == ((), {"filename": "talk.wav"})
    first, last = (asked.headers["range"].removeprefix("bytes=").split("-") for asked in upstream.asked)
    assert (int(first[0]), int(first[1])) == (0, STRETCH - 1)
    assert (int(last[0]), int(last[1])) == (len(WAV) - STRETCH, len(WAV) - 1)


@pytest.mark.parametrize(("form", "codec"), [("mp4", "aac"), ("ogg", "libopus"), ("mp3", "libmp3lame"), ("avi", "mp3")])
async def test_every_container_tells_its_length(
    probing: Probing, monkeypatch: pytest.MonkeyPatch, form: str, codec: str
) -> None:
    """Also those that keep it at their end."""
    monkeypatch.setattr(module, "STRETCH", 1 << 15)
    content = packed(tone(30.0, 48_000), 48_000, form, codec)
    assert len(content) > 3 * module.STRETCH
    async with serving_upstream(it=media(content, "application/octet-stream")) as upstream:
        found = await probing.probe(upstream.url("/it"))
    assert found.media.duration == pytest.approx(30.0, abs=0.3)


async def test_a_server_without_ranges_will_do(probing: Probing) -> None:
    """Where the beginning tells."""
    async with serving_upstream(it=answer(200, WAV, "Content-Type: audio/wav")) as upstream:
        assert (await probing.probe(upstream.url("/it"))).media.duration == SECONDS


async def test_a_length_that_cannot_be_known_is_not_made_up(probing: Probing) -> None:
    """Of a stream without end, of a file whose beginning tells nothing, of a size that nobody believes."""
    odd = media(np.random.default_rng(1).bytes(3 * STRETCH))
    huge = answer(206, WAV[:STRETCH], f"Content-Range: bytes 0-{STRETCH - 1}/{1 << 60}")
    async with serving_upstream(radio=endless, odd=odd, huge=huge) as upstream:
        for path in ("/radio", "/odd", "/huge"):
            found = await probing.probe(upstream.url(path))
            assert (found.media.duration, found.media.warnings) == (None, ("duration_unknown",))


async def test_a_file_that_is_no_recording_is_refused(probing: Probing) -> None:
    """By the field's name, with what it is."""
    async with serving_upstream(it=answer(200, b"%PDF-1.7 text", "Content-Type: application/pdf")) as upstream:
        with pytest.raises(errors.InvalidInput, match="PDF") as raised:
            await probing.probe(upstream.url("/it"))
    assert raised.value.param == "url"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.MediaUnavailable),
        (403, errors.MediaUnavailable),
        (404, errors.NotFound),
        (429, errors.UpstreamLimited),
        (500, errors.UpstreamFailed),
    ],
)
async def test_what_a_server_refuses_stays_refused(probing: Probing, status: int, error: type[Exception]) -> None:
    """Where no platform knows better."""
    async with serving_upstream(it=answer(status)) as upstream:
        with pytest.raises(error):
            await probing.probe(upstream.url("/it"))


@pytest.mark.parametrize("behaviour", [answer(403), answer(200, b"<html>", "Content-Type: text/html")])
async def test_pages_are_asked_of_platforms(guarded: Guarded, behaviour: object) -> None:
    """And so is whatever is no file."""
    asked: list[str] = []

    async def platforms(url: str) -> Media:
        asked.append(url)
        return Media(url=url, source="videos", extractor="videos", duration=5 * 3600.0)

    async with serving_upstream(watch=behaviour) as upstream:  # type: ignore[arg-type]  # a Behaviour
        url = upstream.url("/watch")
        found = await Probing(guarded, platforms=platforms).probe(url)
    assert asked == [url]
    assert (found.media.source, found.media.warnings) == ("videos", ("very_long",))


async def test_refused_addresses_are_asked_of_nobody() -> None:
    """Nor are redirects to them."""

    async def platforms(url: str) -> Media:
        pytest.fail(f"{url} was asked")

    async with (
        serving_upstream(it=redirect("http://169.254.169.254/")) as upstream,
        open_guarded() as strict,
        open_guarded(LOOPBACK) as lenient,
    ):
        for guarded in (strict, lenient):
            with pytest.raises(errors.AddressRefused) as raised:
                await Probing(guarded, platforms=platforms).probe(upstream.url("/it"))
            assert raised.value.param == "url"


async def test_what_was_found_is_given_again_for_a_while(guarded: Guarded) -> None:
    """With the time at which it was found, under the same address written otherwise too."""
    clock = Clock()
    probing = Probing(guarded, platforms=nobody, clock=clock)
    async with serving_upstream(it=media(wav(bytes(32_000)))) as upstream:
        first = await probing.probe(upstream.url("/it"))
        clock.now += KEPT_SECONDS - 1
        again = await probing.probe(upstream.url("/it#here"))
        assert (again.cached, again.probed_at, again.media) == (True, first.probed_at, first.media)
        clock.now += 1
        fresh = await probing.probe(upstream.url("/it"))
        assert (fresh.cached, fresh.probed_at) == (False, clock.now)
    assert len(upstream.asked) == 2


async def test_errors_are_not_kept(probing: Probing) -> None:
    """The next one who asks may have more luck."""
    async with serving_upstream(it=answer(500)) as upstream:
        with pytest.raises(errors.UpstreamFailed):
            await probing.probe(upstream.url("/it"))
        upstream.behave["/it"] = media(wav(bytes(32_000)))
        assert (await probing.probe(upstream.url("/it"))).media.duration == 1.0


async def test_what_is_kept_is_bounded(probing: Probing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes."""
    monkeypatch.setattr(module, "KEPT", 2)
    async with serving_upstream(it=media(wav(bytes(32_000)))) as upstream:
        for query in "abca":
            assert not (await probing.probe(upstream.url(f"/it?{query}"))).cached
    assert len(probing._found) == 2


async def test_a_probe_ends_in_time_whatever_it_waits_for(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform without an answer, or its turn."""
    monkeypatch.setattr(module, "SECONDS", 0.2)

    async def platforms(_: str) -> Media | None:
        await asyncio.Event().wait()
        return None

    async with serving_upstream() as upstream:
        probing = Probing(guarded, platforms=platforms)
        asking = [probing.probe(upstream.url(path)) for path in ("/one", "/one", "/two")]
        for ended in await asyncio.gather(*asking, return_exceptions=True):
            assert isinstance(ended, errors.UpstreamTimeout)


async def test_many_who_ask_for_the_same_wait_for_one(probing: Probing) -> None:
    """A server is not asked fifty times at once for what one answer tells."""
    async with serving_upstream(it=media(wav(bytes(32_000)))) as upstream:
        found = await asyncio.gather(*(probing.probe(upstream.url("/it")) for _ in range(50)))
    assert {each.media.duration for each in found} == {1.0}
    assert len(upstream.asked) == 1
