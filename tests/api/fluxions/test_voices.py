"""Cloned voices, asked of a real server."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
import requests

from recordings import BECKETT, TWO_CITIES, speech_of
from serving import Server, serving

pytestmark = pytest.mark.timeout(300)


def clone(server: Server, audio: bytes, key: str = "", **fields: str) -> requests.Response:
    """Send a clip."""
    files = {"audio": ("My clip.wav", audio, "audio/wav")}
    headers = {"Authorization": f"Bearer {key or server.key}"}
    return server.post("/vui/v1/voices", files=files, data=fields, headers=headers)


def speak(server: Server, voice: str, key: str = "") -> requests.Response:
    """Let a voice speak."""
    wish = {"voice": voice, "input": "Good evening.", "seed": 1, "verify_chunks": False}
    return server.post("/vui/v1/tts", json=wish, headers={"Authorization": f"Bearer {key or server.key}"})


def sound(seconds: float, level: float) -> bytes:
    """Give a WAV file of noise."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        noise = np.random.default_rng(1).normal(0, level * 32767, int(seconds * 16000))
        file.writeframes(noise.astype("<i2").tobytes())
    return made.getvalue()


def test_a_clip_becomes_a_voice(server: Server) -> None:
    """Named after its file, its text understood, its length counted in frames of 12.5 Hz, honest about itself."""
    answer = clone(server, BECKETT.read_bytes())
    made = answer.json()
    assert answer.status_code == 200
    assert made["voice_id"].startswith("u-")
    assert made["name"] == "My clip"
    assert made["seconds"] == pytest.approx(9.9, abs=0.3)
    assert made["frames"] == pytest.approx(made["seconds"] * 12.5, abs=1)
    assert "fail" in made["text"].lower()
    assert made["fidelity"] == "approximate"
    assert 0 < made["similarity"] <= 1
    spoken = speak(server, made["voice_id"])
    assert spoken.status_code == 200
    assert spoken.content != speak(server, "harry").content


def test_name_and_text_are_the_caller_s(server: Server) -> None:
    """The text is not recognised where it is given."""
    made = clone(server, BECKETT.read_bytes(), name="Ham", text="It is finished.").json()
    assert (made["name"], made["text"]) == ("Ham", "It is finished.")


def test_a_voice_is_private(server: Server, cloned: str) -> None:
    """To another account it does not exist, neither to use nor to list nor to delete."""
    stranger = server.new_key("other@example.com")
    headers = {"Authorization": f"Bearer {stranger}"}
    assert cloned in [each["voice_id"] for each in server.get("/vui/v1/voices/mine").json()["voices"]]
    assert server.get("/vui/v1/voices/mine", headers=headers).json() == {"voices": []}
    assert speak(server, cloned, stranger).status_code == 404
    deletion = server.post("/vui/v1/voices/delete", json={"voice_id": cloned}, headers=headers)
    assert deletion.status_code == 404
    assert requests.get(f"{server.url}/vui/v1/voices/mine", timeout=10).status_code == 401
    wish = {"voice": cloned, "input": "x"}
    assert requests.post(f"{server.url}/vui/v1/tts", json=wish, timeout=10).status_code == 401


def test_a_deleted_voice_is_gone_with_its_clip(server: Server) -> None:
    """Nothing of it is left in the storage."""
    folder = server.data_dir / "objects" / "voices"
    before = set(folder.rglob("*"))
    made = clone(server, BECKETT.read_bytes()).json()["voice_id"]
    assert set(folder.rglob("*")) - before
    assert server.post("/vui/v1/voices/delete", json={"voice_id": made}).json()["deleted"] is True
    assert set(folder.rglob("*")) <= before | {folder}
    assert speak(server, made).status_code == 404
    assert server.post("/vui/v1/voices/delete", json={"voice_id": made}).status_code == 404


@pytest.mark.parametrize(
    ("clip", "status", "named"),
    [
        (sound(5, 0.0), 422, "no speech"),
        (sound(5, 0.02), 422, "speech"),
        (speech_of(1.2), 422, "at least 1 s"),
        (b"this is no sound at all", 415, ""),
        (b"", 400, "empty"),
        (TWO_CITIES.read_bytes()[:3000], 422, "speech"),
        (bytes(26 * 2**20), 413, "larger"),
    ],
    ids=["silence", "noise", "too short", "no media", "empty", "cut off", "too large"],
)
def test_a_clip_that_cannot_be_cloned(clip: bytes, status: int, named: str, server: Server) -> None:
    """Says why, and leaves nothing behind."""
    folder = server.data_dir / "objects" / "voices"
    before = set(folder.rglob("*"))
    answer = clone(server, clip)
    assert answer.status_code == status, answer.text
    assert named in answer.json()["error"]
    assert set(folder.rglob("*")) <= before | {folder, *folder.glob("*")}


def test_a_clip_must_be_there(server: Server) -> None:
    """As the field `audio`."""
    answer = server.post("/vui/v1/voices", files={"file": ("a.wav", b"x")})
    assert (answer.status_code, "audio" in answer.json()["error"]) == (400, True)


def test_a_voice_outlives_the_server(tmp_path: Path) -> None:
    """It speaks as before after a restart."""
    with serving(tmp_path) as server:
        key = server.key
        made = clone(server, BECKETT.read_bytes()).json()["voice_id"]
        before = speak(server, made).content
    with serving(tmp_path, admin_key=key) as server:
        assert [each["voice_id"] for each in server.get("/vui/v1/voices/mine").json()["voices"]] == [made]
        assert speak(server, made).content == before
