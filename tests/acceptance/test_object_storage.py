"""The same server with its recordings in a bucket: everything a caller does goes as it does with a folder."""

from pathlib import Path

import requests

from recordings import BECKETT
from serving import Server, serving


def keys_of(bucket: str) -> set[str]:
    """Name the recordings and results in the bucket."""
    listing = requests.get(f"{bucket}/recordings?list-type=2", timeout=10).text
    return {part.partition("</Key>")[0] for part in listing.split("<Key>")[1:]}


def uploaded(server: Server) -> str:
    """Send a recording past the server; give its address."""
    size = BECKETT.stat().st_size
    promised = server.get(f"/v1/uploads/signed-url?filename=a.wav&content_length={size}").json()
    sent = requests.put(promised["upload_url"], data=BECKETT.read_bytes(), headers=promised["headers"], timeout=30)
    assert sent.status_code == 200, sent.text
    assert not promised["upload_url"].startswith(server.url)
    return str(promised["file_url"])


def test_a_recording_becomes_a_transcript_in_a_bucket(bucket: str, at_the_bucket: str, tmp_path: Path) -> None:
    """Sent to the bucket by signed link, transcribed, heard and read by signed links, and gone when it is deleted."""
    with serving(tmp_path, objects_url=at_the_bucket) as server:
        wish = {"audio_url": uploaded(server), "mode": "sync"}
        done = server.post("/v1/transcriptions", json=wish).json()
        assert "fail" in done["text"].lower()
        for kind, start in (("audio", b"OggS"), ("transcript", b"{")):
            link = server.get(f"{done['url']}/{kind}", allow_redirects=False).headers["location"]
            assert link.startswith(bucket)
            assert requests.get(link, timeout=10).content.startswith(start)
        assert any("transcriptions/" in key for key in keys_of(bucket))
        server.request("DELETE", done["url"])
        assert not any("transcriptions/" in key for key in keys_of(bucket))
