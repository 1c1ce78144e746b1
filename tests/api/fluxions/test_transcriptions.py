"""The life of a transcription over HTTP, and everything that can be wrong with a request."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from recordings import BECKETT, TWO_CITIES, TWO_SPEAKERS, speech_of
from serving import Server, wait_for

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def read(server: Server) -> dict[str, object]:
    """A finished transcription of one man's reading, with word times."""
    job = server.post("/submit?filename=cities.wav", data=TWO_CITIES.read_bytes()).json()
    return server.wait(f"/transcriptions/{job['id']}?word_level_timestamps=true")


@pytest.fixture(scope="module")
def stranger(server: Server) -> dict[str, str]:
    """Headers of another account."""
    return {"Authorization": server.new_key("stranger@example.com")}


def test_the_words_are_those_that_were_said(read: dict[str, object]) -> None:
    """The opening of the book is recognised, in the right order."""
    text = str(read["text"]).lower()
    places = [text.find(part) for part in ("best of times", "worst of times", "age of wisdom", "age of foolishness")]
    assert -1 not in places
    assert places == sorted(places)


def test_one_reader_is_one_speaker(read: dict[str, object]) -> None:
    """All segments are speaker 0's, numbered over the whole transcript, in one line of text."""
    segments = read["segments"]
    assert {s["speaker"] for s in segments} == {"0"}
    assert [s["segment_idx"] for s in segments] == list(range(read["num_segments"]))
    assert read["num_speakers"] == 1
    assert str(read["text"]).startswith("SPEAKER_0: ")
    assert "\n" not in str(read["text"])


def test_word_times_run_through_the_recording(read: dict[str, object]) -> None:
    """They are in order, inside their segments and the recording, and join to the segments' texts."""
    end = 0.0
    for segment in read["segments"]:
        assert segment["text"] == " ".join(word["word"] for word in segment["words"])
        for word in segment["words"]:
            assert end <= word["start"] <= word["end"] <= segment["end"] <= read["audio_duration"]
            assert 0 <= word["confidence"] <= 1
            end = word["start"]


def test_times_and_words_belong_together(read: dict[str, object]) -> None:
    """The recording's pauses lie between the times of words, not inside them: no word lasts two seconds."""
    words = [word for segment in read["segments"] for word in segment["words"]]
    assert max(word["end"] - word["start"] for word in words) < 2.0
    assert words[-1]["end"] > 0.9 * read["audio_duration"]


def test_words_are_left_out_unless_asked_for(server: Server, read: dict[str, object]) -> None:
    """Segments have `words` only with word_level_timestamps=true."""
    plain = server.get(f"/transcriptions/{read['id']}").json()
    assert all("words" not in segment for segment in plain["segments"])


def test_two_people_are_two_speakers(server: Server) -> None:
    """Whoever speaks first is 0; the text has a line for each turn."""
    job = server.post("/submit?num_speakers=2", data=TWO_SPEAKERS.read_bytes()).json()
    result = server.wait(f"/transcriptions/{job['id']}")
    assert result["num_speakers"] == 2
    assert result["segments"][0]["speaker"] == "0"
    assert "\nSPEAKER_1: " in result["text"]


def test_identical_bytes_answer_at_once(server: Server, read: dict[str, object], stranger: dict[str, str]) -> None:
    """The same account gets the earlier result; another account's bytes are worked on anew."""
    data = TWO_CITIES.read_bytes()
    again = server.post("/submit?filename=other-name.wav", data=data).json()
    assert (again["id"], again["status"], again["cached"]) == (read["id"], "completed", True)
    assert server.post("/submit?cache=false", data=data).json()["cached"] is False
    assert server.post("/submit?language=en", data=data).json()["cached"] is False
    theirs = server.post("/submit", data=data, headers=stranger).json()
    assert theirs["cached"] is False
    assert theirs["id"] != read["id"]


def test_another_accounts_transcription_does_not_exist(
    server: Server, read: dict[str, object], stranger: dict[str, str]
) -> None:
    """It answers as an unknown id does, and lists and totals show nothing of it."""
    theirs = server.get(f"/transcriptions/{read['id']}", headers=stranger)
    unknown = server.get("/transcriptions/999999999")
    assert (
        (theirs.status_code, theirs.json()["code"])
        == (unknown.status_code, unknown.json()["code"])
        == (404, "not_found")
    )
    ids = {t["id"] for t in server.get("/transcriptions", headers=stranger).json()["transcriptions"]}
    assert read["id"] not in ids


@pytest.mark.parametrize("path", ["/transcriptions/abc", "/transcriptions/-1", "/transcriptions/" + "9" * 40])
def test_what_cannot_be_an_id_is_not_found(server: Server, path: str) -> None:
    """404, not a crash."""
    assert server.get(path).status_code == 404


def test_every_mount_shows_the_same_transcription(server: Server, read: dict[str, object]) -> None:
    """The root, the alias and the dialect's own base answer alike; links keep the base that was used."""
    for path in (
        "/transcriptions",
        "/akro/transcriptions",
        "/fluxions/transcriptions",
        "/fluxions/akro/transcriptions",
    ):
        assert server.get(f"{path}/{read['id']}").json()["text"] == read["text"]
    job = server.post("/fluxions/submit", data=TWO_CITIES.read_bytes()).json()
    assert job["query_urls"]["get"] == f"{server.url}/fluxions/transcriptions/{job['id']}"


def test_lists_are_paged_newest_first(server: Server, read: dict[str, object]) -> None:
    """`limit` and `offset` walk over all, without gaps and doubles."""
    whole = server.get("/transcriptions?limit=100").json()
    ids = [t["id"] for t in whole["transcriptions"]]
    assert ids == sorted(ids, reverse=True)
    second = server.get("/transcriptions?limit=1&offset=1").json()
    assert (second["limit"], second["offset"], second["total"]) == (1, 1, whole["total"])
    assert [t["id"] for t in second["transcriptions"]] == ids[1:2]
    row = next(t for t in whole["transcriptions"] if t["id"] == read["id"])
    assert (row["filename"], row["audio_format"]) == ("cities.wav", "opus")


def test_links_lead_to_the_audio(read: dict[str, object]) -> None:
    """The original is what was sent; the kept audio is Ogg Opus; ranges work; a changed link does not."""
    assert requests.get(read["original_audio_url"], timeout=10).content == TWO_CITIES.read_bytes()
    part = requests.get(read["audio_url"], headers={"Range": "bytes=0-3"}, timeout=10)
    assert (part.status_code, part.content) == (206, b"OggS")
    forged = read["audio_url"].replace("signature=", "signature=0")
    assert requests.get(forged, timeout=10).status_code == 403
    later = read["audio_url"].replace("expires=1", "expires=2")
    assert requests.get(later, timeout=10).status_code == 403


def test_a_form_sends_options_too(server: Server) -> None:
    """Fields before and after the file count; the file's own name is the name unless another is given."""
    files = {"file": ("mine.wav", BECKETT.read_bytes())}
    job = server.post("/submit", files=files, data={"non_speech": "true", "cache": "false"}).json()
    result = server.wait(f"/transcriptions/{job['id']}")
    assert (result["filename"], result["non_speech"]) == ("mine.wav", True)
    assert isinstance(result["events"], list)


def test_silence_has_no_words(server: Server) -> None:
    """It completes with an empty text and nobody speaking."""
    quiet = speech_of(3)[:44] + bytes(3 * 48000 * 2)
    result = server.wait(f"/transcriptions/{server.post('/submit', data=quiet).json()['id']}")
    assert (result["status"], result["text"], result["segments"], result["num_speakers"]) == ("completed", "", [], 0)


@pytest.mark.parametrize(
    "body", [b"this is no audio at all" * 100, b"<html><body>not found</body></html>", bytes(5000)]
)
def test_what_is_no_audio_fails_with_a_sentence(server: Server, body: bytes) -> None:
    """The job fails and says why, without a path or a trace."""
    answer = server.post("/submit?filename=bad.mp3", data=body)
    result = server.wait(f"/transcriptions/{answer.json()['id']}") if answer.ok else answer.json()
    message = result["error_message"] if answer.ok else result["error"]
    assert len(message) > 20
    assert "/" not in message


def test_an_empty_body_is_refused(server: Server) -> None:
    """400 in the dialect's envelope."""
    answer = server.post("/submit", data=b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_body")


def test_a_form_without_a_file_is_refused(server: Server) -> None:
    """400 that names the field."""
    answer = server.post("/submit", files={"audio": b"x"})
    assert answer.status_code == 400
    assert "`file`" in answer.json()["error"]


def test_a_body_over_the_limit_is_refused_early(server: Server) -> None:
    """413 after the announced length, or after as much as the limit when none is announced."""
    sent = threading.Event()

    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(2**20)
        sent.set()

    announced = server.post("/submit", data=bytes(9 * 2**20))
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")
    # it may hang up while we are still sending
    with suppress(requests.ConnectionError):
        assert server.post("/submit", data=endless()).status_code == 413
    assert not sent.is_set()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("num_speakers=0", "num_speakers"),
        ("num_speakers=many", "num_speakers"),
        ("channels=left", "channels"),
        ("non_speech=perhaps", "non_speech"),
        ("language=english", "language"),
    ],
)
def test_a_wrong_option_is_refused(server: Server, query: str, named: str) -> None:
    """422 that names the field and the value."""
    answer = server.post(f"/submit?{query}", data=BECKETT.read_bytes())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert named in answer.json()["error"]
    assert query.split("=")[1] in answer.json()["error"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "limit=x"])
def test_a_wrong_page_is_refused(server: Server, query: str) -> None:
    """Out of range is refused, never clamped."""
    assert server.get(f"/transcriptions?{query}").status_code == 422


def test_a_language_that_no_engine_knows_is_refused(server: Server) -> None:
    """501 that says how to get one."""
    answer = server.post("/submit?language=am", data=BECKETT.read_bytes())
    assert (answer.status_code, answer.json()["code"]) == (501, "engine_not_installed")
    assert "voxhall models pull" in answer.json()["error"]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "required"),
        ({"Authorization": "vh_wrong"}, "not known"),
        ({"Authorization": "Bearer vh_wrong"}, "not known"),
    ],
)
def test_without_a_good_key_nothing_is_shown(server: Server, headers: dict[str, str], says: str) -> None:
    """401 that says what is wrong."""
    answer = server.get("/transcriptions", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert says in answer.json()["error"]


def test_an_expired_key_is_refused(server: Server) -> None:
    """401 that says so."""
    expired = {"Authorization": server.new_key("late@example.com", "--days", "0")}
    answer = server.get("/transcriptions", headers=expired)
    assert (answer.status_code, "expired" in answer.json()["error"]) == (401, True)


def test_a_reading_key_may_not_submit(server: Server) -> None:
    """403, while reading works; both forms of the header do."""
    key = server.new_key("reader@example.com", "--scope", "read")
    assert server.get("/transcriptions", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    refused = server.post("/submit", data=b"x", headers={"Authorization": key})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_running_job_is_cancelled_at_once(server: Server) -> None:
    """It reads failed and says so, and its worker is free for the next job."""
    job = server.post("/submit?cache=false", data=speech_of(80)).json()["id"]
    wait_for(lambda: server.get(f"/transcriptions/{job}").json()["progress"], seconds=30)
    server.post(f"/transcriptions/{job}/cancel")
    result = server.wait(f"/transcriptions/{job}", seconds=2)
    assert (result["status"], "cancelled" in result["error_message"]) == ("failed", True)
    assert server.post(f"/transcriptions/{job}/cancel").status_code == 409


def test_a_deleted_transcription_is_gone(server: Server) -> None:
    """Record, audio and original are not there any more."""
    job = server.post("/submit?cache=false", data=BECKETT.read_bytes()).json()["id"]
    result = server.wait(f"/transcriptions/{job}")
    assert server.request("DELETE", f"/transcriptions/{job}").status_code == 204
    assert server.get(f"/transcriptions/{job}").status_code == 404
    for link in (result["audio_url"], result["original_audio_url"]):
        assert requests.get(link, timeout=10).status_code == 404


def test_an_unstored_result_is_read_once(server: Server) -> None:
    """With store=false the first reading of the result is the last."""
    job = server.post("/submit?store=false&cache=false", data=BECKETT.read_bytes()).json()["id"]
    assert server.wait(f"/transcriptions/{job}")["text"]
    assert server.get(f"/transcriptions/{job}").status_code == 404
