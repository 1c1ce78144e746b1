"""Transcriptions over the Lesan dialect, asked of a real server."""

import base64
import json
import re

import pytest
import requests

from recordings import BECKETT, TWO_SPEAKERS, speech_of
from serving import Server, wait_for

pytestmark = pytest.mark.timeout(180)

UNKNOWN = "txn_00000000-0000-4000-8000-000000000000"


def data_uri() -> str:
    """Give a recording as an address."""
    return "data:audio/wav;base64," + base64.b64encode(BECKETT.read_bytes()).decode()


def ended(server: Server, job: dict[str, object]) -> dict[str, object]:
    """Wait until a job has ended."""

    def look() -> dict[str, object] | None:
        found: dict[str, object] = server.get(str(job["url"])).json()
        return found if found["status"] in {"completed", "failed", "cancelled"} else None

    return wait_for(look, seconds=120)


def test_a_file_is_transcribed_while_the_caller_waits(finished: dict[str, object], server: Server) -> None:
    """Every documented field is there; the text is plain, the segments are timed in milliseconds."""
    assert re.fullmatch(r"txn_[0-9a-f-]{36}", str(finished["id"]))
    assert (finished["object"], finished["status"], finished["language"]) == ("transcription", "completed", "en")
    assert "fail" in str(finished["text"]).lower()
    assert "SPEAKER" not in str(finished["text"])
    assert finished["duration_seconds"] == pytest.approx(9.9, abs=0.3)
    assert finished["speakers"] is None
    assert finished["metadata"] == {"order": 7, "filename": "beckett.wav"}
    assert finished["url"] == f"/v1/transcriptions/{finished['id']}"
    assert finished["audio_download_url"] == f"{server.url}{finished['url']}/audio"
    [first, *_] = finished["segments"]  # type: ignore[misc]  # a list
    assert first["end_ms"] - first["start_ms"] == first["duration_ms"] > 0
    assert first["words"][0].keys() == {"word", "start_ms", "end_ms", "confidence"}
    assert first["speaker"] is None


def test_an_address_is_transcribed_later(server: Server) -> None:
    """Data in the address itself; speakers are told apart where that is wanted."""
    wish = {"audio_url": data_uri(), "diarize": True, "language": "en"}
    answer = server.post("/v1/transcriptions", json=wish)
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    done = ended(server, answer.json())
    assert done["status"] == "completed"
    assert done["speakers"] == [{"id": "speaker_0", "label": "Speaker 1", "segments_count": len(done["segments"])}]  # type: ignore[arg-type]
    assert done["segments"][0]["speaker"] == "Speaker 1"  # type: ignore[index]


@pytest.mark.parametrize("path", ["/v1/transcriptions", "/transcribe", "/lesan/v1/transcriptions"])
def test_the_older_names_do_as_well(path: str, server: Server) -> None:
    """As the document's examples have them, and a bare UUID for the id."""
    answer = server.post(path, files={"file": BECKETT.read_bytes()}, data={"mode": "async"})
    assert answer.status_code == 202
    bare = answer.json()["id"].removeprefix("txn_")
    assert server.get(f"/v1/transcriptions/{bare}").status_code == 200


def test_it_is_the_same_job_in_every_dialect(finished: dict[str, object], server: Server) -> None:
    """With an id of each dialect's kind."""
    listed = server.get("/transcriptions?limit=100").json()["transcriptions"]
    assert "beckett.wav" in [each["filename"] for each in listed]


def test_pages_stay_where_they_are(server: Server) -> None:
    """Whatever is added between two of them."""
    for _ in range(3):
        server.post("/v1/transcriptions", json={"audio_url": data_uri()})
    first = server.get("/v1/transcriptions?limit=2").json()
    server.post("/v1/transcriptions", json={"audio_url": data_uri()})
    second = server.get(f"/v1/transcriptions?limit=2&cursor={first['next_cursor']}").json()
    whole = server.get("/v1/transcriptions?limit=100").json()
    ids = [each["id"] for each in whole["data"]]
    assert [each["id"] for each in first["data"] + second["data"]] == ids[1:5]
    assert first["has_more"] is True
    assert whole["total"] >= 5
    assert (whole["has_more"], whole["next_cursor"]) == (False, None)


@pytest.mark.parametrize("place", ["100000000000000000000", "-1", "1_000", "here", "\xff"])
def test_a_cursor_that_was_made_up_is_refused(place: str, server: Server) -> None:
    """Also one that holds a number which no row has."""
    cursor = base64.urlsafe_b64encode(place.encode("latin-1")).decode()
    answer = server.get(f"/v1/transcriptions?cursor={cursor}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "cursor")
    assert repr(cursor) in answer.json()["error"]["message"]


def test_the_list_is_narrowed_down(finished: dict[str, object], server: Server) -> None:
    """By state and by where things came from."""
    done = server.get("/v1/transcriptions?status_filter=completed&limit=100").json()["data"]
    assert finished["id"] in [each["id"] for each in done]
    assert {each["status"] for each in done} == {"completed"}
    spoken = server.get("/v1/transcriptions?source=websocket&limit=100").json()["data"]
    assert finished["id"] not in [each["id"] for each in spoken]


def test_the_transcript_in_every_format(finished: dict[str, object], server: Server) -> None:
    """JSON by a signed link, text and captions at once; the audio by a link, too."""
    url = str(finished["url"])
    lead = server.request("GET", f"{url}/transcript", allow_redirects=False)
    assert lead.status_code == 302
    assert requests.get(lead.headers["location"], timeout=10).json()["text"] == finished["text"]
    assert server.get(f"{url}/transcript?format=txt").text.startswith("SPEAKER_0: ")
    assert server.get(f"{url}/transcript?format=srt").text.startswith("1\n00:00:0")
    assert server.get(f"{url}/transcript?format=vtt").text.startswith("WEBVTT")
    assert server.get(f"{url}/transcript?format=doc").json()["error"]["param"] == "format"
    sound = server.request("GET", f"{url}/audio", allow_redirects=False)
    assert sound.status_code == 302
    assert requests.get(sound.headers["location"], timeout=10).content.startswith(b"OggS")


def test_an_unstored_result_waits_for_its_reader(server: Server) -> None:
    """A list shows that it is there and takes nothing away; whoever asks for it is its only reader."""
    wish = {"store": "false", "keywords": "Beckett,Nell"}
    made = server.post("/v1/transcriptions", files={"file": BECKETT.read_bytes()}, data=wish).json()

    def listed() -> dict[str, object] | None:
        rows = server.get("/v1/transcriptions?status_filter=completed&limit=100").json()["data"]
        return next((row for row in rows if row["id"] == made["id"]), None)

    assert wait_for(listed, seconds=60)["text"] is None
    assert "fail" in server.get(made["url"]).json()["text"].lower()
    assert server.get(made["url"]).status_code == 404


def test_progress_is_told_as_events(server: Server) -> None:
    """From the first to the last, without asking again; nothing of others' work, and no batch."""
    made = server.post("/v1/transcriptions", files={"file": speech_of(40.0)}).json()
    with server.get(f"{made['url']}/events", stream=True) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line.partition(": ") for line in answer.iter_lines(decode_unicode=True) if line]
    names = [value for field, _, value in lines if field == "event"]
    told = [json.loads(value) for field, _, value in lines if field == "data"]
    assert set(names[:-1]) == {"progress"}
    assert (names[-1], told[-1]["status"]) == ("completed", "completed")
    assert told[-1]["text"] == server.get(made["url"]).json()["text"]
    percents = [each["progress"]["percent"] for each in told if each["progress"]]
    assert percents == sorted(percents)
    assert len(set(percents)) > 1
    assert server.get(f"/v1/transcriptions/{UNKNOWN}/events").status_code == 404


def test_a_batch(server: Server) -> None:
    """Files of one form; the parent's state follows from its children's, which are jobs like any other."""
    files = [("files", (path.name, path.read_bytes())) for path in (BECKETT, TWO_SPEAKERS)]
    answer = server.post("/v1/transcriptions/batch", files=files, data={"language": "en"})
    assert answer.status_code == 202
    assert answer.json()["metadata"]["total_count"] == 2
    done = ended(server, answer.json())
    jobs = done["metadata"]["jobs"]  # type: ignore[index]
    assert [job["url"] for job in jobs] == [BECKETT.name, TWO_SPEAKERS.name]
    assert {job["status"] for job in jobs} == {"completed"}
    child = server.get(f"/v1/transcriptions/{jobs[0]['job_id']}").json()
    assert child["text"] == jobs[0]["text"]
    listed = [each["id"] for each in server.get("/v1/transcriptions?limit=100").json()["data"]]
    assert jobs[0]["job_id"] in listed
    assert done["id"] not in listed
    assert server.request("DELETE", str(done["url"])).json()["deleted"] is True
    assert server.get(f"/v1/transcriptions/{jobs[0]['job_id']}").status_code == 404
    assert server.get(str(done["url"])).status_code == 404


def test_cancelling_a_job_and_a_batch(server: Server) -> None:
    """What has ended cannot be cancelled."""
    long = {"file": speech_of(60)}
    job = server.post("/v1/transcriptions", files=long).json()
    cancelled = server.post(f"{job['url']}/cancel")
    assert cancelled.status_code == 200
    stopped = ended(server, job)
    assert (stopped["status"], stopped["error"]["code"]) == ("cancelled", "cancelled")  # type: ignore[index]
    assert server.post(f"{job['url']}/cancel").status_code == 409
    assert server.get(f"{job['url']}/transcript").status_code == 409
    batch = server.post("/transcribe/batch", files=[("files", speech_of(40)), ("files", speech_of(30))]).json()
    assert server.post(f"{batch['url']}/cancel").status_code == 200
    assert ended(server, batch)["status"] == "cancelled"
    assert server.post(f"{batch['url']}/cancel").status_code == 409


def test_broken_media_ends_as_failed(server: Server) -> None:
    """With a code and a sentence."""
    answer = server.post("/v1/transcriptions", files={"file": b"no sound"}, data={"mode": "sync"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "failed"
    assert answer.json()["error"]["code"] == "unsupported_media"


BAD: list[tuple[dict[str, object], int, str]] = [
    ({"json": {}}, 400, "audio_url"),
    ({"json": {"audio_url": "ftp://example.com/a.mp3"}}, 400, "audio_url"),
    ({"json": {"audio_url": "lesan://uploads/unknown"}}, 404, "audio_url"),
    ({"json": {"audio_url": "data:audio/wav;base64,***"}}, 400, "audio_url"),
    ({"json": {"audio_url": "data:nothing"}}, 400, "audio_url"),
    ({"json": {"audio_url": "data:,x", "language": "english"}}, 400, "language"),
    ({"json": {"audio_url": "data:,x", "mode": "later"}}, 400, "mode"),
    ({"json": {"audio_url": "data:,x", "num_speakers": 99}}, 400, "num_speakers"),
    ({"json": {"audio_url": "data:,x", "min_speakers": 3, "max_speakers": 2}}, 400, "max_speakers"),
    ({"json": {"audio_url": "data:,x", "language": "am"}}, 501, "language"),
    ({"files": {"recording": b"x"}}, 400, "file"),
    ({"files": {"file": b"x"}, "data": {"metadata": "{"}}, 400, "metadata"),
]


@pytest.mark.parametrize(("body", "status", "param"), BAD, ids=lambda value: str(value)[:60])
def test_a_wrong_value_is_named(body: dict[str, object], status: int, param: str, server: Server) -> None:
    """In the dialect's envelope."""
    answer = server.post("/v1/transcriptions", **body)
    told = answer.json()
    assert answer.status_code == status, answer.text
    assert told["error"].keys() >= {"type", "code", "message"}
    assert told["error"]["param"] == param


def test_no_body_and_no_json(server: Server) -> None:
    """Each says so."""
    for body in (b"", b"no json", b"[" * 100_000):
        answer = server.post("/v1/transcriptions", data=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_unknown_ids_and_those_of_others(finished: dict[str, object], server: Server) -> None:
    """Are not there."""
    stranger = {"Authorization": f"Bearer {server.new_key('lesan@example.com')}"}
    for path in (UNKNOWN, "nonsense", "txn_x"):
        answer = server.get(f"/v1/transcriptions/{path}")
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found_error")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/audio"), ("GET", "/transcript")):
        assert server.request(method, f"{finished['url']}{path}", headers=stranger).status_code == 404
    assert server.get("/v1/transcriptions", headers=stranger).json()["total"] == 0


def test_without_a_key(server: Server) -> None:
    """Nothing but the health check answers."""
    answer = requests.get(f"{server.url}/v1/transcriptions", timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    health = requests.get(f"{server.url}/lesan/health", timeout=10).json()
    assert (health["status"], health["storage_provider"]) == ("healthy", "local")
    assert requests.get(f"{server.url}/v1/nothing", timeout=10).json()["error"]["type"] == "not_found_error"


def test_languages(server: Server) -> None:
    """Those that can be transcribed here."""
    told = server.get("/v1/languages").json()
    assert told["default"] == "auto"
    assert "en" in told["languages"]
    assert set(told["loaded"]) <= set(told["languages"])
