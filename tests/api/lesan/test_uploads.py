"""Recordings sent ahead, asked of a real server."""

import pytest
import requests

from recordings import BECKETT
from serving import Server

pytestmark = pytest.mark.timeout(120)


def test_an_upload_is_transcribed_by_its_address(server: Server) -> None:
    """More than once: deleting one transcription leaves the upload to the others."""
    answer = server.post("/v1/uploads", files={"file": ("beckett.wav", BECKETT.read_bytes())})
    sent = answer.json()
    assert answer.status_code == 201
    assert sent["size_bytes"] == BECKETT.stat().st_size
    assert sent["filename"] == "beckett.wav"
    assert sent["duration_seconds"] == pytest.approx(9.9, abs=0.3)
    assert sent["file_url"].startswith("lesan://uploads/")
    for _ in range(2):
        done = server.post("/v1/transcriptions", json={"audio_url": sent["file_url"], "mode": "sync"}).json()
        assert done["status"] == "completed"
        assert done["audio_url"] == sent["file_url"]
        server.request("DELETE", done["url"])


def test_an_upload_by_signed_link(server: Server) -> None:
    """Sent by PUT without a key; before that there is nothing to transcribe."""
    size = BECKETT.stat().st_size
    promised = server.get(f"/v1/uploads/signed-url?filename=a.wav&content_length={size}").json()
    early = server.post("/v1/transcriptions", json={"audio_url": promised["file_url"]})
    assert early.status_code == 409
    sent = requests.put(promised["upload_url"], data=BECKETT.read_bytes(), headers=promised["headers"], timeout=30)
    assert sent.status_code == 200
    done = server.post("/v1/transcriptions", json={"audio_url": promised["file_url"], "mode": "sync"}).json()
    assert "fail" in done["text"].lower()


def test_a_signed_link_takes_no_more_than_was_announced(server: Server) -> None:
    """Nor does it work when it has been tampered with, or for reading."""
    promised = server.get("/v1/uploads/signed-url?filename=a.wav&content_length=10").json()["upload_url"]
    assert requests.put(promised, data=b"x" * 11, timeout=10).status_code == 413
    assert requests.put(promised.replace("most=10", "most=1000"), data=b"x", timeout=10).status_code == 403
    assert requests.get(promised, timeout=10).status_code in {403, 422}
    assert requests.put(promised, data=b"x" * 10, timeout=10).status_code == 200


def test_what_is_too_large_or_missing_is_refused(server: Server) -> None:
    """As the document has it."""
    assert server.get(f"/v1/uploads/signed-url?filename=a&content_length={501 * 2**20}").status_code == 413
    assert server.get("/v1/uploads/signed-url").status_code == 422
    assert server.post("/v1/uploads", files={"other": b"x"}).status_code == 400
    assert server.post("/v1/uploads", files={"file": b""}).status_code == 400
    assert server.post("/v1/uploads", files={"file": b"no sound at all"}).json()["error"]["param"] == "file"


def test_an_upload_is_private(server: Server) -> None:
    """Another account cannot transcribe it."""
    sent = server.post("/v1/uploads", files={"file": BECKETT.read_bytes()}).json()
    stranger = {"Authorization": server.new_key("uploads@example.com")}
    answer = server.post("/v1/transcriptions", json={"audio_url": sent["file_url"]}, headers=stranger)
    assert answer.status_code == 404
