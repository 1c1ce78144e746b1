"""Sessions with a microphone: one that hears a recording, and a server that has none."""

import ctypes.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Desk
from hearing import samples_of
from microphones import VOICE, plugged_in
from recordings import TWO_CITIES
from serving import serving

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server whose microphone hears somebody read, and then nothing."""
    if not (sys.platform == "linux" and ctypes.util.find_library("portaudio")):
        pytest.skip("PortAudio with ALSA is missing")
    folder = tmp_path_factory.mktemp("microphone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALSA_CONFIG_PATH", plugged_in(folder, samples_of(TWO_CITIES, 0.0, 4.6)))
        with serving(folder) as server:
            yield Desk(server, b"", b"")


def begin(desk: Desk, **fields: object) -> dict[str, object]:
    """Begin a session with the microphone."""
    answer = desk.server.post("/api/v1/sessions/start", json=fields)
    assert answer.status_code == 200, answer.text
    begun: dict[str, object] = answer.json()
    return begun


def test_devices_are_listed_as_documented(listening: Desk) -> None:
    """Number, name, channels and rate of each."""
    devices = listening.server.get("/api/v1/devices").json()["devices"]
    assert all(set(each) == {"index", "name", "channels", "sample_rate"} for each in devices)
    assert VOICE in {each["name"] for each in devices}


@pytest.mark.parametrize("by", ["default", "name", "index", "text"])
def test_somebody_who_speaks_into_the_microphone_is_understood(listening: Desk, by: str) -> None:
    """Until they are silent; the example's fields, and the device by name, number or not at all."""
    devices = listening.server.get("/api/v1/devices").json()["devices"]
    index = next(each["index"] for each in devices if each["name"] == VOICE)
    device = {"default": None, "name": VOICE, "index": index, "text": str(index)}[by]
    fields = {"chunk_seconds": 4, "silence_timeout_seconds": 1.5, "max_session_seconds": 20, "silence_threshold": 500}
    begun = begin(listening, device=device, language="en", **fields)
    assert (begun["status"], begun["source_kind"]) == ("running", "microphone")
    ended = listening.ended(begun)
    assert (ended["status"], ended["end_reason"]) == ("completed", "silence_timeout")
    assert str(ended["transcript"]).lower().startswith("it was the best of times")
    assert 4 < float(str(ended["captured_audio_seconds"])) < 9
    assert ended["tts_audio_segments"]


def test_an_unknown_device_is_refused(listening: Desk) -> None:
    """Naming those that there are."""
    answer = listening.server.post("/api/v1/sessions/start", json={"device": "theremin"})
    assert answer.status_code == 400
    assert "there is no input device 'theremin'; there are: " in answer.json()["detail"]
    assert VOICE in answer.json()["detail"]


def test_without_portaudio_there_is_a_clear_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No devices, and 503 with the command that installs it."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with serving(tmp_path / "data") as server:
        assert server.get("/api/v1/devices").json() == {"devices": []}
        answer = server.post("/api/v1/sessions/start", json={})
        assert answer.status_code == 503
        assert "make system" in answer.json()["detail"]
