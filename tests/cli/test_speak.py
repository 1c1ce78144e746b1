"""Speaking from the command line, as a person does."""

import io
import os
import subprocess
import sys
import wave
from pathlib import Path

import av
import pytest

from recordings import BECKETT

pytestmark = pytest.mark.timeout(180)


def voxhall(
    *arguments: object, data_dir: Path, code: int = 0, text: str = "", path: str | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command and expect its exit status."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir)} | ({"PATH": path} if path is not None else {})
    command = [sys.executable, "-m", "voxhall", *map(str, arguments)]
    done = subprocess.run(command, env=environment, input=text.encode(), capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.mp3", "mp3float"), ("a.opus", "libopus")])
def test_a_file_of_the_kind_that_its_name_says(name: str, codec: str, tmp_path: Path) -> None:
    """With sound in it."""
    voxhall("speak", "Good morning.", "--voice", "harry", "-o", tmp_path / name, data_dir=tmp_path)
    with av.open(str(tmp_path / name)) as file:
        assert file.streams.audio[0].codec_context.codec.name in {codec, codec.removeprefix("lib")}
        assert sum(frame.samples for frame in file.decode(audio=0)) > 12_000


def test_a_text_from_a_pipe_into_a_pipe(tmp_path: Path) -> None:
    """As a WAV file that begins before it ends; the same seed gives the same sound, from a file as well."""
    options = ("--voice", "harry", "--seed", 1, "--stream", "-o", "-")
    piped = voxhall("speak", *options, data_dir=tmp_path, text="Good morning.").stdout
    (tmp_path / "text.txt").write_text("Good morning.")
    read = voxhall("speak", "-f", tmp_path / "text.txt", *options, data_dir=tmp_path).stdout
    assert piped == read
    assert len(piped) > 24_000
    with wave.open(io.BytesIO(piped[:4] + piped[4:])) as file:
        assert file.getframerate() == 24_000


def test_it_is_played_where_a_player_is(tmp_path: Path) -> None:
    """By whichever is found, from its standard input; without one it says what to do."""
    player = tmp_path / "bin" / "aplay"
    player.parent.mkdir()
    player.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/played.wav\n")
    player.chmod(0o755)
    voxhall("speak", "Hello.", "--voice", "harry", data_dir=tmp_path, path=str(player.parent))
    assert (tmp_path / "played.wav").read_bytes().startswith(b"RIFF")
    lacking = voxhall("speak", "Hello.", data_dir=tmp_path, path=str(tmp_path / "nowhere"), code=1)
    assert b"-o FILE" in lacking.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("...", "-o", "x.wav"), b"nothing"),
        (("Hello.", "-o", "x.xyz"), b".wav"),
        (("Hello.", "--voice", "nobody", "-o", "x.wav"), b"maeve"),
        (("[burp]", "-o", "x.wav"), b"sigh"),
        (("Hello.", "--voice", "u-1-0123abcd", "-o", "x.wav"), b"u-1-0123abcd"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: tuple[str, ...], said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, and no file is left."""
    monkeypatch.chdir(tmp_path)
    assert said in voxhall("speak", *arguments, data_dir=tmp_path / "data", code=1).stderr
    assert not list(tmp_path.glob("x.*"))


def test_a_voice_of_a_clip(tmp_path: Path) -> None:
    """Made, listed, heard and deleted."""
    made = voxhall("voices", "clone", BECKETT, "--name", "Ham", data_dir=tmp_path).stdout.decode().strip()
    listed = voxhall("voices", "list", data_dir=tmp_path).stdout.decode()
    assert made in listed
    assert "Ham" in listed
    assert "maeve" in listed
    voxhall("speak", "Hello.", "--voice", made, "-o", tmp_path / "a.wav", data_dir=tmp_path)
    assert (tmp_path / "a.wav").stat().st_size > 10_000
    voxhall("voices", "delete", made, data_dir=tmp_path)
    assert made not in voxhall("voices", "list", data_dir=tmp_path).stdout.decode()
    assert b"no voice" in voxhall("voices", "delete", made, data_dir=tmp_path, code=1).stderr
