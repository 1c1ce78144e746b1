"""Searching and asking from the terminal: the local index, and the web where providers are configured."""

from contextlib import aclosing
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from voxhall.domain.knowledge import Answer, Question, Topic
from voxhall.domain.research import Found
from voxhall.ground import within
from voxhall.library import Library, open_library

Query = Annotated[str, typer.Argument(help="A question as people ask it, up to 500 characters.")]
About = Annotated[Topic, typer.Option("--topic", help="What is looked through.")]
Days = Annotated[int | None, typer.Option(min=1, help="Only what was published in the last so many days.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]

errors = Console(stderr=True)


def search(
    query: Query,
    *,
    limit: Annotated[int, typer.Option(min=1, max=20, help="Results at most.")] = 10,
    topic: About = "general",
    days: Days = None,
    as_json: Json = False,
) -> None:
    """Search the local index and the configured providers, with no server."""
    question = Question(query, limit, topic, days)

    async def work(library: Library) -> Found:
        return await library.research.search(library.asking, question)

    found = within(open_library, work)
    if as_json:
        typer.echo(msgspec.json.encode(found))
        return
    console = Console()
    for rank, hit in enumerate(found.hits, start=1):
        console.print(f"{rank}. {hit.title}", style="bold", markup=False, highlight=False)
        console.print(f"{hit.url}\n{' '.join(hit.text.split())}\n", markup=False, highlight=False)
    if not found.hits:
        errors.print("nothing was found")


def answer(query: Query, *, topic: About = "general", days: Days = None, as_json: Json = False) -> None:
    """Answer a question with citations, with no server; sentence by sentence as it is written."""
    question = Question(query, topic=topic, days=days)

    async def work(library: Library) -> Answer:
        async with aclosing(library.research.answer(library.asking, question)) as parts:
            async for part in parts:
                if isinstance(part, Answer):
                    return part
                if isinstance(part, str) and not as_json:
                    typer.echo(part, nl=False)
        raise AssertionError("an answer ends with its whole")

    whole = within(open_library, work)
    if as_json:
        typer.echo(msgspec.json.encode(whole))
        return
    typer.echo("")
    for each in whole.citations:
        typer.echo(f"[{each.rank}] {each.title}  {each.url}")
