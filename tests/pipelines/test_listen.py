"""Listening live with real engines in their processes, shared by many streams."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import echo
from hearing import samples_of, silence
from recordings import TWO_CITIES
from serving import wait_for
from voxhall.domain.live import Event, Final, Partial, SpeechStarted, TurnEnded
from voxhall.domain.transcription import Options
from voxhall.engines.host import Host
from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.registry import Registry
from voxhall.errors import EngineFailed
from voxhall.pipelines.listen import BEHIND, Desk, Listener, Manner, Tools
from voxhall.services.tools import Toolbox

OPENING = "it was the best of times it was the worst of times"


@pytest.fixture(scope="module")
def host(registry: Registry) -> Iterator[Host]:
    """Two processes with this installation's engines."""
    with Host(registry, processes=2) as host:
        yield host


@pytest.fixture
def tools(host: Host, registry: Registry) -> Iterator[Tools]:
    """The engines of one stream."""
    with ExitStack() as scopes:
        yield Toolbox(registry, host).listen(scopes, Options(language="en", diarize=True), "silero")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Threads to wait in."""
    opened = Desk(2)
    yield opened
    opened.close()


def plain(text: str) -> str:
    """Give words without case and punctuation."""
    return " ".join("".join(c for c in word if c.isalnum()) for word in text.lower().split())


async def heard(listener: Listener, samples: Samples, step: float = 0.1) -> list[Event]:
    """Feed everything, step by step, and give all events."""

    async def events() -> list[Event]:
        return [event async for event in listener.events()]

    reading = asyncio.create_task(events())
    size = int(step * SAMPLE_RATE)
    for start in range(0, len(samples), size):
        await listener.feed(samples[start : start + size])
    await listener.close()
    return await reading


async def test_speech_becomes_words_with_times(tools: Tools, desk: Desk) -> None:
    """In turns that begin, end, and are followed by their words."""
    samples = np.concatenate([samples_of(TWO_CITIES, 0.0, 8.5), silence(1.0)])
    events = await heard(Listener(tools, Manner("en"), desk), samples)
    finals = [event for event in events if isinstance(event, Final)]
    assert plain(" ".join(final.text for final in finals)).startswith(OPENING)
    assert all(final.start <= word.start <= word.end <= final.end + 0.6 for final in finals for word in final.words)
    for kind in (SpeechStarted, TurnEnded, Final):
        turns = [event.turn for event in events if isinstance(event, kind)]
        assert turns == list(range(len(turns)))
    assert not any(isinstance(event, Partial) for event in events)


async def test_ten_seconds_at_once_are_the_same_as_a_little_at_a_time(tools: Tools, desk: Desk) -> None:
    """The words do not depend on how sound is cut into messages."""
    samples = samples_of(TWO_CITIES, 0.0, 10.0)
    texts = []
    for step in (0.02, 0.37, 10.0):
        events = await heard(Listener(tools, Manner("en"), desk), samples, step)
        texts.append(plain(" ".join(event.text for event in events if isinstance(event, Final))))
    assert texts[0].startswith(OPENING)
    # a look at a pause may be left out where the engines are busy, which changes commas, not words
    assert len({text[: len(OPENING)] for text in texts}) == 1


async def test_streams_at_once_do_not_mix(host: Host, registry: Registry, desk: Desk) -> None:
    """Each hears its own speech."""
    pieces = [samples_of(TWO_CITIES, start, start + 5.0) for start in (0.5, 8.0, 16.0, 24.0)]
    with ExitStack() as scopes:
        lent = [Toolbox(registry, host).listen(scopes, Options(language="en"), "energy") for _ in pieces]
        alone = [await heard(Listener(lent[0], Manner("en"), desk), piece) for piece in pieces]
        pairs = zip(lent, pieces, strict=True)
        together = await asyncio.gather(*(heard(Listener(t, Manner("en"), desk), piece) for t, piece in pairs))
    for one, other in zip(alone, together, strict=True):
        first = [plain(event.text)[:12] for event in one if isinstance(event, Final)]
        assert first == [plain(event.text)[:12] for event in other if isinstance(event, Final)]


class Slow:
    """A recogniser that waits until it is told to go on."""

    def __init__(self) -> None:
        self.calls = 0
        self.called: asyncio.Queue[int] = asyncio.Queue()
        self.go = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Wait."""
        self.calls += 1
        self._loop.call_soon_threadsafe(self.called.put_nowait, self.calls)
        asyncio.run_coroutine_threadsafe(self.go.wait(), self._loop).result()
        return Recognition((), timed=True, language="en", language_probability=0.9)


class Broken:
    """A recogniser that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Fail."""
        raise self._error


def beeps(count: int) -> Samples:
    """Give turns of a second."""
    beep = np.sin(np.arange(SAMPLE_RATE) * 0.3).astype(np.float32) / 2
    return np.tile(np.concatenate([beep, silence(1.0)]), count)


async def test_who_sends_faster_than_engines_work_waits(tools: Tools, desk: Desk) -> None:
    """What waits is bounded, and nothing is lost."""
    slow = Slow()
    vad = echo.EchoVad(echo.NoOptions(), Path())
    listener = Listener(replace(tools, vad=vad, recognizer=slow, identifier=None), Manner("en"), desk)
    reading = asyncio.create_task(heard(listener, beeps(12), step=1.0))
    for _ in range(BEHIND):
        await slow.called.get()
    for _ in range(100):
        await asyncio.sleep(0)
    assert slow.calls <= BEHIND + 1
    slow.go.set()
    events = await reading
    assert sum(isinstance(event, Final) for event in events) == 12


@pytest.mark.parametrize("error", [EngineFailed("the engine failed"), ZeroDivisionError()], ids=["engine", "fault"])
async def test_an_engine_that_fails_ends_the_events(error: Exception, tools: Tools, desk: Desk) -> None:
    """Whoever only waits for words is told as well as whoever feeds more sound."""
    vad = echo.EchoVad(echo.NoOptions(), Path())
    listener = Listener(replace(tools, vad=vad, recognizer=Broken(error), identifier=None), Manner("en"), desk)
    await listener.feed(beeps(1))
    with pytest.raises(EngineFailed):
        _ = [event async for event in listener.events()]
    with pytest.raises(EngineFailed):
        await listener.feed(beeps(1))


async def test_partial_words_that_fail_are_only_missing(tools: Tools, desk: Desk) -> None:
    """Finals come all the same."""
    vad = echo.EchoVad(echo.NoOptions(), Path())
    broken = replace(tools, vad=vad, drafter=Broken(EngineFailed("the engine failed")), identifier=None)
    events = await heard(Listener(broken, Manner("en", partials=True), desk), np.tile(beeps(1)[:SAMPLE_RATE], 3))
    assert sum(isinstance(event, Final) for event in events) == 1


async def test_a_stream_that_ends_early_takes_no_engine_from_others(host: Host, registry: Registry, desk: Desk) -> None:
    """The process that still makes words of it stays warm."""
    with ExitStack() as scopes:
        tools = Toolbox(registry, host).listen(scopes, Options(language="en"), "silero")
        listener = Listener(tools, Manner("en"), desk)
        await listener.feed(samples_of(TWO_CITIES, 0.5, 30.0))
        working = await asyncio.to_thread(
            wait_for, lambda: {each.pid for each in host.status() if each.busy} or None, seconds=30
        )
        listener.abandon()
    with ExitStack() as scopes:
        tools = Toolbox(registry, host).listen(scopes, Options(language="en"), "silero")
        await heard(Listener(tools, Manner("en"), desk), samples_of(TWO_CITIES, 0.5, 3.0))
    assert working <= {each.pid for each in host.status()}


async def test_commit_returns_when_the_words_are_there(tools: Tools, desk: Desk) -> None:
    """And a stream goes on after it, and after what was cleared."""
    listener = Listener(tools, Manner("en"), desk)
    texts: list[str] = []

    async def read() -> None:
        async for event in listener.events():
            texts.extend([plain(event.text)] if isinstance(event, Final) else [])

    reading = asyncio.create_task(read())
    await listener.feed(samples_of(TWO_CITIES, 0.5, 3.0))
    await listener.commit()
    await listener.told()
    assert len(texts) == 1
    assert OPENING.startswith(texts[0][:15])
    await listener.feed(samples_of(TWO_CITIES, 5.0, 8.0))
    listener.clear()
    await listener.commit()
    await listener.close()
    await reading
    assert len(texts) == 1
