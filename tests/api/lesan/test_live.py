"""The live socket, held open by a real client: every format, command and mode of the document."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from rapidfuzz.fuzz import ratio
from websockets.sync.client import connect

from hearing import samples_of, silence
from live import PATH, Message, Talk, key_of, pieces, plain, talking
from recordings import TWO_CITIES
from serving import Server, wait_for
from streamed import opus_frames, wav_of, webm_of
from voxhall.audio.pcm import to_pcm
from voxhall.audio.resample import Resampler
from voxhall.engines.protocols import Samples

pytestmark = pytest.mark.timeout(180)

OPENING = "it was the best of times it was the worst of times"
SPEECH = np.concatenate([samples_of(TWO_CITIES, 0.5, 4.6), silence(1.0)])
QUIET = bytes(32_000)


def pcm(samples: Samples = SPEECH) -> list[bytes]:
    """Give messages of a fifth of a second."""
    return pieces(to_pcm(samples[None]))


def pcm_48k() -> list[bytes]:
    """Give messages of a fifth of a second, at 48 kHz."""
    resampler = Resampler(16_000, 48_000, 1)
    return pieces(to_pcm(np.concatenate([resampler.push(SPEECH[None]), resampler.finish()], axis=1)), 19_200)


WAYS = {
    "pcm_s16le": pcm,
    "pcm_s16le_48k": pcm_48k,
    "wav": lambda: pieces(wav_of(SPEECH)),
    "webm_opus": lambda: pieces(webm_of(SPEECH), 1000),
    "opus_raw_16k": lambda: opus_frames(SPEECH),
}


def stored(server: Server, message: Message, *, key: str = "") -> Message:
    """Give the job that a stream has become."""
    headers = {"Authorization": key or server.key}
    answer = server.request("GET", f"/v1/transcriptions/{message['job_id']}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: Message = answer.json()
    return found


def ended(server: Server, message: Message) -> Message:
    """Wait until a stream's job has ended."""
    return wait_for(
        lambda: job if (job := stored(server, message))["status"] in {"completed", "cancelled"} else None, seconds=60
    )


@pytest.mark.parametrize("name", WAYS)
def test_every_format_gives_the_same_words(name: str, server: Server) -> None:
    """Named in the address; the whole is kept as a job, ready once the socket is closed."""
    said = []
    with talking(server, f"language=en&format={name}") as talk:
        ready = talk.hear()
        assert ready["format"] == name
        for message in WAYS[name]():
            talk.socket.send(message)
        talk.socket.send("END")
        while not said or not said[-1]["is_final"]:
            said.append(talk.hear("transcription"))
        assert talk.closed() == 1000
    text = plain(" ".join(str(each["transcription"]) for each in said))
    assert ratio(text, OPENING) > 90
    job = stored(server, ready)
    assert (job["status"], plain(job["text"])) == ("completed", text)
    assert abs(float(str(job["duration_seconds"])) - len(SPEECH) / 16_000) < 0.1
    assert any(each["is_turn"] for each in said) == (name == "opus_raw_16k")


def test_every_command_in_one_conversation(server: Server) -> None:
    """As the document tells it."""
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        assert ready["type"] == "ready"
        assert (ready["format"], ready["sample_rate"]) == ("pcm_s16le", 16_000)
        for number, message in enumerate(pcm()[:5], 1):
            talk.socket.send(message)
            received = talk.hear()
            assert (received["type"], received["chunk_number"]) == ("chunk_received", number)
            assert received["buffer_size"] == 6400 * number
        cleared = talk.ask("CLEAR")
        assert (cleared["type"], cleared["cleared_bytes"]) == ("buffer_cleared", 32_000)
        talk.play(pcm())
        pong = talk.ask("PING")
        assert (pong["type"], pong["buffer_size"]) == ("pong", sum(map(len, pcm())))
        first = talk.ask("TRANSCRIBE")
        assert ratio(plain(first["transcription"]), OPENING) > 90
        assert (first["type"], first["language"], first["is_final"]) == ("transcription", "en", False)
        assert first["audio_size_bytes"] == sum(map(len, pcm()))
        assert abs(float(str(first["duration_seconds"])) - 5.1) < 0.1
        assert float(str(first["processing_time_seconds"])) > 0
        assert "job_id" not in first
        accepted = talk.ask("FORMAT:pcm_s16le_48k")
        assert accepted == {
            "type": "format_accepted",
            "session_id": ready["session_id"],
            "format": "pcm_s16le_48k",
            "sample_rate": 48_000,
            "channels": 1,
            "bit_depth": 16,
        }
        talk.play(pcm_48k())
        last = talk.end()
        assert ratio(plain(last["transcription"]), OPENING) > 90
        assert (last["is_final"], last["job_id"]) == (True, ready["job_id"])
    assert ratio(plain(stored(server, ready)["text"]), f"{OPENING} {OPENING}") > 90


def test_server_vad_tells_of_turns_and_partials(server: Server) -> None:
    """At the pace of speech: partials grow, a turn is told of with its place and words, and the end has the rest."""
    query = "language=en&turn_detection=server_vad&vad_type=silero&partials=true&word_timestamps=true&diarize=true"
    with talking(server, query, base="/lesan") as talk:
        ready = talk.hear()
        kinds, partials, turns = set(), [], []
        for message in pcm(np.concatenate([SPEECH, samples_of(TWO_CITIES, 4.6, 8.5)])):
            talk.socket.send(message)
            while (heard := talk.hear())["type"] != "chunk_received":
                kinds.add(heard["type"])
                (partials if heard["type"] == "partial" else turns).append(heard)
        talk.socket.send("END")
        while (heard := talk.hear())["type"] != "transcription":
            kinds.add(heard["type"])
            (partials if heard["type"] == "partial" else turns).append(heard)
        last = heard
    assert kinds <= {"partial", "turn_detected"}
    assert ratio(plain(turns[0]["transcription"]), OPENING) > 90
    assert 0 <= int(str(turns[0]["turn_start_ms"])) < 900
    assert abs(int(str(turns[0]["turn_end_ms"])) - 4000) < 600
    assert turns[0]["speaker"] == "Speaker 1"
    words = turns[0]["words"]
    assert isinstance(words, list)
    assert all(word["start_ms"] <= word["end_ms"] <= 4700 for word in words)
    assert "foolish" in str(last["transcription"]) + " ".join(str(turn["transcription"]) for turn in turns)
    job = ended(server, ready)
    assert job["speakers"]
    assert all(partial["turn_start_ms"] is not None for partial in partials)


def test_partials_come_while_somebody_speaks(server: Server) -> None:
    """Before the turn ends, at the pace of speech."""
    with talking(server, "language=en&partials=true&vad_type=silero") as talk:
        talk.hear("ready")
        for message in pcm()[:18]:
            talk.socket.send(message)
            # the pace at which people speak is what is tested
            time.sleep(0.2)
        assert OPENING.startswith(plain(talk.hear("partial")["transcription"])[:6])


def test_a_stream_is_a_job_like_any_other(server: Server) -> None:
    """In the list, with its sound, its captions, and its minutes in the usage; processing while it goes on."""
    key = key_of(server, email="live@example.com")
    headers = {"Authorization": key}
    with talking(server, "language=en", key=key) as talk:
        ready = talk.hear()
        assert stored(server, ready, key=key)["status"] == "processing"
        usage = server.request("GET", "/v1/usage", headers=headers).json()
        assert usage["websocket_connections"]["used"] == 1
        talk.play(pcm())
        talk.end()
    [job] = server.request("GET", "/v1/transcriptions?source=websocket", headers=headers).json()["data"]
    assert job["id"] == ready["job_id"]
    assert server.request("GET", "/v1/transcriptions?source=batch", headers=headers).json()["data"] == []
    sound = server.request("GET", f"{job['url']}/audio", headers=headers)
    assert sound.content.startswith(b"OggS")
    captions = server.request("GET", f"{job['url']}/transcript?format=vtt", headers=headers).text
    assert captions.startswith("WEBVTT")
    usage = server.request("GET", "/v1/usage", headers=headers).json()
    assert usage["websocket_connections"]["used"] == 0
    assert 0.05 < usage["total_audio_minutes"] < 0.2
    assert server.request("DELETE", job["url"], headers=headers).status_code == 200
    assert server.request("GET", job["url"], headers=headers).status_code == 404


def test_a_client_that_vanishes_leaves_its_job(server: Server) -> None:
    """With everything that had arrived."""
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        talk.play(pcm())
        talk.socket.socket.close()
    job = ended(server, ready)
    assert ratio(plain(job["text"]), OPENING) > 90


def test_a_stream_that_is_cancelled_or_deleted_ends(server: Server) -> None:
    """Its client is told, and nothing is kept."""
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        talk.play(pcm()[:5])
        assert server.post(f"/v1/transcriptions/{ready['job_id']}/cancel").status_code == 200
        assert "cancelled" in str(talk.hear("error")["error"])
        assert talk.closed() == 1011
    assert ended(server, ready)["status"] == "cancelled"
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        assert server.request("DELETE", f"/v1/transcriptions/{ready['job_id']}").status_code == 200
        assert "deleted" in str(talk.hear("error")["error"])
    assert server.get(f"/v1/transcriptions/{ready['job_id']}").status_code == 404


def test_what_was_cleared_is_not_kept(server: Server) -> None:
    """Neither as words nor as sound."""
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        talk.play(pcm())
        talk.ask("CLEAR", "buffer_cleared")
        assert talk.end()["transcription"] == ""
    job = stored(server, ready)
    assert (job["text"], job["segments"]) == ("", [])
    assert len(server.get(f"{job['url']}/audio").content) < 6000


def test_a_turn_that_was_told_is_kept_whatever_is_cleared_then(server: Server) -> None:
    """Both its words and its sound."""
    with talking(server, "language=en&turn_detection=server_vad") as talk:
        ready = talk.hear()
        for message in pcm():
            talk.socket.send(message)
        assert plain(talk.hear("turn_detected")["transcription"]).startswith(OPENING[:15])
        talk.ask("CLEAR", "buffer_cleared")
        talk.end()
    job = stored(server, ready)
    assert ratio(plain(job["text"]), OPENING) > 90
    assert len(server.get(f"{job['url']}/audio").content) > 12_000


def test_what_had_arrived_before_a_client_went_is_heard(server: Server) -> None:
    """Though nobody waited for an answer."""
    with talking(server, "language=en") as talk:
        ready = talk.hear()
        for message in pcm():
            talk.socket.send(message)
    assert ratio(plain(ended(server, ready)["text"]), OPENING) > 90


def test_forty_at_once(server: Server) -> None:
    """Each gets its own words."""

    def one(number: int) -> str:
        with talking(server, "language=en") as talk:
            talk.hear("ready")
            start = 0.5 if number % 2 else 8.2
            talk.play(pcm(samples_of(TWO_CITIES, start, start + 1.8)))
            return plain(talk.end()["transcription"])

    with ThreadPoolExecutor(40) as threads:
        texts = list(threads.map(one, range(40)))
    assert texts[0]
    assert texts[1]
    assert texts[0] != texts[1]
    assert all(ratio(text, texts[number % 2]) > 80 for number, text in enumerate(texts))


class TestWhoMay:
    """Authentication comes first; a refused client is closed before `ready`."""

    @staticmethod
    def refused(talk: Talk) -> int:
        """Give the code of a socket that says nothing else."""
        return talk.closed()

    def test_without_a_key(self, server: Server) -> None:
        """4001."""
        with talking(server, key="") as talk:
            assert self.refused(talk) == 4001

    def test_with_a_wrong_key(self, server: Server) -> None:
        """4003."""
        with talking(server, key="vh_live_wrong") as talk:
            assert self.refused(talk) == 4003

    def test_with_a_key_that_may_only_read_or_only_elsewhere(self, server: Server) -> None:
        """4003 as well."""
        for wanted in ({"scopes": ["read"]}, {"allowed_ips": ["10.0.0.1"]}, {"allowed_origins": ["https://a.example"]}):
            key = key_of(server, email="refused@example.com", **wanted)
            with talking(server, key=key, Origin=server.url) as talk:
                assert self.refused(talk) == 4003

    def test_beyond_the_limit_of_sockets(self, server: Server) -> None:
        """4029, until one is closed."""
        key = key_of(server, email="limited@example.com", rate_limits={"websocket_connections": 1})
        with talking(server, key=key) as first:
            first.hear("ready")
            with talking(server, key=key) as second:
                assert self.refused(second) == 4029
            first.end()
        with talking(server, key=key) as third:
            assert third.hear()["type"] == "ready"

    def test_beyond_the_limit_of_requests(self, server: Server) -> None:
        """4029."""
        key = key_of(server, email="hasty@example.com", rate_limits={"requests_minute": 1})
        with talking(server, key=key) as first:
            first.hear("ready")
        with talking(server, key=key) as second:
            assert self.refused(second) == 4029

    def test_as_a_browser_does(self, server: Server) -> None:
        """A publishable key among the subprotocols, one of which is accepted."""
        key = f"openai-insecure-api-key.{key_of(server, email='page@example.com', key_type='publishable')}"
        address = server.url.replace("http", "ws", 1) + PATH
        for offered, accepted in ((["realtime", key], "realtime"), ([key], key)):
            with connect(address, subprotocols=offered) as socket:  # type: ignore[arg-type]  # str will do
                assert socket.subprotocol == accepted
                assert Talk(socket).hear()["type"] == "ready"


class TestBadInput:
    """The documented error or close code; the session goes on where it can."""

    @pytest.mark.parametrize("text", ["ping", "transcribe", "HELLO", "", "x" * (2**20 - 1)])
    def test_unknown_commands(self, text: str, server: Server) -> None:
        """An error, and the session goes on."""
        with talking(server) as talk:
            talk.hear("ready")
            assert "PING" in str(talk.ask(text, "error")["error"])
            assert talk.ask("PING")["type"] == "pong"

    def test_an_unknown_format(self, server: Server) -> None:
        """An error with those that there are."""
        with talking(server) as talk:
            talk.hear("ready")
            assert len(talk.ask("FORMAT:mp3")["supported_formats"]) == 5  # type: ignore[arg-type]
            assert talk.ask("FORMAT:wav")["type"] == "format_accepted"

    @pytest.mark.parametrize("query", ["format=mp3", "vad_type=loud", "turn_detection=yes", "language=klingon"])
    def test_a_wrong_address(self, query: str, server: Server) -> None:
        """An error that names the value, and the socket is closed."""
        with talking(server, query) as talk:
            message = talk.hear()
            assert message["type"] == "error"
            assert query.split("=")[1] in str(message["error"])
            assert talk.closed() == 1008

    def test_a_language_that_nobody_here_knows(self, server: Server) -> None:
        """As for recordings."""
        with talking(server, "language=ti") as talk:
            assert talk.hear()["code"] == "engine_not_installed"
            assert talk.closed() == 1008

    @pytest.mark.parametrize("name", ["wav", "webm_opus", "opus_raw_16k"])
    def test_garbage(self, name: str, server: Server) -> None:
        """An error for each message that is none of the format; what is right after it is heard."""
        with talking(server, f"language=en&format={name}") as talk:
            talk.hear("ready")
            for garbage in (b"\xff" * 1000, b"garbage" * 500):
                talk.socket.send(garbage)
                assert talk.hear()["type"] == "error"
            for message in WAYS[name]():
                talk.socket.send(message)
            said = ""
            talk.socket.send("END")
            while True:
                message = talk.hear("transcription")
                said += f" {message['transcription']}"
                if message["is_final"]:
                    break
        assert ratio(plain(said), OPENING) > 90

    def test_odd_byte_counts(self, server: Server) -> None:
        """Samples may be cut anywhere."""
        with talking(server, "language=en") as talk:
            talk.hear("ready")
            talk.play(pieces(to_pcm(SPEECH[None]), 4001))
            assert ratio(plain(talk.end()["transcription"]), OPENING) > 90

    def test_a_message_of_more_than_a_megabyte(self, server: Server) -> None:
        """The socket is closed with 1009, and the job is kept."""
        with talking(server) as talk:
            ready = talk.hear()
            talk.socket.send(bytes(2**20 + 1))
            assert talk.closed() == 1009
        assert ended(server, ready)["status"] == "completed"

    def test_a_buffer_of_more_than_fifty_megabytes(self, server: Server) -> None:
        """Likewise, with an error before; silence is all that it holds, and it is 27 minutes of it."""
        with talking(server) as talk:
            ready = talk.hear()
            for _ in range(50):
                talk.socket.send(bytes(2**20))
                assert talk.hear()["type"] == "chunk_received"
            talk.socket.send(QUIET)
            assert "52428800" in str(talk.hear("error")["error"])
            assert talk.closed() == 1009
        job = ended(server, ready)
        assert (job["status"], job["text"]) == ("completed", "")
        assert float(str(job["duration_seconds"])) > 26 * 60

    def test_silence_is_not_speech_and_fills_no_buffer_of_turns(self, server: Server) -> None:
        """Two minutes of nothing."""
        with talking(server, "language=en&turn_detection=server_vad") as talk:
            talk.hear("ready")
            for _ in range(120):
                talk.socket.send(QUIET)
                assert talk.hear() | {"chunk_number": 0, "session_id": ""} == {
                    "type": "chunk_received",
                    "chunk_number": 0,
                    "buffer_size": len(QUIET),
                    "session_id": "",
                }
            assert talk.end()["transcription"] == ""
