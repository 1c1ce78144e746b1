"""What the command line does with languages: translates texts, files, pipes and captions."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voxhall.errors import InvalidInput, VoxhallError
from voxhall.services.local import Engines, open_engines
from voxhall.services.tongues import AUTO
from voxhall.text.exchange import from_csv, from_tmx
from voxhall.text.subtitles import read_captions

CAPTIONS = {".srt", ".vtt"}

messages = Console(stderr=True)


def translate(  # noqa: PLR0913 - each is an option of the command
    text: Annotated[str | None, typer.Argument(help="What to translate; `-` or nothing reads standard input.")] = None,
    *,
    target: Annotated[str, typer.Option("-t", "--to", help="Language it is to be in, as in am.")],
    source: Annotated[str, typer.Option("-s", "--from", help="Language it is in; found where not named.")] = AUTO,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "-f", "--file", exists=True, dir_okay=False, help="Text, .srt or .vtt; may be given several times."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write, or the folder for several files.")
    ] = None,
    captions: Annotated[bool, typer.Option("--captions", help="Standard input is srt or vtt.")] = False,
    glossary: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Terms that must appear, .csv or .tmx.")
    ] = None,
) -> None:
    """Translate texts, with no server; captions keep their times."""
    terms = _terms(glossary, target) if glossary else {}
    with open_engines() as engines:
        if file:
            _files(engines, file, output, source=source, target=target, terms=terms)
            return
        given = sys.stdin.buffer.read() if text in {None, "-"} else (text or "").encode()
        said = _said(
            engines, _decoded(given, "the input"), captions=captions, source=source, target=target, terms=terms
        )
        if output:
            output.write_text(said, encoding="utf-8")
        else:
            typer.echo(said, nl=not said.endswith("\n"))


def _files(  # noqa: PLR0913 - as above
    engines: Engines, files: list[Path], output: Path | None, *, source: str, target: str, terms: Mapping[str, str]
) -> None:
    """Translate files one by one, what cannot be translated left out and told."""
    failed = 0
    if output and len(files) > 1:
        output.mkdir(parents=True, exist_ok=True)
    for place in files:
        try:
            text = _decoded(place.read_bytes(), place.name)
            is_captions = place.suffix.lower() in CAPTIONS
            said = _said(engines, text, captions=is_captions, source=source, target=target, terms=terms)
        except VoxhallError as error:
            messages.print(f"{place}: {error.message}", style="red", markup=False, highlight=False)
            failed += 1
            continue
        if output is None:
            typer.echo(said, nl=not said.endswith("\n"))
        else:
            (output / place.name if output.is_dir() else output).write_text(said, encoding="utf-8")
    if failed:
        raise typer.Exit(1)


def _said(  # noqa: PLR0913 - as above
    engines: Engines,
    text: str,
    *,
    captions: bool,
    source: str,
    target: str,
    terms: Mapping[str, str],
) -> str:
    if not captions:
        [made] = engines.translate([text], target, source=source, glossary=terms)
        return made.text
    document = read_captions(text)
    if source == AUTO:
        # one caption is too short to tell by
        with engines.tongues.host.scope() as scope:
            [(source, _)] = engines.tongues.routes([" ".join(document.texts)], AUTO, target, scope)
    words = [each for each in document.texts if each.strip()]
    made_of = iter(engines.translate(words, target, source=source, glossary=terms))
    return document.put_together([next(made_of).text if each.strip() else each for each in document.texts])


def _terms(place: Path, target: str) -> dict[str, str]:
    """Read the terms that lead into a language."""
    data = place.read_bytes()
    found = from_tmx(data) if place.suffix.lower() == ".tmx" else from_csv(_decoded(data, place.name))
    return {each.source: each.target for each in found if each.route[1] == target}


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is no UTF-8 text: byte {error.start}") from error
