"""Recordings fetched from where a caller says that they are."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recordings import FOLDER
from serving import Server, wait_for

pytestmark = pytest.mark.timeout(120)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder; one path never ends."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/endless.wav":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"RIFF")
            self.rfile.read()
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of another server, with recordings."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FOLDER))) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()


def test_a_recording_is_fetched_and_transcribed(trusting: Server, elsewhere: str) -> None:
    """Under the name that it has there; a batch of addresses as well."""
    url = f"{elsewhere}/beckett.wav"
    done = trusting.post("/v1/transcriptions", json={"audio_url": url, "mode": "sync"}).json()
    assert done["status"] == "completed"
    assert "fail" in done["text"].lower()
    assert (done["audio_url"], done["metadata"]["filename"]) == (url, "beckett.wav")
    batch = trusting.post("/transcribe/batch", json={"audio_urls": [url, f"{elsewhere}/nothing.wav"]}).json()

    def ended() -> dict[str, object] | None:
        found: dict[str, object] = trusting.get(batch["url"]).json()
        return found if found["status"] == "completed" else None

    jobs = wait_for(ended, seconds=60)["metadata"]["jobs"]  # type: ignore[index]  # an object
    assert [job["status"] for job in jobs] == ["completed", "failed"]


@pytest.mark.parametrize(("path", "code"), [("nothing.wav", "not_found"), ("", "invalid_request")])
def test_what_is_no_recording_ends_as_failed(path: str, code: str, trusting: Server, elsewhere: str) -> None:
    """A page, or nothing: with a sentence."""
    wish = {"audio_url": f"{elsewhere}/{path}", "mode": "sync"}
    done = trusting.post("/v1/transcriptions", json=wish).json()
    assert (done["status"], done["error"]["code"]) == ("failed", code)


def test_a_download_stops_when_its_job_is_cancelled(trusting: Server, elsewhere: str) -> None:
    """Though the other server would go on for ever."""
    job = trusting.post("/v1/transcriptions", json={"audio_url": f"{elsewhere}/endless.wav"}).json()

    def state(wanted: str) -> bool | None:
        found = trusting.get(job["url"]).json()
        return (found["progress"] or {}).get("stage") == wanted or found["status"] == wanted or None

    wait_for(lambda: state("downloading"), seconds=20)
    trusting.post(f"{job['url']}/cancel")
    assert wait_for(lambda: state("cancelled"), seconds=5)


def test_addresses_of_this_machine_are_refused(server: Server, elsewhere: str) -> None:
    """Unless the operator lets them through."""
    wish = {"audio_url": f"{elsewhere}/beckett.wav", "mode": "sync"}
    done = server.post("/v1/transcriptions", json=wish).json()
    assert (done["status"], done["error"]["code"]) == ("failed", "address_refused")


@pytest.mark.parametrize("url", ["http://", "https://user:word@example.com/a.wav"])
def test_an_address_that_is_none_is_refused_at_once(url: str, server: Server) -> None:
    """Without a job."""
    assert server.post("/v1/transcriptions", json={"audio_url": url}).status_code == 400
