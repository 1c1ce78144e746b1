"""What the command line does with questions that are asked aloud."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voxhall.app import open_platform
from voxhall.cli.speak import aloud
from voxhall.domain.session import Session, Wish
from voxhall.errors import EngineFailed, InvalidInput, NotFound
from voxhall.settings import read_settings
from voxhall.stores.objects import chunks_in

messages = Console(stderr=True)


def talk(  # noqa: PLR0913 - each is an option of the command
    file: Annotated[Path | None, typer.Argument(help="A recording of the question; without one, a microphone.")] = None,
    *,
    device: Annotated[str | None, typer.Option(help="Number or name of the microphone.")] = None,
    voice: Annotated[str | None, typer.Option(help="A voice of `voxhall voices list`.")] = None,
    language: Annotated[str, typer.Option(help="ISO 639-1 code, or auto.")] = "auto",
    silence: Annotated[float, typer.Option(min=0.2, max=10, help="Seconds of silence that end a question.")] = 1.5,
    longest: Annotated[float, typer.Option(min=1, max=300, help="Seconds that are listened to at most.")] = 60.0,
    threshold: Annotated[int, typer.Option(min=1, max=32767, help="Loudness below which sound is silence.")] = 900,
    quiet: Annotated[bool, typer.Option("--quiet", help="Write the answer, but do not say it.")] = False,
) -> None:
    """Ask aloud, and hear the answer from the indexed documents, with no server."""
    wish = Wish(
        language=language,
        silence_seconds=silence,
        longest=longest,
        silence_threshold=threshold,
        tts_voice=voice,
    )
    if file is not None and not file.is_file():
        raise InvalidInput(f"there is no file {str(file)!r}")
    asyncio.run(_talk(file, device, wish, quiet=quiet))


async def _talk(file: Path | None, device: str | None, wish: Wish, *, quiet: bool) -> None:
    # what servers do beside this is left to them
    settings = read_settings(job_slots=0, webhook_slots=0)
    async with open_platform(settings, lambda *_: {}) as platform:
        caller, shown = await platform.keys.first_admin(), _Shown(quiet=quiet)
        sessions, base_url = platform.sessions, settings.base_url
        if file is None:
            begun = await sessions.start_microphone(caller, wish, base_url, device=device, rate=16_000)
            messages.print("Ask; then be silent.")
        else:
            async with sessions.files.receive(chunks_in(file)) as received:
                begun = await sessions.start_file(caller, wish, base_url, received, factor=0)
        session = begun
        async for session in sessions.watch(caller, begun.uid):
            await shown.update(session)
    if session.error:
        raise EngineFailed(session.error)


class _Shown:
    """What the terminal has shown and played of a session."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._asked = False
        self._written = 0
        self._played = 0

    async def update(self, session: Session) -> None:
        """Show and play what is new."""
        if session.response and not self._asked:
            self._asked = True
            messages.print(f"You: {session.transcript}", markup=False, highlight=False)
        typer.echo(session.response[self._written :], nl=False)
        self._written = len(session.response)
        for clip in session.clips[self._played :] if not self._quiet else ():
            await asyncio.to_thread(self._play, Path(clip.file))
            self._played += 1
        if session.ended:
            self._end(session)

    def _play(self, file: Path) -> None:
        if self._quiet:
            return
        try:
            with aloud() as pipe:
                pipe.write(file.read_bytes())
        except NotFound as error:
            messages.print(error.message, style="yellow", markup=False)
            self._quiet = True

    def _end(self, session: Session) -> None:
        typer.echo("")
        if not session.transcript and not session.error:
            messages.print("Nothing was understood.", style="yellow")
        for each in session.citations:
            messages.print(f"[{each.rank}] {each.title} {each.url}", markup=False, highlight=False)
        for said in session.tts_errors:
            messages.print(said, style="yellow", markup=False, highlight=False)
