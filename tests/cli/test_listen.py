"""Listening from the command line: to a file, and to microphones that there are or are not."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hearing import samples_of, silence
from recordings import BECKETT, TWO_CITIES
from voxhall.audio.pcm import to_pcm

pytestmark = pytest.mark.timeout(120)

MICROPHONES = """
import signal
from pathlib import Path
class PortAudioError(Exception): pass
class default: device = (0, 0)
def query_devices(index=None, kind=None):
    found = [{"name": name, "max_input_channels": 1, "default_samplerate": 16000.0} for name in ("desk", "booth")]
    return found if index is None and kind is None else found[index or 0]
class RawInputStream:
    def __init__(self, rate, *, device, channels, dtype):
        if device != 1: raise PortAudioError("the desk is taken")
        self.sound = open(Path(__file__).with_name("booth.raw"), "rb")
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def read(self, frames):
        block = self.sound.read(2 * frames)
        if len(block) == 2 * frames: return block, False
        AFTERWARDS
"""
"""A PortAudio of two microphones, of which the first cannot be opened and the second hears a recording."""


@contextmanager
def command(*arguments: object, data_dir: Path, **more: str) -> Iterator["subprocess.Popen[str]"]:
    """Begin to listen; what has not ended by then ends with the block."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), **more}
    started = [sys.executable, "-m", "voxhall", "listen", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(started, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def listen(*arguments: object, data_dir: Path, code: int = 0, **more: str) -> tuple[str, str]:
    """Listen to the end and expect an exit status; give what was written."""
    with command(*arguments, data_dir=data_dir, **more) as process:
        out, errors = process.communicate()
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    return out, errors


def plugged_in(folder: Path, *, afterwards: str = 'raise PortAudioError("unplugged")') -> str:
    """Make the microphones in a folder, and say what happens after the recording; give what PYTHONPATH is to be."""
    sound = np.concatenate([samples_of(TWO_CITIES, 0.5, 4.6), silence(2.0)])
    (folder / "booth.raw").write_bytes(to_pcm(sound[None]))
    (folder / "sounddevice.py").write_text(MICROPHONES.replace("AFTERWARDS", afterwards))
    return str(folder)


def test_words_are_written_as_they_are_spoken(tmp_path: Path) -> None:
    """A file at its own pace: each turn a line of standard output, the growing words elsewhere."""
    out, _ = listen(BECKETT, "--language", "en", "--speakers", data_dir=tmp_path)
    lines = out.splitlines()
    assert len(lines) > 2
    assert all(re.match(r"\[\d\d:\d\d\.\d\] Speaker 1: \w", line) for line in lines)
    assert "fail" in out.lower()


@pytest.mark.parametrize("device", ["booth", "1"])
def test_a_microphone_is_chosen_by_name_or_number(tmp_path: Path, device: str) -> None:
    """When it is pulled out, all that was heard is written, and why it ended."""
    path = plugged_in(tmp_path)
    out, errors = listen("--device", device, "--language", "en", data_dir=tmp_path / "data", code=1, PYTHONPATH=path)
    assert "best of times" in out.lower()
    assert "disconnected" in errors


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    """With success; the microphone would have gone on."""
    path = plugged_in(tmp_path, afterwards="signal.pause()")
    with command("--device", "booth", "--language", "en", data_dir=tmp_path / "data", PYTHONPATH=path) as process:
        assert process.stdout
        assert "best of times" in process.stdout.readline().lower()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert (process.returncode, "Traceback" in errors) == (0, False)


def test_microphones_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """One that there is not, naming those that there are, and one whose driver refuses, in its words."""
    path = plugged_in(tmp_path)
    _, unknown = listen("--device", "theremin", data_dir=tmp_path / "data", code=1, PYTHONPATH=path)
    assert "there is no input device 'theremin'; there are: 0 (desk), 1 (booth)" in " ".join(unknown.split())
    _, taken = listen(data_dir=tmp_path / "data", code=1, PYTHONPATH=path)
    assert "the desk is taken" in taken


@pytest.mark.parametrize("driver", ["raise OSError('PortAudio library not found')", "import os; os.abort()"])
def test_without_a_microphone_it_says_what_would_help(tmp_path: Path, driver: str) -> None:
    """One sentence, whether PortAudio is missing or crashes."""
    (tmp_path / "sounddevice.py").write_text(driver)
    _, errors = listen(data_dir=tmp_path / "data", code=1, PYTHONPATH=str(tmp_path))
    assert "send a recording instead" in " ".join(errors.split())
