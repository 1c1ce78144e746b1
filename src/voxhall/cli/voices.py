"""Voices from the terminal; works on the database directly, with or without a running server."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voxhall.domain.voice import Clone
from voxhall.ground import within
from voxhall.offices import Studio, open_studio
from voxhall.stores.objects import chunks_in

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def show() -> None:
    """List the built-in voices and those made of clips."""

    async def look(studio: Studio) -> tuple[Studio, list[Clone]]:
        return studio, await studio.clones.mine(studio.caller)

    studio, clones = within(open_studio, look)
    table = Table("voice", "language", "gender", "", box=None)
    for voice in studio.cast.voices:
        table.add_row(voice.id, voice.language, "female" if voice.feminine else "male", voice.preview)
    for clone in clones:
        about = f"{clone.name}: {clone.fidelity}, similarity {clone.similarity:.2f}"
        table.add_row(clone.id, clone.voice.language, "female" if clone.voice.feminine else "male", about)
    Console().print(table)


@app.command()
def clone(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A recording of the voice, 5 to 30 s.")],
    *,
    name: Annotated[str | None, typer.Option(help="What to call it; the file's name by default.")] = None,
    text: Annotated[str | None, typer.Option(help="What is said in the clip; recognised by default.")] = None,
) -> None:
    """Make a voice of a clip and print its id."""

    async def make(studio: Studio) -> Clone:
        async with studio.clones.receive(studio.caller, chunks_in(clip)) as received:
            return await studio.clones.clone(studio.caller, received, name=name or clip.stem, text=text)

    made = within(open_studio, make)
    typer.echo(made.id)
    typer.echo(f"{made.fidelity}, similarity to the clip {made.similarity:.2f}", err=True)


@app.command()
def delete(voice: Annotated[str, typer.Argument(help="An id of `voxhall voices list`.")]) -> None:
    """Remove a voice made of a clip, and the clip with it."""
    within(open_studio, lambda studio: studio.clones.delete(studio.caller, voice))
    typer.echo(f"voice {voice} is deleted")
