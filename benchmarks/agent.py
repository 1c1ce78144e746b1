"""What a session costs beside its bare steps, how soon its answer is heard, and how much of it is written meanwhile.

PYTHONPATH=tests python benchmarks/agent.py [--rounds 10]

Everything happens in one process with its engine processes warm: the question that a voice of ours has spoken is
decoded, recognised, looked up, answered and spoken step by step, and then by a session. The second answer is written
by a service of this machine that takes its time between sentences, as language models do.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from agents import FACTS, QUESTION
from hearing import silence
from streamed import wav_of
from upstream import LOOPBACK, Asked, serving_upstream
from voxhall.app import Platform, open_platform
from voxhall.audio.pcm import SAMPLE_RATE, from_pcm, read_pcm
from voxhall.audio.resample import resampled
from voxhall.domain.document import Source
from voxhall.domain.record import Caller
from voxhall.domain.session import Session, Wish
from voxhall.domain.voice import Order
from voxhall.engines.protocols import Recognizer, Samples
from voxhall.pipelines.recognise import recognise
from voxhall.settings import read_settings

HERE = "http://here"
WISH = Wish(language="en", silence_seconds=1.0)
SENTENCES = 5
PAUSE = 0.4
"""Seconds between two sentences that a service writes."""


@dataclass
class Bench:
    """A platform that knows something, and a spoken question."""

    platform: Platform
    caller: Caller
    question: bytes

    async def received(self) -> AsyncIterator[bytes]:
        """Give the question as it would arrive."""
        yield self.question

    async def session(self, wish: Wish, factor: float) -> list[tuple[float, Session]]:
        """Lead a session; give what became of it and when, in seconds since it began."""
        sessions = self.platform.sessions
        began = time.perf_counter()
        async with sessions.files.receive(self.received()) as received:
            begun = await sessions.start_file(self.caller, wish, HERE, received, factor=factor)
        seen = [(time.perf_counter() - began, each) async for each in sessions.watch(self.caller, begun.uid)]
        assert seen[-1][1].status == "completed", seen[-1][1].error
        return seen

    async def bare(self) -> float:
        """Do the steps one after the other; give the seconds they take together."""
        platform = self.platform
        began = time.perf_counter()
        async with platform.sessions.files.receive(self.received()) as given:
            pcm = await asyncio.to_thread(platform.sessions.files.samples, given)
            sound = await asyncio.to_thread(read_pcm, pcm, 0.0, pcm.stat().st_size / 2 / SAMPLE_RATE)
            text = await asyncio.to_thread(self._recognised, sound)
            platform.sessions.files.forget(given.uid)
        agent = platform.sessions._agent
        equipment = await agent.equip(self.caller, WISH)
        write, speak = agent.writer(self.caller, equipment, HERE), agent.speaker(self.caller, equipment)
        async with aclosing(write(text, ())) as parts:
            answer = "".join([part async for part in parts if isinstance(part, str)])
        async with aclosing(speak(answer)) as blocks:
            assert [block async for block in blocks]
        return time.perf_counter() - began

    def _recognised(self, sound: Samples) -> str:
        platform = self.platform
        engine = platform.registry.choose("recognize", language="en")
        with platform.host.scope(priority=20) as scope:
            found = recognise(sound, 0.0, scope.engine(Recognizer, engine), (), language="en")
        return " ".join(word.text for word in found.words)


async def spoken(platform: Platform, caller: Caller) -> bytes:
    """Have the question spoken, with silence after it."""
    order = Order("maeve", QUESTION, temperature=0.0)
    async with platform.renders.begin(caller, order) as rendering, aclosing(rendering.blocks()) as blocks:
        sound = [from_pcm(block) async for block in blocks]
    return wav_of(np.concatenate([*resampled(sound, 24_000, SAMPLE_RATE), silence(3.0)]))


async def taking_its_time(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Write sentences with pauses between them."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    for number in range(SENTENCES):
        writer.write(f"This is sentence number {number} of the answer. ".encode())
        await writer.drain()
        await asyncio.sleep(PAUSE)


def percentile(values: Sequence[float], share: float) -> float:
    """Give a percentile."""
    return float(np.percentile(values, 100 * share))


async def costs(bench: Bench, rounds: int) -> None:
    """Compare sessions with their bare steps, in turns."""
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(await bench.bare())
        whole.append((await bench.session(WISH, 100))[-1][0])
    ratio = statistics.median(whole) / statistics.median(bare)
    print(f"session at 100x {statistics.median(whole):.2f} s, bare steps {statistics.median(bare):.2f} s: {ratio:.2f}")


async def promptness(bench: Bench, rounds: int) -> None:
    """Measure from the end of a turn, its silence included, to the first sound that can be played."""
    waits = []
    for _ in range(rounds):
        seen = await bench.session(WISH, 1.0)
        started = seen[-1][1].timeline[0].ended
        heard = next(moment for moment, session in seen if session.clips)
        waits.append(heard - started)
    print(f"end of speech to first clip: p50 {percentile(waits, 0.5):.2f} s, p95 {percentile(waits, 0.95):.2f} s")


async def overlap(bench: Bench) -> None:
    """Show how much of the writing went on while something was spoken."""
    async with serving_upstream(ask=taking_its_time) as upstream:
        session = (await bench.session(replace(WISH, rag_url=upstream.url("/ask")), 0))[-1][1]
    [writing] = [each for each in session.timeline if each.step == "writing"]
    spans = [(max(s.began, writing.began), min(s.ended, writing.ended)) for s in session.timeline if s.sentence]
    both = sum(max(0.0, end - begin) for begin, end in spans)
    alone = sum(each.ended - each.began for each in session.timeline if each.sentence)
    took = max(each.ended for each in session.timeline) - writing.began
    print(f"writing {writing.ended - writing.began:.2f} s, speaking {alone:.2f} s, together {took:.2f} s, ", end="")
    print(f"both at once {both:.2f} s ({both / (writing.ended - writing.began):.0%} of the writing)")


async def main(rounds: int, folder: Path) -> None:
    """Measure."""
    settings = read_settings(data_dir=folder, net_allow=",".join(LOOPBACK), webhook_slots=0)
    async with open_platform(settings, lambda *_: {}) as platform:
        caller = await platform.keys.guest(admin=True)
        added = await platform.knowledge.add(caller, Source("file", "tower.txt", FACTS.encode(), "text/plain"))
        while (await platform.knowledge.find(caller, added.id)).state != "ready":  # noqa: ASYNC110 - it sends no event
            await asyncio.sleep(0.1)
        bench = Bench(platform, caller, await spoken(platform, caller))
        await bench.session(WISH, 0)
        await costs(bench, rounds)
        await promptness(bench, rounds)
        await overlap(bench)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(arguments.rounds, Path(made)))
