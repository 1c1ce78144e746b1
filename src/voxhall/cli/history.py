"""History from the terminal; works on the database directly, with or without a running server."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from voxhall.domain.conversation import Conversation, Turn
from voxhall.domain.history import KINDS, Item, Kind, Wanted
from voxhall.domain.transcription import Record
from voxhall.domain.voice import Render
from voxhall.errors import InvalidInput
from voxhall.ground import within
from voxhall.offices import Archive, open_archive
from voxhall.text.captions import transcript_text
from voxhall.text.times import iso_utc

app = typer.Typer(no_args_is_help=True)

SHOWN = 60
"""Characters of a text in a list."""
TURNS = 2000
"""Of a conversation that are shown."""


@app.command("list")
def show_all(
    *,
    kind: Annotated[str | None, typer.Option("--type", help="transcription, tts or conversation.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Items per page.")] = 20,
    page: Annotated[int, typer.Option(min=1, help="Page number.")] = 1,
) -> None:
    """List what was transcribed, spoken and talked about, the newest first."""
    wanted = Wanted(kinds=KINDS if kind is None else (_kind(kind),))

    async def look(archive: Archive) -> tuple[int, list[Item]]:
        return await archive.history.page(archive.caller, wanted, limit=limit, offset=(page - 1) * limit)

    total, items = within(open_archive, look)
    table = Table("when", "type", "id", "", box=None)
    for item in items:
        table.add_row(*_row(item))
    Console().print(table)
    typer.echo(f"{len(items)} of {total}", err=True)


@app.command()
def show(
    kind: Annotated[str, typer.Argument(help="transcription, tts or conversation.")],
    item: Annotated[str, typer.Argument(help="An id of `voxhall history list`.")],
) -> None:
    """Print what is known of one item as JSON, texts included."""

    async def look(archive: Archive) -> object:
        history, caller = archive.history, archive.caller
        match _kind(kind):
            case "conversation":
                return await history.conversation(caller, item, turns=TURNS, calls=True)
            case "tts":
                return await history.renders.get(caller, _number(item))
            case "transcription":
                record = await history.transcripts.get(caller, _number(item))
                result = await history.transcripts.peek(record)
                return record, transcript_text(result, events=record.options.sounds) if result else None

    typer.echo(msgspec.json.format(msgspec.json.encode(within(open_archive, look))).decode())


@app.command()
def search(
    question: Annotated[str, typer.Argument(help='Words, "phrases", `or`, and -words that shall not be there.')],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results of each kind, at most.")] = 20,
) -> None:
    """Find turns of conversations, and transcriptions by their names and their words."""

    async def look(archive: Archive) -> tuple[list[Turn], list[Record]]:
        return await archive.history.search(archive.caller, question, limit=limit, said=True)

    turns, records = within(open_archive, look)
    table = Table("when", "type", "id", "", box=None)
    for turn in turns:
        table.add_row(_when(turn.created_at), "turn", turn.conversation, f"{turn.role}: {turn.text}")
    for record in records:
        table.add_row(*_row(record))
    Console().print(table)


@app.command()
def export(path: Annotated[Path, typer.Argument(help="The zip to write.")]) -> None:
    """Write everything into a zip: sound, texts, and what is known of each item."""
    number = within(open_archive, lambda archive: archive.exports.write(archive.caller.account_id, path))
    typer.echo(f"{number} items are in {path}")


def _kind(given: str) -> Kind:
    for kind in KINDS:
        if given == kind:
            return kind
    raise InvalidInput(f"there is no type {given!r} in history; there are: {', '.join(KINDS)}")


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        raise InvalidInput(f"an id of this type is a number, not {given!r}")
    return int(given)


def _row(item: Item) -> tuple[str, str, str, str]:
    match item:
        case Record():
            return _when(item.created_at), "transcription", str(item.id), f"{item.filename} ({item.state})"
        case Render():
            return _when(item.created_at), "tts", str(item.id), f"{item.voice}: {item.text[:SHOWN]}"
        case Conversation():
            return _when(item.started_at), "conversation", item.uid, f"{item.turn_count} turns"


def _when(moment: float) -> str:
    return iso_utc(moment, "milliseconds")
