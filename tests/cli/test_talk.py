"""Talking from the command line, as a person does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recordings import speech_of

pytestmark = pytest.mark.timeout(180)


def voxhall(*arguments: object, data_dir: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), **more}
    command = [sys.executable, "-m", "voxhall", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_a_question_in_a_recording_is_answered(tmp_path: Path) -> None:
    """What was understood, and the answer; where nothing plays sound it says so. What was said is kept."""
    (tmp_path / "question.wav").write_bytes(speech_of(4.0))
    done = voxhall("talk", tmp_path / "question.wav", "--language", "en", data_dir=tmp_path, PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "you: it was the best of times" in done.stderr.lower()
    assert "no player is installed" in done.stderr
    assert "Nothing in the sources" in done.stdout
    assert len(list((tmp_path / "generated_audio").glob("*/001.wav"))) == 1


def test_what_cannot_be_heard_is_said(tmp_path: Path) -> None:
    """In one sentence, with an exit status for scripts."""
    (tmp_path / "broken.wav").write_bytes(b"")
    broken = voxhall("talk", tmp_path / "broken.wav", data_dir=tmp_path)
    assert (broken.returncode, "the file is empty" in broken.stderr) == (1, True)
    missing = voxhall("talk", tmp_path / "nothing.wav", data_dir=tmp_path)
    assert (missing.returncode, "there is no file" in missing.stderr) == (1, True)


def test_without_a_microphone_it_says_what_would_help(tmp_path: Path) -> None:
    """The command that installs PortAudio."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    done = voxhall("talk", data_dir=tmp_path / "data", PYTHONPATH=str(tmp_path))
    assert (done.returncode, "make system" in done.stderr) == (1, True)
