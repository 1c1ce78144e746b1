"""What the command line hears: a microphone, or a file at the pace at which it was spoken; words grow as they come."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from voxhall.audio.decode import open_recording
from voxhall.audio.microphone import choose, open_microphone
from voxhall.domain.live import Event, Final, Partial
from voxhall.engines.protocols import SAMPLE_RATE, Samples
from voxhall.pipelines.listen import Listener, Manner
from voxhall.services.local import open_engines

BLOCK = SAMPLE_RATE // 10
"""Samples at a time."""

messages = Console(stderr=True)


def listen(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A recording; without it, the microphone.")
    ] = None,
    *,
    device: Annotated[str | None, typer.Option(help="Number or name of the microphone.")] = None,
    language: Annotated[str, typer.Option(help="ISO 639-1 code, or auto.")] = "auto",
    speakers: Annotated[bool, typer.Option("--speakers", help="Tell speakers apart.")] = False,
    vad: Annotated[str, typer.Option(help="What tells speech from silence: silero, energy or auto.")] = "auto",
) -> None:
    """Show words while they are spoken, with no server, until the file or Ctrl-C ends it."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(_opened(file, device), Manner(language, partials=True), vad, speakers=speakers))


async def _listen(
    opening: AbstractAsyncContextManager[AsyncIterator[Samples]], manner: Manner, vad: str, *, speakers: bool
) -> None:
    with open_engines() as engines, engines.listen(manner, vad=vad, speakers=speakers) as listener:
        async with opening as blocks:
            showing = asyncio.create_task(_show(listener, speakers=speakers))
            try:
                async for block in blocks:
                    await listener.feed(block)
            finally:
                # Ctrl-C cancels this task once; the last words still come
                try:
                    await listener.close()
                finally:
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


@asynccontextmanager
async def _opened(file: Path | None, device: str | None) -> AsyncIterator[AsyncIterator[Samples]]:
    """Open a recording, else a microphone; raises MicrophoneUnavailable, InvalidInput."""
    if file:
        async with aclosing(_played(file)) as blocks:
            yield blocks
        return
    async with open_microphone(await choose(device), SAMPLE_RATE) as blocks:
        messages.print("Listening; Ctrl-C ends it.")
        yield blocks


async def _played(file: Path) -> AsyncGenerator[Samples]:
    """Give a recording at the pace at which it was spoken."""
    with open_recording(file, rate=SAMPLE_RATE) as recording:
        began, given = time.monotonic(), 0
        for block in recording.blocks:
            for start in range(0, block.shape[1], BLOCK):
                piece: Samples = block[0, start : start + BLOCK]
                given += len(piece)
                await asyncio.sleep(began + given / SAMPLE_RATE - time.monotonic())
                yield piece
