"""Every example of the documented API's transcription part, replayed as written; only address and key are replaced."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import av
import pytest

from recordings import BECKETT
from serving import Server

pytestmark = pytest.mark.timeout(120)

PYTHON = {
    "authentication": """
import requests

headers = {'Authorization': 'YOUR_API_KEY'}
response = requests.get('https://api.fluxions.ai/transcriptions', headers=headers)
data = response.json()
""",
    "health": """
import requests

response = requests.get('https://api.fluxions.ai/health')
data = response.json()
print(f"Status: {data['status']}, Model: {data['model']}")
""",
    "submit": """
import requests

with open('audio.mp3', 'rb') as f:
    response = requests.post(
        'https://api.fluxions.ai/akro/submit',
        headers={'Authorization': 'YOUR_API_KEY'},
        data=f
    )

job = response.json()
job_id = job['id']
""",
    "submit at the root": """
import requests

with open('audio.mp3', 'rb') as f:
    response = requests.post(
        'https://api.fluxions.ai/submit',
        headers={'Authorization': 'YOUR_API_KEY'},
        data=f
    )

job = response.json()
job_id = job['id']
""",
    "get": """
import requests

response = requests.get(
    'https://api.fluxions.ai/transcriptions/124',
    headers={'Authorization': 'YOUR_API_KEY'}
)

result = response.json()
if result['status'] == 'completed':
    print(result['text'])
""",
    "list": """
import requests

response = requests.get(
    'https://api.fluxions.ai/transcriptions',
    headers={'Authorization': 'YOUR_API_KEY'},
    params={'limit': 10, 'offset': 0}
)

data = response.json()
print(f"Total: {data['total']}, Found: {len(data['transcriptions'])} transcriptions")
for t in data['transcriptions']:
    print(f"  ID {t['id']}: {t['filename']} - {t['status']}")
""",
}

CURL = {
    "health": 'curl "https://api.fluxions.ai/health"',
    "submit": """curl -X POST "https://api.fluxions.ai/akro/submit" \\
  -H "Authorization: YOUR_API_KEY" \\
  -H "Content-Type: audio/mpeg" \\
  --data-binary @audio.mp3""",
    "get": """curl "https://api.fluxions.ai/transcriptions/124" \\
  -H "Authorization: YOUR_API_KEY\"""",
    "list": """curl "https://api.fluxions.ai/transcriptions?limit=10&offset=0" \\
  -H "Authorization: YOUR_API_KEY\"""",
}

JAVASCRIPT = """
const formData = new FormData();
formData.append('file', audioFile);

const response = await fetch('https://api.fluxions.ai/akro/submit', {
  method: 'POST',
  headers: {'Authorization': 'YOUR_API_KEY'},
  body: formData
});

const job = await response.json();
const jobId = job.id;

const response2 = await fetch('https://api.fluxions.ai/transcriptions?limit=10&offset=0', {
  headers: {'Authorization': 'YOUR_API_KEY'}
});
const data = await response2.json();
console.log(`Total: ${data.total}, Found: ${data.transcriptions.length} transcriptions`);
data.transcriptions.forEach(t => {
  console.log(`  ID ${t.id}: ${t.filename} - ${t.status}`);
});
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `audio.mp3`, a real recording."""
    folder = tmp_path_factory.mktemp("examples")
    with av.open(str(BECKETT)) as source, av.open(str(folder / "audio.mp3"), "w") as target:
        stream = target.add_stream("libmp3lame", rate=16000)
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return folder


@pytest.fixture(scope="module")
def finished(server: Server, folder: Path) -> int:
    """The id of a transcription that has been completed."""
    job = server.post("/submit", data=(folder / "audio.mp3").read_bytes()).json()
    server.wait(f"/transcriptions/{job['id']}")
    return int(job["id"])


def adapted(example: str, server: Server, finished: int) -> str:
    """Put in our address, our key and an id that there is."""
    example = example.replace("https://api.fluxions.ai", server.url).replace("YOUR_API_KEY", server.key)
    return re.sub(r"transcriptions/124", f"transcriptions/{finished}", example)


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, server: Server, finished: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python example runs and gets what it asks for."""
    monkeypatch.chdir(folder)
    scope: dict[str, object] = {}
    exec(adapted(PYTHON[name], server, finished), scope)  # noqa: S102 - documentation is what is tested
    assert scope["response"].status_code == 200  # type: ignore[attr-defined]
    if name.startswith("submit"):
        assert isinstance(scope["job_id"], int)
    if name == "get":
        assert scope["result"]["status"] == "completed"  # type: ignore[index]
    if name == "health":
        assert scope["data"]["status"] == "ok"  # type: ignore[index]


@pytest.mark.parametrize("name", CURL)
def test_curl(name: str, server: Server, finished: int, folder: Path) -> None:
    """The curl example runs and answers JSON without an error."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = adapted(CURL[name], server, finished).replace("curl ", "curl -sf ", 1)
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert "error" not in json.loads(done.stdout)


def test_javascript(server: Server, finished: int, folder: Path) -> None:
    """The JavaScript examples run in Node, the file sent as a form's field."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = (
        "import { readFileSync } from 'fs';\nconst audioFile = new File([readFileSync('audio.mp3')], 'audio.mp3');\n"
    )
    (folder / "example.mjs").write_text(script + adapted(JAVASCRIPT, server, finished))
    done = subprocess.run([node, "example.mjs"], cwd=folder, capture_output=True, text=True, check=True)
    assert re.search(r"Total: \d+, Found: \d+ transcriptions", done.stdout)


def test_the_documented_answer_to_a_submission(server: Server, folder: Path) -> None:
    """It has exactly the documented fields."""
    answer = server.post("/akro/submit?cache=false", data=(folder / "audio.mp3").read_bytes())
    job = answer.json()
    assert answer.status_code == 200
    assert set(job) == {"id", "status", "created_at", "original_audio_url", "query_urls", "cached"}
    assert job["status"] == "submitted"
    assert job["cached"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", job["created_at"])
    assert job["query_urls"]["get"] == f"{server.url}/transcriptions/{job['id']}"
    assert set(server.wait(f"/transcriptions/{job['id']}")) >= {
        *("id", "status", "created_at", "updated_at", "filename", "audio_duration", "audio_format", "processing_time"),
        *("language", "non_speech", "num_chunks", "num_segments", "num_speakers", "text", "segments", "audio_url"),
        *("cached", "error_message"),
    }
