"""Every example of the document's transcription part, as written; only address and key are put in."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from recordings import BECKETT
from serving import Server

pytestmark = pytest.mark.timeout(120)

CURL = {
    "one file": """curl -X POST /transcribe \\
  -H "Authorization: Bearer " \\
  -F "file=@audio.mp3" \\
  -F "language=en" \\
  -F "mode=async"
""",
    "several files": """curl -X POST /transcribe/batch \\
  -H "Authorization: Bearer " \\
  -F "files=@audio1.mp3" \\
  -F "files=@audio2.mp3" \\
  -F "language=en"
""",
}
BODIES = {
    "/v1/transcriptions": """
{ "audio_url": "https://example.com/audio.mp3", "language": "en", "mode": "async" }
""",
    "/v1/transcriptions/batch": """
{ "audio_urls": ["https://example.com/a.mp3", "https://example.com/b.mp3"], "language": "en" }
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    made = tmp_path_factory.mktemp("examples")
    for name in ("audio", "audio1", "audio2", "a", "b"):
        shutil.copy(BECKETT, made / f"{name}.mp3")
    return made


@pytest.fixture(scope="module")
def example_com(folder: Path) -> Iterator[str]:
    """The server that the examples fetch from."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()


def completed(server: Server, job: dict[str, object]) -> dict[str, object]:
    """Wait for a job; a batch has the words of its parts."""
    done = server.wait(str(job["url"]))
    assert done["status"] == "completed"
    return done


@pytest.mark.parametrize("name", CURL)
def test_curl(name: str, trusting: Server, folder: Path) -> None:
    """The answer is 202 and a job, which becomes a transcription."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = CURL[name].replace("POST /", f"POST {trusting.url}/").replace("Bearer ", f"Bearer {trusting.key}")
    command = command.replace("curl ", "curl -s -w '%{http_code}' ", 1)
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("202")
    completed(trusting, json.loads(done.stdout.removesuffix("202")))


@pytest.mark.parametrize("path", BODIES)
def test_json(path: str, trusting: Server, example_com: str) -> None:
    """Fetched from the addresses named; the documented language is the one that is answered."""
    body = BODIES[path].replace("https://example.com", example_com)
    answer = trusting.post(path, data=body, headers={"Authorization": f"Bearer {trusting.key}"})
    assert answer.status_code == 202
    assert answer.json()["language"] == "en"
    completed(trusting, answer.json())


def test_the_documented_answers_have_no_other_shape(trusting: Server, folder: Path) -> None:
    """What the examples of answers show is what comes."""
    files = [("files", (folder / "a.mp3").read_bytes()), ("files", (folder / "b.mp3").read_bytes())]
    batch = trusting.post("/transcribe/batch", files=files, data={"language": "en"}).json()
    documented = {
        *("id", "object", "status", "language", "text", "segments", "speakers", "progress", "error", "metadata"),
        *("created_at", "completed_at", "url"),
    }
    assert documented <= set(batch)
    assert batch["metadata"]["batch_mode"] is True
    assert batch["metadata"]["total_count"] == 2
    assert {batch[name] for name in ("text", "segments", "speakers", "error", "completed_at")} == {None}
