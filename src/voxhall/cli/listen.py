"""What the command line hears: a microphone, or a file at the pace at which it was spoken; words grow as they come."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from voxhall.audio.decode import open_recording
from voxhall.domain.live import Event, Final, Partial
from voxhall.engines.protocols import SAMPLE_RATE, Samples
from voxhall.errors import EngineUnavailable, InvalidInput
from voxhall.pipelines.listen import Listener, Manner
from voxhall.services.local import open_engines

BLOCK = SAMPLE_RATE // 10
"""Samples at a time."""
WAITING = 100
"""Blocks (10 s) that may wait where the machine is too slow; what is beyond is lost."""

messages = Console(stderr=True)


def listen(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A recording; without it, the microphone.")
    ] = None,
    *,
    language: Annotated[str, typer.Option(help="ISO 639-1 code, or auto.")] = "auto",
    speakers: Annotated[bool, typer.Option("--speakers", help="Tell speakers apart.")] = False,
    vad: Annotated[str, typer.Option(help="What tells speech from silence: silero, energy or auto.")] = "auto",
) -> None:
    """Show words while they are spoken, with no server, until the file or Ctrl-C ends it."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(file, Manner(language, partials=True), vad, speakers=speakers))


async def _listen(file: Path | None, manner: Manner, vad: str, *, speakers: bool) -> None:
    blocks = _played(file) if file else _recorded()
    with open_engines() as engines, engines.listen(manner, vad=vad, speakers=speakers) as listener:
        showing = asyncio.create_task(_show(listener, speakers=speakers))
        try:
            if file is None:
                messages.print("Listening; Ctrl-C ends it.")
            async for block in blocks:
                await listener.feed(block)
        finally:
            # Ctrl-C cancels this task once; the last words still come
            await listener.close()
            await showing


async def _show(listener: Listener, *, speakers: bool) -> None:
    """Print finals as lines; below them, in a terminal, the words that still grow."""
    with Live(console=messages, auto_refresh=False, transient=True) as line:
        async for event in listener.events():
            line.update(_growing(event), refresh=True)
            if isinstance(event, Final) and event.words:
                speaker = f"Speaker {event.speaker + 1}: " if speakers else ""
                sys.stdout.write(f"[{_clock(event.start)}] {speaker}{event.text}\n")
                sys.stdout.flush()


def _growing(event: Event) -> Text:
    if not isinstance(event, Partial):
        return Text()
    stable, rest = event.words[: event.stable], event.words[event.stable :]
    return Text.assemble(" ".join(stable), " ", (" ".join(rest), "dim"))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02}:{rest:04.1f}"


async def _played(file: Path) -> AsyncIterator[Samples]:
    """Give a recording at the pace at which it was spoken."""
    with open_recording(file, rate=SAMPLE_RATE) as recording:
        samples = np.concatenate([np.zeros(0, np.float32), *(block[0] for block in recording.blocks)])
    began = time.monotonic()
    for start in range(0, len(samples), BLOCK):
        await asyncio.sleep(began + (start + BLOCK) / SAMPLE_RATE - time.monotonic())
        yield samples[start : start + BLOCK]


async def _recorded() -> AsyncIterator[Samples]:
    """Give what the microphone hears; raises EngineUnavailable without one."""
    try:
        import sounddevice  # noqa: PLC0415 - it looks for PortAudio when it is imported
    except OSError:
        raise EngineUnavailable("the microphone needs PortAudio: apt install libportaudio2, or name a FILE") from None
    waiting: asyncio.Queue[Samples] = asyncio.Queue(WAITING)
    loop = asyncio.get_running_loop()

    def offer(block: Samples) -> None:
        with suppress(asyncio.QueueFull):
            waiting.put_nowait(block)

    def heard(block: Samples, *_: object) -> None:
        loop.call_soon_threadsafe(offer, block[:, 0].copy())

    try:
        stream = sounddevice.InputStream(
            samplerate=SAMPLE_RATE, channels=1, dtype="float32", blocksize=BLOCK, callback=heard
        )
    except sounddevice.PortAudioError as error:
        raise InvalidInput(f"the microphone cannot be opened: {error}; name a FILE to listen to") from None
    with stream:
        while True:
            yield await waiting.get()
