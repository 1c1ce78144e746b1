"""What the command line does with texts: speaks them, into a file, into a pipe, or aloud."""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console

from voxhall.audio.encode import encode
from voxhall.audio.pcm import to_pcm
from voxhall.audio.wav import header
from voxhall.domain.voice import Order, Spoken, Voice
from voxhall.engines.protocols import Samples
from voxhall.errors import InvalidInput, NotFound
from voxhall.ground import within
from voxhall.offices import Studio, open_studio
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.services.clones import PREFIX
from voxhall.services.local import open_engines, sound_format

PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet", "-"),
    ("pw-play", "-"),
    ("aplay", "-q", "-"),
    ("play", "-q", "-t", "wav", "-"),
)
"""Programs that play a WAV file from a pipe, in order of preference."""

messages = Console(stderr=True)


def speak(  # noqa: PLR0913 - each is an option of the command
    text: Annotated[str | None, typer.Argument(help="What to say; `-` or nothing reads standard input.")] = None,
    *,
    file: Annotated[Path | None, typer.Option("-f", "--file", exists=True, dir_okay=False, help="Read it.")] = None,
    voice: Annotated[str, typer.Option(help="A voice of `voxhall voices list`.")] = "maeve",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write (wav, flac, mp3, opus), or `-` for a pipe.")
    ] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Hand sound on while it is made, not listened to.")] = False,
    temperature: Annotated[float, typer.Option(min=0, max=2, help="Higher is more varied.")] = 0.9,
    speed: Annotated[float, typer.Option(min=0.25, max=4, help="A multiple of the usual.")] = 1.0,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same sound.")] = None,
) -> None:
    """Speak a text, with no server: into a file, into a pipe, or aloud where a player is there."""
    order = Order(
        voice=voice,
        text=_read(text, file),
        temperature=temperature,
        speed=speed,
        verify=not stream,
        seed=secrets.randbelow(2**32) if seed is None else seed,
    )
    form = sound_format(output) if output and str(output) != "-" else "wav"
    speaker, reference = _cloned(voice) if voice.startswith(PREFIX) else (None, None)
    with open_engines() as engines:
        blocks = _sound(engines.speak(order, voice=speaker, reference=reference))
        if not stream:
            blocks = iter(list(blocks))
        if output and str(output) != "-":
            first = next(blocks)  # what cannot be spoken leaves no file behind
            with output.open("wb") as target:
                encode((block[None] for block in chain([first], blocks)), target, form, rate=SPEECH_RATE)
            return
        with aloud() if output is None else _standard_output() as pipe, suppress(BrokenPipeError):
            pipe.write(header(SPEECH_RATE, None))
            for block in blocks:
                pipe.write(to_pcm(block[None]))
                pipe.flush()


def _read(text: str | None, file: Path | None) -> str:
    if file:
        return file.read_text()
    if text is None or text == "-":
        if sys.stdin.isatty():
            messages.print("Type what to say, then Ctrl-D.")
        return sys.stdin.read()
    return text


def _cloned(voice_id: str) -> tuple[Voice, Samples | None]:
    async def find(studio: Studio) -> tuple[Voice, Samples | None]:
        found = (await studio.clones.find(studio.caller, voice_id)).voice
        return found, await studio.clones.reference(found)

    return within(open_studio, find)


def _sound(given: Iterator[Samples | Spoken]) -> Iterator[Samples]:
    """Leave out what was said, but for what was misread."""
    for each in given:
        if not isinstance(each, Spoken):
            yield each
        elif each.verified is False:
            messages.print(f"may be misread: {each.text}", style="yellow", markup=False, highlight=False)


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    if sys.stdout.isatty():
        raise InvalidInput("sound is not written to a terminal; use -o FILE, or a pipe")
    yield sys.stdout.buffer


@contextmanager
def aloud() -> Iterator[BinaryIO]:
    """Give what a player plays; raises NotFound where there is none."""
    command = next((player for player in PLAYERS if shutil.which(player[0])), None)
    if command is None:
        names = ", ".join(player[0] for player in PLAYERS)
        raise NotFound(f"no player is installed ({names}); use -o FILE")
    with subprocess.Popen(command, stdin=subprocess.PIPE) as player:  # noqa: S603 - one of ours
        assert player.stdin is not None  # noqa: S101 - asked for above
        yield player.stdin  # type: ignore[misc]  # typeshed calls it IO[bytes]
        with suppress(BrokenPipeError):
            player.stdin.close()
