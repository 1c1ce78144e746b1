"""Every example of the documented API's speech part, replayed as written; only address, token and ids are replaced."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from recordings import BECKETT
from serving import Server

pytestmark = pytest.mark.timeout(180)

CURL = {
    "list voices": """
curl "https://api.fluxions.ai/vui/voices"
""",
    "render": """
curl -X POST "https://api.fluxions.ai/vui/v1/tts" \\
  -H "Content-Type: application/json" \\
  -d '{"voice": "maeve.h736bab09a", "input": "[sigh] fine, I will say it one more time."}' \\
  --output speech.wav
""",
    "stream": """
curl -X POST "https://api.fluxions.ai/vui/v1/tts?stream=1" \\
  -H "Content-Type: application/json" \\
  -d '{"voice": "maeve.h736bab09a", "input": "Streaming starts playing almost immediately."}' \\
  --output speech.wav
""",
    "clone": """
curl -X POST "https://api.fluxions.ai/vui/v1/voices" \\
  -H "Authorization: Bearer YOUR_TOKEN" \\
  -F "audio=@reference.wav" \\
  -F "text=This is exactly what the reference clip says." \\
  -F "name=My Voice"
""",
    "list mine": """
curl "https://api.fluxions.ai/vui/v1/voices/mine" \\
  -H "Authorization: Bearer YOUR_TOKEN"
""",
    "delete": """
curl -X POST "https://api.fluxions.ai/vui/v1/voices/delete" \\
  -H "Authorization: Bearer YOUR_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"voice_id": "u-...-ab12cd34"}'
""",
}
PYTHON = {
    "list voices": """
import requests

voices = requests.get('https://api.fluxions.ai/vui/voices').json()['voices']
for v in voices:
    print(v['voice_id'], '—', v['preview_text'][:50])
""",
    "render": """
import requests

r = requests.post(
    'https://api.fluxions.ai/vui/v1/tts',
    json={'voice': 'maeve.h736bab09a', 'input': '[sigh] fine, I will say it one more time.'}
)
with open('speech.wav', 'wb') as f:
    f.write(r.content)
""",
    "stream": """
import requests

with requests.post(
    'https://api.fluxions.ai/vui/v1/tts?stream=1',
    json={'voice': 'maeve.h736bab09a', 'input': 'Streaming starts playing almost immediately.'},
    stream=True,
) as r, open('speech.wav', 'wb') as f:
    for chunk in r.iter_content(chunk_size=8192):
        f.write(chunk)
""",
    "socket": """
import asyncio, json, websockets

async def render(text, voice='maeve.h736bab09a'):
    pcm = bytearray()
    async with websockets.connect('wss://api.fluxions.ai/vui/v1/tts/ws') as ws:
        await ws.send(json.dumps({'type': 'speak', 'voice': voice, 'input': text}))
        async for msg in ws:
            if isinstance(msg, bytes):
                pcm += msg                      # s16le PCM @ 24 kHz
            elif json.loads(msg)['type'] == 'done':
                break
    return bytes(pcm)

audio = asyncio.run(render('[sigh] so you want to force me to say things.'))
""",
    "clone": """
import requests

r = requests.post(
    'https://api.fluxions.ai/vui/v1/voices',
    headers={'Authorization': 'Bearer YOUR_TOKEN'},
    data={'text': 'This is exactly what the reference clip says.', 'name': 'My Voice'},
    files={'audio': ('reference.wav', open('reference.wav', 'rb'), 'audio/wav')},
)
voice_id = r.json()['voice_id']
""",
    "list mine": """
import requests

voices = requests.get(
    'https://api.fluxions.ai/vui/v1/voices/mine',
    headers={'Authorization': 'Bearer YOUR_TOKEN'},
).json()['voices']
""",
    "delete": """
import requests

requests.post(
    'https://api.fluxions.ai/vui/v1/voices/delete',
    headers={'Authorization': 'Bearer YOUR_TOKEN'},
    json={'voice_id': 'u-...-ab12cd34'},
)
""",
}
JAVASCRIPT = {
    "list voices": """
const { voices } = await fetch('https://api.fluxions.ai/vui/voices').then(r => r.json());
voices.forEach(v => console.log(v.voice_id, '—', v.preview_text.slice(0, 50)));
""",
    "render": """
const r = await fetch('https://api.fluxions.ai/vui/v1/tts', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ voice: 'maeve.h736bab09a', input: '[sigh] fine, I will say it one more time.' })
});
const wav = await r.blob();
const url = URL.createObjectURL(wav);
new Audio(url).play();
""",
    "stream": """
const r = await fetch('https://api.fluxions.ai/vui/v1/tts?stream=1', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ voice: 'maeve.h736bab09a', input: 'Streaming starts playing almost immediately.' }),
});
const reader = r.body.getReader();
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  // `value` is a Uint8Array chunk of the streaming WAV — append or play as it arrives
}
""",
    "socket": """
const ws = new WebSocket('wss://api.fluxions.ai/vui/v1/tts/ws');
ws.binaryType = 'arraybuffer';

const chunks = [];
ws.addEventListener('open', () => {
  ws.send(JSON.stringify({ type: 'speak', voice: 'maeve.h736bab09a', input: '[laugh] oh, you are serious?' }));
});
ws.addEventListener('message', (ev) => {
  if (typeof ev.data === 'string') {
    const m = JSON.parse(ev.data);
    if (m.type === 'done') {
      // chunks now hold the full s16le PCM @ 24 kHz — feed to WebAudio or wrap in a WAV
      ws.send(JSON.stringify({ type: 'session.close' }));
    }
    return;
  }
  chunks.push(new Int16Array(ev.data)); // raw PCM frame
});
""",
    "clone": """
const fd = new FormData();
fd.append('audio', fileInput.files[0]);
fd.append('text', 'This is exactly what the reference clip says.');
fd.append('name', 'My Voice');

const { voice_id } = await fetch('https://api.fluxions.ai/vui/v1/voices', {
  method: 'POST',
  headers: { Authorization: 'Bearer YOUR_TOKEN' },
  body: fd,
}).then(r => r.json());
""",
    "list mine": """
const { voices } = await fetch('https://api.fluxions.ai/vui/v1/voices/mine', {
  headers: { Authorization: 'Bearer YOUR_TOKEN' },
}).then(r => r.json());
""",
    "delete": """
await fetch('https://api.fluxions.ai/vui/v1/voices/delete', {
  method: 'POST',
  headers: { Authorization: 'Bearer YOUR_TOKEN', 'Content-Type': 'application/json' },
  body: JSON.stringify({ voice_id: 'u-...-ab12cd34' }),
});
""",
}
CUES = "[gasp] you did NOT just put pineapple on that pizza! [laugh] okay, okay."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `reference.wav`, a real recording."""
    shutil.copy(BECKETT, tmp_path / "reference.wav")
    return tmp_path


@pytest.fixture
def voice(server: Server, cloned: str, name: str) -> str:
    """The id of a cloned voice, of one more where the example deletes it."""
    if name != "delete":
        return cloned
    with BECKETT.open("rb") as clip:
        return str(server.post("/vui/v1/voices", files={"audio": clip}, data={"text": "x"}).json()["voice_id"])


def adapted(example: str, server: Server, voice: str) -> str:
    """Put in our address, our key and an id that there is."""
    address = server.url.removeprefix("http://")
    example = example.replace("https://api.fluxions.ai", server.url).replace("wss://api.fluxions.ai", f"ws://{address}")
    return example.replace("YOUR_TOKEN", server.key).replace("u-...-ab12cd34", voice)


def mine(server: Server) -> list[str]:
    """Give the account's voices."""
    return [each["voice_id"] for each in server.get("/vui/v1/voices/mine").json()["voices"]]


def is_speech(wav: bytes) -> bool:
    """Tell whether a WAV file, streamed or not, has over a second of sound."""
    samples = np.frombuffer(wav[44 : len(wav) // 2 * 2], "<i2")
    return wav.startswith(b"RIFF") and len(samples) > 24_000 and bool(np.abs(samples).max() > 1000)


# one of the examples leaves closing its file to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, server: Server, folder: Path, voice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python example runs and gets what it asks for."""
    monkeypatch.chdir(folder)
    scope: dict[str, object] = {}
    exec(adapted(PYTHON[name], server, voice), scope)  # noqa: S102 - documentation is what is tested
    match name:
        case "render" | "stream":
            assert is_speech((folder / "speech.wav").read_bytes())
        case "socket":
            assert len(scope["audio"]) > 48_000  # type: ignore[arg-type]
        case "clone":
            assert scope["voice_id"] in mine(server)
        case "list mine":
            assert voice in [each["voice_id"] for each in scope["voices"]]  # type: ignore[attr-defined]
        case "delete":
            assert voice not in mine(server)
        case "list voices":
            assert len(scope["voices"]) >= 6  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CURL)
def test_curl(name: str, server: Server, folder: Path, voice: str) -> None:
    """The curl example runs and gets what it asks for."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = adapted(CURL[name], server, voice).replace("curl ", "curl -sf ", 1)
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    match name:
        case "render" | "stream":
            assert is_speech((folder / "speech.wav").read_bytes())
        case "delete":
            assert voice not in mine(server)
        case _:
            assert '"voice_id"' in done.stdout


JAVASCRIPT_CHECKS = {
    "list voices": "if (voices.length < 6) throw new Error('voices');",
    "render": "if (wav.size < 50000 || played !== url) throw new Error('sound');",
    "stream": "",
    "socket": """await new Promise((resolve) => ws.addEventListener('close', resolve));
if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) < 24000) throw new Error('sound');""",
    "clone": "if (!voice_id.startsWith('u-')) throw new Error('voice_id');",
    "list mine": "if (!voices.length) throw new Error('voices');",
    "delete": "",
}
BROWSER = """
import { readFileSync } from 'fs';
let played;
globalThis.Audio = class { constructor(url) { this.url = url; } play() { played = this.url; } };
const fileInput = { files: [new File([readFileSync('reference.wav')], 'reference.wav')] };
"""


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str, server: Server, folder: Path, voice: str) -> None:
    """The JavaScript example runs in Node, with what a page would have besides."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    # until Node 22, which has it anyway
    old = int(subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout[1:3]) < 22
    script = BROWSER + adapted(JAVASCRIPT[name], server, voice) + JAVASCRIPT_CHECKS[name]
    (folder / "example.mjs").write_text(script)
    command = [node, *(["--experimental-websocket"] if old else []), "example.mjs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if name == "delete":
        assert voice not in mine(server)


def test_the_example_of_cues(server: Server) -> None:
    """Sounds where they stand, and the words around them."""
    told = server.post("/vui/v1/tts", json={"voice": "maeve.h736bab09a", "input": CUES, "response_format": "json"})
    words = " ".join(word["word"] for word in told.json()["words"])
    assert words == re.sub(r"\[\w+\] ", "", CUES)
