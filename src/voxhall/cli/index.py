"""The local index from the terminal; works on the database directly, with or without a running server."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from voxhall.domain.document import TRANSCRIPTS, Document, Source
from voxhall.domain.knowledge import Hit, Question, Topic
from voxhall.errors import InvalidInput, VoxhallError
from voxhall.ground import within
from voxhall.library import Library, open_library
from voxhall.pipelines.extract import LONGEST, SUFFIXES

app = typer.Typer(no_args_is_help=True)
errors = Console(stderr=True)

PAGE = 1000
"""Documents listed at a time."""


@app.command()
def add(
    places: Annotated[
        list[str] | None, typer.Argument(metavar="PLACE...", help="Files, folders, and addresses of pages.")
    ] = None,
    *,
    sitemap: Annotated[list[str] | None, typer.Option(help="Address of a sitemap whose pages are all added.")] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="Add finished transcripts, those to come included.")
    ] = False,
    shared: Annotated[bool, typer.Option("--shared", help="For everybody to find, not only this account.")] = False,
) -> None:
    """Read documents into the index; what has not changed since the last time is left as it is."""
    sources = [source for place in places or () for source in _sources(place)]
    sources += [(url, partial(Source, "sitemap", url)) for url in sitemap or ()]
    sources += [(TRANSCRIPTS, partial(Source, "transcripts", TRANSCRIPTS))] if transcripts else []
    if not sources:
        raise InvalidInput("name files, folders, addresses, --sitemap or --transcripts")

    async def read(library: Library) -> int:
        bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=errors)
        failed = 0
        with bar:
            task = bar.add_task("reading", total=len(sources))
            for name, make in sources:
                try:
                    await _read(library, make(), shared, bar)
                except VoxhallError as error:
                    errors.print(f"{name}: {error.message}", style="red", markup=False, highlight=False)
                    failed += 1
                bar.advance(task)
        return failed

    if within(open_library, read):
        raise typer.Exit(1)


async def _read(library: Library, source: Source, shared: bool, bar: Progress) -> None:  # noqa: FBT001 - passed on
    """Index one source; a collection's documents that fail are told of, too."""
    row, fresh = await library.knowledge.enter(library.caller, source, shared=shared)
    if not fresh:
        return
    task = bar.add_task(source.origin, total=None)
    try:
        await library.indexing.index(row, lambda done, total: bar.update(task, completed=done, total=total))
    except VoxhallError as error:
        await library.indexing.failed(row, error)
        raise
    finally:
        bar.remove_task(task)


def _sources(place: str) -> Iterator[tuple[str, Callable[[], Source]]]:
    """Name each page or file that a place stands for, and what makes a source of it; files are read in their turn."""
    if place.startswith(("http://", "https://")):
        yield place, partial(Source, "url", place)
        return
    path = Path(place).resolve()
    if not path.exists():
        raise InvalidInput(f"there is no file or folder {place!r}")
    found = sorted(each for each in (path, *path.rglob("*")) if _meant(each, path)) if path.is_dir() else [path]
    for each in found:
        yield str(each), partial(_file, each)


def _file(path: Path) -> Source:
    """Read a file; raises InvalidInput."""
    try:
        str(path).encode()
        if path.is_dir():
            raise InvalidInput("it is a folder that we may not look into")
        if path.stat().st_size > LONGEST:
            raise InvalidInput(f"it is larger than the {LONGEST >> 20} MiB that are read")
        return Source("file", str(path), path.read_bytes())
    except UnicodeEncodeError as error:
        raise InvalidInput("its name is not UTF-8; rename it") from error
    except OSError as error:
        raise InvalidInput(f"it cannot be read: {error.strerror}") from error


def _meant(path: Path, folder: Path) -> bool:
    """Tell whether a file of a folder is to be read; a folder that nobody may look into is, and says so then."""
    if any(part.startswith(".") for part in path.relative_to(folder).parts):
        return False
    try:
        if path.is_dir():
            return not os.access(path, os.R_OK | os.X_OK)
        return path.suffix.lower() in SUFFIXES and path.is_file()
    except PermissionError:  # its folder says so
        return False


@app.command("list")
def show() -> None:
    """List what is in the index, with what could not be read and why."""
    table = Table(Column("id", no_wrap=True), "title", "kind", "passages", "published", "state", box=None)

    async def look(library: Library) -> list[Document]:
        return [document async for document in _all(library)]

    for each in within(open_library, look):
        kind = f"{each.kind}, shared" if each.shared else each.kind
        table.add_row(each.id, each.title, kind, str(each.passages), _day(each.published), _state(each))
    Console().print(table)


def _state(document: Document) -> str:
    if document.progress:
        return f"{document.state}: {document.progress.done} of {document.progress.total}"
    return f"{document.state}: {document.error}" if document.error else document.state


async def _all(library: Library) -> AsyncIterator[Document]:
    offset, total = 0, 1
    while offset < total:
        total, documents = await library.knowledge.list(library.caller, limit=PAGE, offset=offset)
        for each in documents:
            yield each
        offset += PAGE


@app.command()
def remove(document: Annotated[str, typer.Argument(help="An id of `voxhall index list`.")]) -> None:
    """Remove a document, and with a sitemap or the transcripts all that came of them."""
    within(open_library, lambda library: library.knowledge.remove(library.caller, document))
    typer.echo(f"document {document} is removed")


@app.command()
def search(
    query: Annotated[str, typer.Argument(help='A question, or words; "quoted" ones must stand there, -these not.')],
    *,
    limit: Annotated[int, typer.Option(min=1, max=20, help="Passages at most.")] = 5,
    topic: Annotated[Topic, typer.Option(help="news: only what has a date.")] = "general",
    days: Annotated[int | None, typer.Option(min=1, help="Only what was published in the last so many days.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Search the index alone; `voxhall search` asks other providers, too."""
    question = Question(query, limit, topic, days)
    hits = within(
        open_library, lambda library: library.knowledge.search(library.caller, question, base_url=library.base_url)
    )
    if as_json:
        typer.echo(msgspec.json.encode(hits))
        return
    console = Console()
    for rank, hit in enumerate(hits, start=1):
        console.print(f"{rank}. {_named(hit)}", style="bold", markup=False, highlight=False)
        console.print(f"{' '.join(hit.text.split())}\n", markup=False, highlight=False)
    if not hits:
        errors.print("nothing was found")


def _named(hit: Hit) -> str:
    return f"{hit.title} ({_day(hit.published)})" if hit.published is not None else hit.title


def _day(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).date().isoformat()
