"""How soon words come back while somebody speaks, to how many at once, and how good they are beside a whole file.

PYTHONPATH=tests python benchmarks/listening.py [--data FOLDER] [--streams 1 5 10 20] [--seconds 60] [--minutes 30]

Clips are sent at the pace at which they were spoken, a second of silence between them, by a client on the same
machine. FOLDER has a `manifest.jsonl` of labelled recordings (`file`, `task`, `language`, `reference`, `duration`);
without it the recordings of the recogniser's package are sent, and words are not judged.
"""

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import psutil
from rapidfuzz.distance import Indel
from websockets.asyncio.client import ClientConnection, connect

from recordings import BECKETT, TWO_CITIES, TWO_SPEAKERS
from serving import Server, serving
from voxhall.audio.decode import open_recording
from voxhall.audio.pcm import SAMPLE_RATE, to_pcm
from voxhall.audio.wav import header
from voxhall.pipelines.turns import Rules

FRAME = 0.1
"""Seconds of one message."""
GAP = 1.2
"""Seconds of silence after each clip: more than ends a turn."""
RULES = Rules()
QUERY = "language=en&turn_detection=server_vad&partials=true"


@dataclass
class Clip:
    """A labelled recording."""

    pcm: bytes
    reference: str | None


@dataclass
class Turn:
    """What came of one turn."""

    partials: list[tuple[float, dict[str, object]]] = field(default_factory=list)
    """Seconds since the stream began, and the message."""
    final: tuple[float, dict[str, object]] | None = None


@dataclass
class Played:
    """What came of one stream."""

    clips: list[tuple[float, float, Clip]]
    """Seconds from and to which each was sent."""
    turns: list[Turn]


def clips_of(data: Path | None) -> list[Clip]:
    """Read English clips of a second to half a minute."""
    if data is None:
        return [Clip(pcm_of(path), None) for path in (BECKETT, TWO_SPEAKERS, TWO_CITIES)]
    rows = [json.loads(line) for line in (data / "manifest.jsonl").read_text().splitlines()]
    chosen = [row for row in rows if row["task"] == "asr" and row["language"] == "en" and 1 < row["duration"] < 31]
    return [Clip(pcm_of(data / row["file"]), row["reference"]) for row in chosen]


def pcm_of(path: Path) -> bytes:
    """Read a recording as 16 kHz s16le."""
    with open_recording(path, rate=SAMPLE_RATE) as recording:
        return to_pcm(np.concatenate(list(recording.blocks), axis=1))


def dealt(clips: Sequence[Clip], streams: int, seconds: float) -> list[list[Clip]]:
    """Deal clips to streams, around and around, until each has enough."""
    hands: list[list[Clip]] = []
    place = 0
    for _ in range(streams):
        hand: list[Clip] = []
        while sum(len(clip.pcm) / 32_000 + GAP for clip in hand) < seconds:
            hand.append(clips[place % len(clips)])
            place += 1
        hands.append(hand)
    return hands


async def play(server: Server, hand: Sequence[Clip], vad: str, delay: float) -> Played:
    """Send clips at their own pace, and gather what comes back."""
    await asyncio.sleep(delay)
    address = f"{server.url.replace('http', 'ws', 1)}/v1/ws/transcribe?{QUERY}&vad_type={vad}"
    headers = {"Authorization": f"Bearer {server.key}"}
    sound, places = b"", []
    for clip in hand:
        begin = len(sound) / 32_000
        sound += clip.pcm + bytes(int(GAP * 32_000))
        places.append((begin, len(sound) / 32_000, clip))
    played = Played(places, [])
    async with connect(address, additional_headers=headers, max_queue=None) as socket:
        await socket.recv()
        began = time.monotonic()
        hearing = asyncio.create_task(hear(socket, played, began))
        step = int(FRAME * 32_000)
        for number, start in enumerate(range(0, len(sound), step)):
            await asyncio.sleep(max(0.0, began + (number + 1) * FRAME - time.monotonic()))
            await socket.send(sound[start : start + step])
        await asyncio.sleep(1.0)
        await socket.send("END")
        await hearing
    return played


async def hear(socket: ClientConnection, played: Played, began: float) -> None:
    """Take messages until the server closes."""
    turn = Turn()
    async for raw in socket:
        message, now = json.loads(raw), time.monotonic() - began
        if message["type"] == "partial":
            turn.partials.append((now, message))
        elif message["type"] == "turn_detected":
            turn.final = (now, message)
            played.turns.append(turn)
            turn = Turn()


async def ping(server: Server, lags: list[float]) -> None:
    """Ask a socket that does nothing else how late it answers."""
    address = f"{server.url.replace('http', 'ws', 1)}/v1/ws/transcribe"
    async with connect(address, additional_headers={"Authorization": f"Bearer {server.key}"}) as socket:
        await socket.recv()
        while True:
            asked = time.monotonic()
            await socket.send("PING")
            await socket.recv()
            lags.append(1000 * (time.monotonic() - asked))
            await asyncio.sleep(0.05)


def spent(server: Server) -> tuple[float, float]:
    """Give the CPU seconds of the server's process and of its engines'."""
    process = psutil.Process(server.process.pid)
    return (
        sum(process.cpu_times()[:2]),
        sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True)),
    )


def shown(name: str, values: Sequence[float], unit: str = "ms") -> None:
    """Print the middle and the worst of some values."""
    if len(values) < 2:
        print(f"  {name}: too few")
        return
    cuts = statistics.quantiles(values, n=100)
    print(
        f"  {name}: p50 {statistics.median(values):.0f} {unit}, p95 {cuts[94]:.0f}, p99 {cuts[98]:.0f} ({len(values)})",
        flush=True,
    )


def report(played: Sequence[Played], lags: Sequence[float]) -> None:
    """Print what was measured."""
    turns = [turn for each in played for turn in each.turns if turn.final]
    firsts, steps, finals = [], [], []
    for turn in turns:
        assert turn.final
        arrived, message = turn.final
        finals.append(1000 * (arrived - int(str(message["turn_end_ms"])) / 1000 - RULES.silence))
        if turn.partials:
            onset = int(str(message["turn_start_ms"])) / 1000 + RULES.padding
            firsts.append(1000 * (turn.partials[0][0] - onset))
            moments = [moment for moment, _ in turn.partials]
            steps += [1000 * (b - a) for a, b in pairwise(moments)]
    shown("first partial after the onset of speech", firsts)
    shown("between partials", steps)
    shown("final after the end of the turn and its silence", finals)
    shown("answer to PING, which waits for the event loop", lags)
    print(f"  words shown as stable that the final has otherwise: {taken_back(turns, stable=True):.1%}")
    print(f"  words shown at all that the final has otherwise: {taken_back(turns, stable=False):.1%}", flush=True)


def taken_back(turns: Sequence[Turn], *, stable: bool) -> float:
    """Give the share of the words of partials that are not in the final, in order."""
    said = lost = 0
    for turn in turns:
        assert turn.final
        final = normal(str(turn.final[1]["transcription"]))
        for _, message in turn.partials:
            words = normal(str(message["transcription"]))
            words = words[: int(str(message["stable_words"]))] if stable else words
            kept = (len(words) + len(final) - Indel.distance(words, final)) // 2
            said += len(words)
            lost += len(words) - kept
    return lost / max(said, 1)


def normal(text: str) -> list[str]:
    """Give words without case and punctuation."""
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def judge(server: Server, played: Sequence[Played]) -> None:
    """Print the word error rates of live finals and of whole files, on the same clips."""
    references, live, batch = [], [], []
    for each in played:
        for begin, end, clip in each.clips:
            finals = [turn.final[1] for turn in each.turns if turn.final]
            middle = [(int(str(f["turn_start_ms"])) + int(str(f["turn_end_ms"]))) / 2000 for f in finals]
            words = [normal(str(f["transcription"])) for f, at in zip(finals, middle, strict=True) if begin <= at < end]
            references.append(" ".join(normal(clip.reference or "")))
            live.append(" ".join(word for each in words for word in each))
            batch.append(transcribed(server, clip))
    print(
        f"  {len(references)} clips; word error rate of live finals {100 * jiwer.wer(references, live):.2f} %", end=""
    )
    print(f", of whole files {100 * jiwer.wer(references, batch):.2f} %", flush=True)


def transcribed(server: Server, clip: Clip) -> str:
    """Have a whole clip transcribed."""
    file = header(SAMPLE_RATE, len(clip.pcm)) + clip.pcm
    form = {"language": "en", "mode": "sync"}
    answer = server.post("/v1/transcriptions", files={"file": ("clip.wav", file)}, data=form)
    return " ".join(normal(answer.json()["text"]))


async def stay(server: Server, clip: Clip, minutes: float) -> None:
    """Send one long stream eight times as fast as it was spoken, and print what the server's memory does."""
    address = f"{server.url.replace('http', 'ws', 1)}/v1/ws/transcribe?{QUERY}&vad_type=silero"
    process = psutil.Process(server.process.pid)
    held: list[float] = []
    async with connect(address, additional_headers={"Authorization": server.key}, max_queue=None) as socket:
        await socket.recv()
        step, sent = 32_000, 0
        while sent < minutes * 60 * 32_000:
            for start in range(0, len(clip.pcm), step):
                await socket.send(clip.pcm[start : start + step])
                while json.loads(await socket.recv())["type"] != "chunk_received":
                    pass
                await asyncio.sleep(0.125)
            sent += len(clip.pcm)
            held.append(process.memory_info().rss / 2**20)
        await socket.send("END")
        async for _ in socket:
            pass
    fifths = [f"{statistics.mean(part):.0f}" for part in np.array_split(held, 5)]
    print(f"a stream of {minutes:g} minutes: {', '.join(fifths)} MiB in its fifths", flush=True)


async def measure(server: Server, hands: Sequence[Sequence[Clip]], vad: str) -> tuple[list[Played], list[float]]:
    """Play all streams at once, begun a little apart."""
    lags: list[float] = []
    pinging = asyncio.create_task(ping(server, lags))
    played = await asyncio.gather(*(play(server, hand, vad, 0.37 * n) for n, hand in enumerate(hands)))
    pinging.cancel()
    return list(played), lags


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--vad", default="silero")
    parser.add_argument("--minutes", type=float, default=0.0, help="length of one more stream, for its memory")
    given = parser.parse_args()
    clips = clips_of(given.data)
    with tempfile.TemporaryDirectory() as name, serving(Path(name), engine_processes=2) as server:
        asyncio.run(measure(server, dealt(clips[:2], 2, 5.0), given.vad))
        for streams in given.streams:
            print(f"{streams} streams", flush=True)
            before = spent(server)
            played, lags = asyncio.run(measure(server, dealt(clips, streams, given.seconds), given.vad))
            report(played, lags)
            heard = sum(each.clips[-1][1] for each in played)
            web, engines = ((now - then) / heard for now, then in zip(spent(server), before, strict=True))
            print(f"  CPU seconds per second of a stream: server {web:.3f}, engines {engines:.3f}", flush=True)
            if given.data and streams == given.streams[-1]:
                judge(server, played)
        if given.minutes:
            asyncio.run(stay(server, clips[-1], given.minutes))


if __name__ == "__main__":
    main()
