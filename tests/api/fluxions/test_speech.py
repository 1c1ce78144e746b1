"""Speech over HTTP, asked of a real server."""

import base64
import io
import json
import sqlite3
import struct
import wave
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import requests

from serving import Server, serving, wait_for

pytestmark = pytest.mark.timeout(180)

SEEDS: tuple[dict[str, object], ...] = ({"seed": 1}, {"seed": 1}, {"seed": 2}, {}, {})
SENTENCE = "The birch canoe slid on the smooth planks, and nobody saw it."


def tts(server: Server, path: str = "/vui/v1/tts", **wish: object) -> requests.Response:
    """Ask for speech as a program of this machine does, without a key."""
    return requests.post(server.url + path, json={"voice": "maeve", "input": SENTENCE, **wish}, timeout=120)


def samples_of(pcm: bytes) -> np.ndarray:
    """Read s16le."""
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


def level(pcm: bytes) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples_of(pcm)))))


def state_of(server: Server, render: int) -> tuple[str, float, int, float, str | None, list[dict[str, object]]]:
    """Look into the database for what no endpoint shows yet."""
    with closing(sqlite3.connect(server.data_dir / "voxhall.db")) as connection:
        row = connection.execute(
            "select state, seconds, characters, cost, audio_key, chunks from renders where id = ?", (render,)
        ).fetchone()
    return (*row[:5], json.loads(row[5]))


def test_the_built_in_voices(server: Server) -> None:
    """At least six, of both kinds, known by name and revision, each with a sentence of its own; no key is needed."""
    answer = requests.get(f"{server.url}/vui/voices", timeout=10)
    voices = answer.json()["voices"]
    names = [voice["voice_id"].partition(".")[0] for voice in voices]
    assert answer.status_code == 200
    assert {"maeve", "abraham", "harry"} <= set(names)
    assert len(names) == len(set(names)) >= 6
    assert {voice["gender"] for voice in voices} == {"female", "male"}
    assert len({voice["preview_text"] for voice in voices}) == len(voices)
    assert requests.get(f"{server.url}/fluxions/vui/voices", timeout=10).json() == answer.json()


def test_a_render_is_a_wav_file(server: Server) -> None:
    """24 kHz, mono, 16 bits, as long as the header says, and loud enough to be heard."""
    answer = tts(server)
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        seconds = file.getnframes() / 24000
        assert level(file.readframes(file.getnframes())) > 0.01
    assert answer.headers["content-type"] == "audio/wav"
    assert float(answer.headers["x-audio-seconds"]) == pytest.approx(seconds, abs=0.001)
    assert int(answer.headers["x-render-id"]) > 0
    assert 2 < seconds < 8


def test_a_streamed_wav_is_the_unstreamed_one_with_an_open_header(server: Server) -> None:
    """With the same seed, sample for sample; so is bare PCM, over either base URL."""
    whole = tts(server, seed=7).content
    streamed = tts(server, "/vui/v1/tts?stream=1", seed=7)
    pcm = tts(server, "/fluxions/vui/v1/tts", seed=7, stream=True, response_format="pcm")
    assert struct.unpack("<I", streamed.content[40:44]) == (0xFFFFFFFF,)
    assert streamed.content[44:] == whole[44:]
    assert pcm.content == whole[44:]
    assert pcm.headers["content-type"].startswith("audio/L16")


def test_sound_arrives_while_it_is_made(server: Server) -> None:
    """The first sound comes before the last could have been made."""
    wish = {"voice": "harry", "input": f"{SENTENCE} " * 12, "verify_chunks": False, "response_format": "pcm"}
    with requests.post(f"{server.url}/vui/v1/tts?stream=1", json=wish, stream=True, timeout=120) as answer:
        sound = answer.iter_content(1024)
        assert next(sound)
        assert state_of(server, int(answer.headers["x-render-id"]))[0] == "rendering"
        assert sum(map(len, sound)) > 24000 * 2 * 20


def test_a_seed_decides_and_without_one_renders_differ(server: Server) -> None:
    """As temperature promises variety."""
    one, same, other, free, freer = (tts(server, input="Good morning.", **w).content for w in SEEDS)
    assert one == same != other
    assert free != freer


def test_json_tells_when_each_word_is_said(server: Server) -> None:
    """The words as they were written, in order, within the sound."""
    told = tts(server, input="It costs $3.50, doesn't it?", response_format="json").json()
    with wave.open(io.BytesIO(base64.b64decode(told["audio"]))) as file:
        seconds = file.getnframes() / told["sample_rate"]
    assert [word["word"] for word in told["words"]] == ["It", "costs", "$3.50,", "doesn't", "it?"]
    times = [time for word in told["words"] for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= seconds == pytest.approx(told["seconds"], abs=0.001)


def test_a_render_is_kept(server: Server) -> None:
    """Its text, length, cost, sound as Opus, and how each chunk was verified."""
    render = int(tts(server, input="Keep this one.").headers["x-render-id"])
    state, seconds, characters, cost, key, chunks = state_of(server, render)
    assert (state, characters) == ("done", 14)
    assert cost == pytest.approx(14 * 10 / 1e6)
    assert seconds > 0.5
    assert (server.data_dir / "objects" / str(key)).read_bytes().startswith(b"OggS")
    assert chunks[0]["text"] == "Keep this one."
    assert chunks[0]["verified"] is True
    assert chunks[0]["takes"] == 1


def test_who_goes_away_in_the_middle_ends_the_render(server: Server) -> None:
    """It is recorded as cancelled with what was spoken of it, and the engines are free again."""
    wish = {"voice": "harry", "input": f"{SENTENCE} " * 150, "verify_chunks": False}
    with requests.post(f"{server.url}/vui/v1/tts?stream=1", json=wish, stream=True, timeout=60) as answer:
        next(answer.iter_content(1024))
        render = int(answer.headers["x-render-id"])

    def ended() -> tuple[str, float, int] | None:
        state, seconds, characters, *_ = state_of(server, render)
        return None if state == "rendering" else (state, seconds, characters)

    state, seconds, characters = wait_for(ended, seconds=30)
    assert state == "cancelled"
    assert 0 < seconds < 600
    assert characters < len(str(wish["input"]))
    assert tts(server, input="Next.").status_code == 200


def test_max_secs_is_a_hard_ceiling_and_zero_is_none(server: Server) -> None:
    """What is cut off dies away."""
    cut = tts(server, max_secs=1.5, response_format="pcm", verify_chunks=False).content
    free = tts(server, max_secs=0, response_format="pcm", verify_chunks=False).content
    assert len(cut) == 1.5 * 48000
    assert np.abs(samples_of(cut[-48:])).max() < 0.01
    assert len(free) > 2 * 48000


def test_speed_changes_the_length(server: Server) -> None:
    """By about as much."""
    slow, fast = (float(tts(server, speed=s, seed=3).headers["x-audio-seconds"]) for s in (0.7, 1.4))
    assert 1.5 < slow / fast < 2.5


def test_ten_thousand_characters_stream(server: Server) -> None:
    """The longest text that is accepted begins to sound as soon as any other."""
    text = (f"{SENTENCE} " * 200)[:10_000]
    wish = {"voice": "harry", "input": text, "verify_chunks": False}
    with requests.post(f"{server.url}/vui/v1/tts?stream=1", json=wish, stream=True, timeout=60) as answer:
        assert answer.status_code == 200
        assert len(next(answer.iter_content(1024))) > 44


def test_a_pronunciation_of_one_s_own(server: Server) -> None:
    """It is said so from then on, by this account, until it is forgotten."""
    wish = {"voice": "harry", "input": "Ask voxhall now.", "seed": 5, "response_format": "pcm", "verify_chunks": False}
    key = server.new_key("lexicon@example.com")
    headers = {"Authorization": key}

    def said() -> bytes:
        return server.post("/vui/v1/tts", json=wish, headers=headers).content

    usual = said()
    put = server.request(
        "PUT", "/vui/v1/pronunciations/Voxhall", json={"say": "hippopotamus enclosure"}, headers=headers
    )
    assert put.status_code == 204
    listed = server.get("/vui/v1/pronunciations", headers=headers).json()
    assert listed == {"pronunciations": {"voxhall": "hippopotamus enclosure"}}
    assert len(said()) > len(usual) + 20_000
    assert server.post("/vui/v1/tts", json=wish).content == usual
    gone = server.request("DELETE", "/vui/v1/pronunciations/voxhall", headers=headers)
    assert gone.status_code == 204
    assert said() == usual
    assert server.request("DELETE", "/vui/v1/pronunciations/voxhall", headers=headers).status_code == 404


BAD = [
    ({"input": ""}, 422, "input"),
    ({"input": "  \n "}, 400, "spoken"),
    ({"input": "... --- !!!"}, 400, "spoken"),
    ({"input": "x" * 10_001}, 413, "10001"),
    ({"input": "well [burp] sorry"}, 400, "sigh, laugh, gasp"),
    ({"voice": "nobody"}, 404, "maeve"),
    ({"voice": "u-999-0123abcd"}, 401, "key"),
    ({"temperature": 3}, 422, "temperature"),
    ({"temperature": -0.1}, 422, "temperature"),
    ({"temperature": "hot"}, 422, "temperature"),
    ({"max_secs": -1}, 422, "max_secs"),
    ({"max_secs": 1e9}, 422, "max_secs"),
    ({"response_format": "mp3"}, 422, "response_format"),
    ({"seed": -1}, 422, "seed"),
]


@pytest.mark.parametrize(("wish", "status", "named"), BAD, ids=lambda value: str(value)[:40])
def test_a_wrong_value_is_named(wish: dict[str, object], status: int, named: str, server: Server) -> None:
    """With what would be right, in the dialect's envelope, streamed or not."""
    for path in ("/vui/v1/tts", "/vui/v1/tts?stream=1"):
        answer = tts(server, path, **wish)
        assert answer.status_code == status
        assert set(answer.json()) == {"error", "code"}
        assert named in answer.json()["error"]


def test_a_wrong_key_is_refused_even_for_what_is_open(server: Server) -> None:
    """Somebody who sends a key believes in it."""
    answer = server.post("/vui/v1/tts", json={"voice": "maeve", "input": "x"}, headers={"Authorization": "wrong"})
    assert answer.status_code == 401


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that others than this machine's programs can reach."""
    with serving(tmp_path_factory.mktemp("exposed"), host="0.0.0.0") as server:  # noqa: S104 - that is the point
        yield server


def test_renders_need_a_key_where_others_can_reach_the_server(exposed: Server) -> None:
    """The list of voices does not; nor do renders that the operator opens."""
    url = exposed.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - as above
    wish = {"voice": "maeve", "input": "Hello."}
    refused = requests.post(f"{url}/vui/v1/tts", json=wish, timeout=60)
    assert (refused.status_code, "VOXHALL_OPEN" in refused.text) == (401, True)
    assert requests.get(f"{url}/vui/voices", timeout=60).status_code == 200
    assert requests.post(f"{url}/vui/v1/tts", json=wish, headers={"Authorization": exposed.key}, timeout=60).ok


def test_the_operator_can_open_renders(tmp_path: Path) -> None:
    """By name; they are kept, in an account that nobody has a key of."""
    with serving(tmp_path, host="0.0.0.0", open="renders") as server:  # noqa: S104 - that is the point
        url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - as above
        answer = requests.post(f"{url}/vui/v1/tts", json={"voice": "maeve", "input": "Hello."}, timeout=60)
        assert answer.status_code == 200
        assert state_of(server, int(answer.headers["x-render-id"]))[0] == "done"
