"""How soon speech is heard over HTTP and WebSocket, beside a bare call of the engine; and what serving it costs.

PYTHONPATH=tests python benchmarks/speech.py [--voice harry]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import requests
from websockets.sync.client import ClientConnection, connect

from serving import Server, serving
from voxhall.audio.resample import Resampler
from voxhall.domain.voice import Shape, Voice
from voxhall.engines.protocols import Samples, Shaper, Style, Synthesizer
from voxhall.engines.registry import Registry
from voxhall.pipelines.script import Chunk, write_script
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.services.cast import Cast

TEXTS = (
    "Hello, and welcome back.",
    "The birch canoe slid on the smooth planks.",
    "When the old man came home, he found the door wide open.",
    "Your table is booked for half past seven, under the name of Baker.",
    "I have looked at the figures, and there are three things that worry me.",
    "Glue the sheet to the dark blue background.",
    "It costs $12.50, and it will be there on May 3rd.",
    "Yes, of course, I can do that for you.",
    "These days, a chicken leg is a rare dish.",
    "Sorry, I did not quite catch that. Could you say it again?",
)


class Bare:
    """The engine itself, in this process, on the first chunk of a text."""

    def __init__(self, registry: Registry, voice: Voice) -> None:
        engine = registry.choose("speak", name=voice.engine)
        shaper = registry.choose("shape")
        self._voice = voice
        self._synthesizer: Synthesizer = engine.load(registry.options_of(engine), registry.models)  # type: ignore[assignment]
        self._shaper: Shaper = shaper.load(registry.options_of(shaper), registry.models)  # type: ignore[assignment]

    def first(self, text: str) -> None:
        """Make the first sound."""
        chunk = next(item for item in write_script(text, "en", {}) if isinstance(item, Chunk))
        self._spoken(chunk, pieces=1)

    def whole(self, text: str) -> float:
        """Make all of it; give its seconds."""
        chunks = [item for item in write_script(text, "en", {}) if isinstance(item, Chunk)]
        return sum(len(self._spoken(chunk, pieces=99)) for chunk in chunks) / SPEECH_RATE

    def _spoken(self, chunk: Chunk, *, pieces: int) -> Samples:
        style = Style(speed=self._voice.speed)
        utterance = self._synthesizer.prepare(chunk.words, self._voice.base, "en", style, None)
        sound = np.concatenate([self._synthesizer.render(piece) for piece in utterance.pieces[:pieces]])
        if self._voice.shape != Shape():
            sound = self._shaper.reshape(sound, utterance.rate, self._voice.shape)
        resampler = Resampler(utterance.rate, SPEECH_RATE, 1)
        return np.concatenate([resampler.push(sound[None])[0], resampler.finish()[0]])


def over_http(server: Server, voice: str, text: str, *, verify: bool) -> None:
    """Wait for the first sound of a streamed answer; its listener goes away then."""
    wish = {"voice": voice, "input": text, "verify_chunks": verify, "response_format": "pcm"}
    with SESSION.post(f"{server.url}/vui/v1/tts?stream=1", json=wish, stream=True, timeout=60) as answer:
        next(answer.iter_content(4096))


def over_socket(socket: ClientConnection, voice: str, text: str) -> None:
    """Wait for the first frame of sound."""
    socket.send(json.dumps({"type": "speak", "voice": voice, "input": text, "verify_chunks": False}))
    while not isinstance(socket.recv(timeout=60), bytes):
        pass


def drain(socket: ClientConnection) -> None:
    """Wait for the end of a render."""
    while isinstance(message := socket.recv(timeout=60), bytes) or json.loads(message)["type"] != "done":
        pass


SESSION = requests.Session()


def timed(work: Callable[[str], object], text: str) -> float:
    """Give the milliseconds that something takes with a text."""
    began = time.perf_counter()
    work(text)
    return 1000 * (time.perf_counter() - began)


def measure(server: Server, bare: Bare, voice: str, rounds: int) -> dict[str, list[float]]:
    """Time the first sound of every text, each way in turn."""
    times: dict[str, list[float]] = {"bare": [], "http": [], "socket": [], "http, verified": []}
    with connect(server.url.replace("http", "ws", 1) + "/vui/v1/tts/ws") as socket:
        for text in TEXTS * rounds:
            times["bare"].append(timed(bare.first, text))
            times["socket"].append(timed(partial(over_socket, socket, voice), text))
            drain(socket)
            times["http"].append(timed(partial(over_http, server, voice, verify=False), text))
            times["http, verified"].append(timed(partial(over_http, server, voice, verify=True), text))
    return times


def cost(server: Server, bare: Bare, voice: str) -> tuple[float, float]:
    """Give rendered seconds per CPU second, of the bare engine and of the server with its engine processes."""
    began = time.process_time()
    alone = sum(bare.whole(text) for text in TEXTS) / (time.process_time() - began)
    processes = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    before = sum(sum(process.cpu_times()[:2]) for process in processes)
    seconds = 0.0
    for text in TEXTS:
        wish = {"voice": voice, "input": text, "verify_chunks": False}
        seconds += float(SESSION.post(f"{server.url}/vui/v1/tts", json=wish, timeout=60).headers["x-audio-seconds"])
    spent = sum(sum(process.cpu_times()[:2]) for process in processes) - before
    return alone, seconds / spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", default="harry")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, serving(Path(name), engine_processes=1) as server:
        registry = Registry(Path(name) / "models")
        voice = Cast(registry).find(given.voice)
        assert voice
        bare = Bare(registry, voice)
        measure(server, bare, given.voice, 1)
        for way, times in measure(server, bare, given.voice, given.rounds).items():
            quantiles = statistics.quantiles(times, n=20)
            print(f"{way}: p50 {statistics.median(times):.1f} ms, p95 {quantiles[18]:.1f} ms", flush=True)
        alone, served = cost(server, bare, given.voice)
        print(f"seconds per CPU second: bare {alone:.2f}, served {served:.2f}, ratio {served / alone:.3f}")


if __name__ == "__main__":
    main()
