"""Translating from the command line, as a person does, with a model that says what it is given."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiny_nllb import write_nllb
from voxhall.cli.main import app
from voxhall.errors import VoxhallError

pytestmark = pytest.mark.timeout(180)

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello world,\nmy cat.\n\n2\n00:00:03,000 --> 00:00:04,000\n<i>Bye.</i>\n"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a model."""
    folder = tmp_path_factory.mktemp("data")
    write_nllb(folder / "models" / "nllb-200-distilled-600m")
    return folder


def voxhall(*arguments: object, data_dir: Path, code: int = 0, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run `voxhall translate` and expect its exit status."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), "VOXHALL_TRANSLATOR": "nllb"}
    command = [sys.executable, "-m", "voxhall", "translate", *map(str, arguments)]
    done = subprocess.run(command, env=environment, input=text, capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done


def test_a_text_and_a_pipe(data_dir: Path) -> None:
    """To standard output; the language is found where it is not named."""
    assert voxhall("hello world", "--to", "am", "--from", "en", data_dir=data_dir).stdout == b"hello world\n"
    piped = "ሰላም ዓለም።\n\nሰላም 12።\n".encode()
    assert voxhall("--to", "en", data_dir=data_dir, text=piped).stdout == piped


def test_captions_keep_their_times(data_dir: Path, tmp_path: Path) -> None:
    """From a file, told by its name, and from a pipe; terms of a glossary appear."""
    (tmp_path / "film.srt").write_text(SRT)
    (tmp_path / "terms.csv").write_text("src_lang,tgt_lang,source,target\nen,es,cat,gato\nen,fr,cat,chat\n")
    options = ("--to", "es", "--from", "en", "--glossary", tmp_path / "terms.csv")
    voxhall("-f", tmp_path / "film.srt", "-o", tmp_path / "out.srt", *options, data_dir=data_dir)
    expected = SRT.replace("world,\nmy cat.", "world, my gato.")
    assert (tmp_path / "out.srt").read_text() == expected
    assert voxhall("--captions", *options, data_dir=data_dir, text=SRT.encode()).stdout.decode() == expected


def test_several_files_go_into_a_folder(data_dir: Path, tmp_path: Path) -> None:
    """One that cannot be translated is told and does not stop the others."""
    (tmp_path / "a.txt").write_text("Hello <b>world</b>.\n")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.srt").write_text("no captions")
    files = [option for name in ("a.txt", "b.txt", "c.srt") for option in ("-f", tmp_path / name)]
    done = voxhall(*files, "-o", tmp_path / "out", "--to", "es", "--from", "en", data_dir=data_dir, code=1)
    assert [place.name for place in (tmp_path / "out").iterdir()] == ["a.txt"]
    assert (tmp_path / "out" / "a.txt").read_text() == "Hello <b>world</b>.\n"
    assert b"UTF-8" in done.stderr
    assert b"no captions" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hello", "--to", "xx", "--from", "en"), "xx"),
        (("  ", "--to", "am"), "empty"),
        (("--to", "am", "--captions"), "-->"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: tuple[str, ...], said: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, which `voxhall` prints before it ends with status 1."""
    monkeypatch.setenv("VOXHALL_DATA_DIR", str(data_dir))
    raised = CliRunner().invoke(app, ["translate", *arguments], input="just text").exception
    assert isinstance(raised, VoxhallError)
    assert said in raised.message


def test_without_a_model_the_command_that_fetches_one_is_named(tmp_path: Path) -> None:
    """For a pair that is known."""
    lacking = voxhall("hello", "--to", "am", "--from", "en", data_dir=tmp_path, code=1)
    assert b"voxhall models pull nllb-200-distilled-600m" in lacking.stderr


def test_a_script_translates_in_two_lines(data_dir: Path) -> None:
    """Through the library."""
    script = "from voxhall import translate\nmade = translate('The cat {0}.', 'es', glossary={'cat': 'gato'})\n"
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), "VOXHALL_TRANSLATOR": "nllb"}
    command = [sys.executable, "-c", script + "print(made.text, made.route, made.engine)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "The gato {0}. ('en', 'es') nllb\n"


@pytest.mark.skipif(
    not shutil.which("apertium") or not Path("/usr/share/apertium/modes/eng-spa.mode").exists(),
    reason="apertium-eng-spa is not installed; on Debian: make system",
)
def test_apertium_translates_where_it_is_installed(tmp_path: Path) -> None:
    """With markup, numbers and lines kept."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(tmp_path)}
    text = "The <b>house</b> is big.\n\nI have {count} cats and 3,000 dogs.\n"
    command = [sys.executable, "-m", "voxhall", "translate", "--to", "es", "--from", "en"]
    said = subprocess.run(command, env=environment, input=text, capture_output=True, text=True, check=True).stdout
    first, blank, second = said.splitlines()
    assert "<b>casa</b>" in first
    assert "es grande" in first
    assert blank == ""
    assert "{count} gatos" in second
    assert "3,000 perros" in second
