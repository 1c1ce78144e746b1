"""The `voxhall` command: one sub-command for each thing a person does from a terminal."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from voxhall import __version__
from voxhall.cli import history, index, keys, models, voices
from voxhall.cli.inspect import config, doctor
from voxhall.cli.listen import listen
from voxhall.cli.media import transcribe
from voxhall.cli.research import answer, search
from voxhall.cli.speak import speak
from voxhall.cli.talk import talk
from voxhall.cli.translate import translate
from voxhall.errors import VoxhallError
from voxhall.settings import read_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="One self-hosted voice AI server.")
app.command()(transcribe)
app.command()(listen)
app.command()(speak)
app.command()(talk)
app.command()(translate)
app.command()(search)
app.command()(answer)
app.command()(doctor)
app.command()(config)
app.add_typer(keys.app, name="keys", help="Make, list and revoke API keys.")
app.add_typer(voices.app, name="voices", help="List voices, make one of a clip, delete one.")
app.add_typer(index.app, name="index", help="Fill, list and search the local index of documents.")
app.add_typer(history.app, name="history", help="List, show, search and export what was done.")
app.add_typer(models.app, name="models", help="List, fetch and remove models that widen the defaults.")


@app.callback(invoke_without_command=True)
def version(*, show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Take options that belong to no command."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for everything that is kept.")] = None,
) -> None:
    """Run the server until it is told to stop."""
    from voxhall.cli.serve import run  # noqa: PLC0415 - only this command needs the web stack

    run(read_settings(host=host, port=port, data_dir=data_dir))


def main() -> None:
    """Run the command line; an error of ours is one sentence and exit status 1."""
    try:
        app()
    except VoxhallError as error:
        Console(stderr=True).print(f"voxhall: {error.message}", style="red", markup=False, highlight=False)
        sys.exit(1)
