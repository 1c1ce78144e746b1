"""What the command line does with recordings."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from voxhall.domain.speech import SpeakerCount, Transcript
from voxhall.domain.transcription import Options
from voxhall.domain.work import Progress as Step
from voxhall.errors import VoxhallError
from voxhall.services.local import Engines, open_engines
from voxhall.text.captions import to_srt, to_vtt, transcript_text

errors = Console(stderr=True)


class Format(StrEnum):
    """How a transcript is written."""

    TXT = "txt"
    JSON = "json"
    SRT = "srt"
    VTT = "vtt"


def transcribe(  # noqa: PLR0913 - each is an option of the command
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings of any format.")],
    *,
    speakers: Annotated[int | None, typer.Option(min=1, max=32, help="How many people speak, where known.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Add word times (json).")] = False,
    non_speech: Annotated[bool, typer.Option("--non-speech", help="Add sounds that are not words.")] = False,
    split_channels: Annotated[bool, typer.Option("--split-channels", help="Each channel is one speaker.")] = False,
    language: Annotated[str, typer.Option(help="ISO 639-1 code, or auto.")] = "auto",
    form: Annotated[Format, typer.Option("--format", help="How to write the transcript.")] = Format.TXT,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder for one file per recording.")] = None,
) -> None:
    """Transcribe recordings, with no server: who said what and when."""
    count = SpeakerCount(speakers, speakers)
    options = Options(language=language, speakers=count, split=split_channels, sounds=non_speech)
    if output:
        output.mkdir(parents=True, exist_ok=True)
    failed = 0
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=errors
    )
    with open_engines() as engines, bar:
        for file in files:
            task = bar.add_task(file.name, total=100)
            try:
                text = _written(_transcribe(engines, file, options, bar, task), form, words=words, sounds=non_speech)
            except VoxhallError as error:
                errors.print(f"{file}: {error.message}", style="red", markup=False, highlight=False)
                failed += 1
                continue
            if output:
                (output / f"{file.stem}.{form.value}").write_text(text)
            else:
                typer.echo(text, nl=False)
    if failed:
        raise typer.Exit(1)


def _transcribe(engines: Engines, file: Path, options: Options, bar: Progress, task: TaskID) -> Transcript:
    def advance(step: Step) -> None:
        bar.update(task, completed=step.percent, description=f"{file.name}: {step.stage}")

    transcript = engines.transcribe(file, options, on_progress=advance)
    bar.update(task, completed=100, description=file.name)
    if transcript.notice:
        errors.print(f"{file}: {transcript.notice}", style="yellow", markup=False, highlight=False)
    return transcript


def _written(transcript: Transcript, form: Format, *, words: bool, sounds: bool) -> str:
    match form:
        case Format.TXT:
            return transcript_text(transcript, events=sounds) + "\n"
        case Format.SRT:
            return to_srt(transcript)
        case Format.VTT:
            return to_vtt(transcript)
        case Format.JSON:
            return msgspec.json.format(msgspec.json.encode(_plain(transcript, words=words)), indent=2).decode() + "\n"


def _plain(transcript: Transcript, *, words: bool) -> object:
    plain = msgspec.to_builtins(transcript)
    if not words:
        for segment in plain["segments"]:
            del segment["words"]
    return plain
