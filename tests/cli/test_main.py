"""The command line, run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recordings import BECKETT, TWO_SPEAKERS

pytestmark = pytest.mark.timeout(120)


def voxhall(*arguments: object, data_dir: Path, code: int = 0, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command and expect its exit status."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), **settings}
    command = [sys.executable, "-m", "voxhall", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_transcribe_writes_the_words(tmp_path: Path) -> None:
    """To standard output, the progress elsewhere."""
    done = voxhall("transcribe", BECKETT, data_dir=tmp_path)
    assert done.stdout.startswith("SPEAKER_0: ")
    assert "fail" in done.stdout.lower()


def test_transcribe_writes_a_file_for_each_recording(tmp_path: Path) -> None:
    """In the format asked for; a bad one among them spoils only itself."""
    bad = tmp_path / "bad.wav"
    bad.write_text("no audio")
    done = voxhall(
        "transcribe",
        BECKETT,
        bad,
        TWO_SPEAKERS,
        "--speakers",
        2,
        "--words",
        "--format",
        "json",
        "-o",
        tmp_path / "out",
        data_dir=tmp_path,
        code=1,
    )
    assert "bad.wav" in done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"beckett.json", "endgame_nagg_nell.json"}
    made = json.loads((tmp_path / "out" / "endgame_nagg_nell.json").read_text())
    assert {segment["speaker"] for segment in made["segments"]} == {0, 1}
    assert made["segments"][0]["words"][0]["text"]


@pytest.mark.parametrize(("form", "begins"), [("srt", "1\n00:00:0"), ("vtt", "WEBVTT\n")])
def test_transcribe_writes_captions(form: str, begins: str, tmp_path: Path) -> None:
    """Without word times in the way."""
    assert voxhall("transcribe", BECKETT, "--format", form, data_dir=tmp_path).stdout.startswith(begins)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With exit status 1."""
    assert "nowhere.wav" in voxhall("transcribe", "nowhere.wav", data_dir=tmp_path, code=1).stderr


def test_an_unknown_language_names_the_way_out(tmp_path: Path) -> None:
    """The command that fetches a recogniser for it."""
    done = voxhall("transcribe", BECKETT, "--language", "am", data_dir=tmp_path, code=1)
    assert "voxhall models pull" in done.stderr.replace("\n", " ")


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    """The secret is shown by `create` only."""
    secret = voxhall(
        "keys", "create", "--account", "a@example.com", "--scope", "read", data_dir=tmp_path
    ).stdout.strip()
    shown = voxhall("keys", "list", data_dir=tmp_path).stdout
    assert secret.startswith("vh_")
    assert secret not in shown
    assert ("a@example.com" in shown, "active" in shown) == (True, True)
    voxhall("keys", "revoke", "1", data_dir=tmp_path)
    assert "revoked" in voxhall("keys", "list", data_dir=tmp_path).stdout
    assert "no key 9" in voxhall("keys", "revoke", "9", data_dir=tmp_path, code=1).stderr


def test_a_key_is_made_for_a_purpose(tmp_path: Path) -> None:
    """Its secret tells type and environment; what cannot be is refused."""
    purpose = ("--type", "publishable", "--environment", "test", "--origin", "https://app.example.com")
    create = ("keys", "create", "--account", "a@example.com")
    assert voxhall(*create, *purpose, "--ip", "10.0.0.0/8", data_dir=tmp_path).stdout.startswith("vh_pk_test_")
    assert "publishable" in voxhall("keys", "list", data_dir=tmp_path).stdout
    assert voxhall(*create, "--scope", "admin", data_dir=tmp_path).stdout.startswith("vh_ak_live_")
    assert "10.0.0.0/8" in voxhall(*create, "--ip", "nowhere", data_dir=tmp_path, code=1).stderr


def test_doctor_says_what_is_usable(tmp_path: Path) -> None:
    """And for what is not, the command that fixes it."""
    shown = voxhall("doctor", data_dir=tmp_path, COLUMNS="200").stdout
    for ability in ("decode", "vad", "recognize", "align", "diarize", "sounds"):
        assert ability in shown
    assert "voxhall models pull" in shown


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"VOXHALL_RECOGNIZER": "whispr"}, "recognizer: no engine for it is called 'whispr'; there are: auto, whisper"),
        ({"VOXHALL_DIARIZER": "typo"}, "diarizer: no engine for it is called 'typo'; there are: auto, "),
        ({"VOXHALL_TRANSLATOR": "babelfish"}, "translator: no engine for it is called 'babelfish'"),
        ({"VOXHALL_ENGINE_OPTIONS__WHISPR__MODEL": "small"}, "engine_options: no engine for it is called 'whispr'"),
    ],
)
def test_an_engine_that_there_is_not_is_named(settings: dict[str, str], told: str, tmp_path: Path) -> None:
    """With those there are, before anybody sends work for it."""
    assert told in " ".join(voxhall("doctor", data_dir=tmp_path, code=1, **settings).stderr.split())


def test_config_prints_what_would_be_read_back(tmp_path: Path) -> None:
    """Its output is a voxhall.toml that gives the same settings, secrets aside."""
    first = voxhall(
        "config", data_dir=tmp_path, VOXHALL_PORT="8123", VOXHALL_ALLOWED_HOSTS="a.example,b.example"
    ).stdout
    (tmp_path / "voxhall.toml").write_text(first)
    second = voxhall("config", data_dir=tmp_path, VOXHALL_CONFIG=str(tmp_path / "voxhall.toml")).stdout
    assert second == first
    assert "port = 8123" in first
    assert 'allowed_hosts = ["a.example", "b.example"]' in first


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"VOXHALL_PORT": "99999"}, "port"),
        ({"VOXHALL_AUTH": "false", "VOXHALL_HOST": "0.0.0.0"}, "auth"),  # noqa: S104 - what is refused
        ({"VOXHALL_TRUSTED_PROXIES": "everybody"}, "everybody"),
        ({"VOXHALL_DATABASE_URL": "nonsense"}, "database_url"),
        ({"VOXHALL_OBJECTS_URL": "nonsense"}, "objects_url"),
        ({"VOXHALL_CORS_ORIGINS": "https://app.example.com/"}, "https://app.example.com/"),
        ({"VOXHALL_RECOGNIZER": "whispr"}, "whisper"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], named: str, tmp_path: Path) -> None:
    """In one sentence, before anything is started."""
    done = voxhall(
        "serve", "--port", "0" if "VOXHALL_PORT" not in settings else "99999", data_dir=tmp_path, code=1, **settings
    )
    assert named in done.stderr


def test_models_are_listed(tmp_path: Path) -> None:
    """With their licences; an unknown one is refused by name."""
    assert "large-v3-turbo" in voxhall("models", "list", data_dir=tmp_path, COLUMNS="200").stdout
    assert "nonsense" in voxhall("models", "pull", "nonsense", data_dir=tmp_path, code=1).stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    """By an option."""
    assert voxhall("--version", data_dir=tmp_path).stdout.strip().count(".") == 2
