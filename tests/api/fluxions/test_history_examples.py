"""Every example of the documented history part, replayed as written; only address, key and ids are replaced."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from remembered import Remembering
from serving import Server
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Scope
from voxhall.stores.database import open_database
from voxhall.stores.objects import open_objects

NOON = 1_782_734_400.0
"""29 June 2026, 12:00 UTC."""
TEXT = "remind me about the dentist appointment before the interview"

LIST = {"object", "page", "limit", "total", "has_more", "data"}
ITEM = {"object", "id", "created_at", "cost_usd"}
TURN = {"object", "id", "session_id", "role", "text", "created_at"}
TRANSCRIPTION = ITEM | {
    *("status", "filename", "audio_duration_secs", "audio_format", "language", "num_speakers", "num_segments"),
}
RENDER = ITEM | {"voice", "chars", "audio_secs", "download_url"}
CONVERSATION = ITEM | {"voice", "started_at", "ended_at", "duration_secs", "turn_count"}

CURL = {
    "feed": (
        'curl "https://api.fluxions.ai/history?limit=10&type=tts,conversation" \\\n  -H "Authorization: YOUR_API_KEY"',
        LIST,
        ITEM | {"voice"},
    ),
    "transcriptions": (
        (
            'curl "https://api.fluxions.ai/history/transcriptions?status=completed&limit=5" \\\n'
            '  -H "Authorization: YOUR_API_KEY"'
        ),
        LIST,
        TRANSCRIPTION,
    ),
    "one transcription": (
        'curl "https://api.fluxions.ai/history/transcriptions/456" \\\n  -H "Authorization: YOUR_API_KEY"',
        TRANSCRIPTION | {"download_url", "text_url", "segments_url"},
        None,
    ),
    "renders": (
        'curl "https://api.fluxions.ai/history/tts?voice=maeve.en-us&limit=10" \\\n  -H "Authorization: YOUR_API_KEY"',
        LIST,
        RENDER,
    ),
    "one render": (
        'curl "https://api.fluxions.ai/history/tts/123" \\\n  -H "Authorization: YOUR_API_KEY"',
        RENDER,
        None,
    ),
    "conversations": (
        'curl "https://api.fluxions.ai/history/conversations?limit=10" \\\n  -H "Authorization: YOUR_API_KEY"',
        LIST,
        CONVERSATION,
    ),
    "one conversation": (
        (
            'curl "https://api.fluxions.ai/history/conversations/sess_abc123?include_tool_calls=true" \\\n'
            '  -H "Authorization: YOUR_API_KEY"'
        ),
        {"object", "id", "created_at", "voice", "duration_secs", "turn_count", "turns", "tool_calls"},
        None,
    ),
    "search of turns": (
        (
            'curl "https://api.fluxions.ai/history/conversations/search?q=dentist+appointment" \\\n'
            '  -H "Authorization: YOUR_API_KEY"'
        ),
        {"object", "query", "data"},
        TURN,
    ),
    "search": (
        'curl "https://api.fluxions.ai/history/search?q=interview" \\\n  -H "Authorization: YOUR_API_KEY"',
        {"object", "query", "data"},
        {"object", "id", "created_at"},
    ),
}
"""What is typed, the fields of the answer, and those of each item listed in it."""

PYTHON = """
import requests

r = requests.get(
    'https://api.fluxions.ai/history',
    headers={'Authorization': 'YOUR_API_KEY'},
    params={'limit': 10, 'type': 'tts,conversation'},
)
for item in r.json()['data']:
    print(item['object'], item['id'], item['created_at'])

r = requests.get(
    'https://api.fluxions.ai/history/transcriptions',
    headers={'Authorization': 'YOUR_API_KEY'},
    params={'status': 'completed', 'limit': 5},
)
print(r.json()['total'], 'transcriptions')

r = requests.get(
    'https://api.fluxions.ai/history/tts',
    headers={'Authorization': 'YOUR_API_KEY'},
    params={'voice': 'maeve.en-us', 'limit': 10},
)
for render in r.json()['data']:
    print(render['id'], render['chars'], render['download_url'])

r = requests.get(
    'https://api.fluxions.ai/history/conversations',
    headers={'Authorization': 'YOUR_API_KEY'},
    params={'limit': 10},
)
for c in r.json()['data']:
    print(c['id'], c['turn_count'], c['duration_secs'])
"""

JAVASCRIPT = (
    """
const res = await fetch('https://api.fluxions.ai/history?limit=10&type=tts,conversation', {
  headers: {'Authorization': 'YOUR_API_KEY'}
});
const { data } = await res.json();
data.forEach(i => console.log(i.object, i.id, i.created_at));
""",
    """
const res = await fetch('https://api.fluxions.ai/history/transcriptions?status=completed&limit=5', {
  headers: {'Authorization': 'YOUR_API_KEY'}
});
console.log((await res.json()).total, 'transcriptions');
""",
    """
const res = await fetch('https://api.fluxions.ai/history/tts?voice=maeve.en-us&limit=10', {
  headers: {'Authorization': 'YOUR_API_KEY'}
});
const { data } = await res.json();
data.forEach(r => console.log(r.id, r.chars, r.download_url));
""",
    """
const res = await fetch('https://api.fluxions.ai/history/conversations?limit=10', {
  headers: {'Authorization': 'YOUR_API_KEY'}
});
const { data } = await res.json();
data.forEach(c => console.log(c.id, c.turn_count, c.duration_secs));
""",
)


@pytest.fixture(scope="module")
def made(server: Server) -> dict[str, str]:
    """Give an account of its own one of each kind; their ids by those of the document, and its key likewise."""

    async def write() -> dict[str, str]:
        async with open_database(f"sqlite+aiosqlite:///{server.data_dir / 'voxhall.db'}") as database:
            keys = Keys(database)
            secret = await keys.create("history@example.com", name="examples", scopes=frozenset(Scope))
            caller = await keys.authenticate(secret)
            writing = Remembering(database, open_objects((server.data_dir / "objects").as_uri()), caller)
            return {
                "YOUR_API_KEY": secret,
                "456": str(await writing.transcription("interview.mp3", NOON, "We met at the station.")),
                "123": str(await writing.render("maeve.en-us", NOON)),
                "sess_abc123": await writing.conversation("maeve.en-us", NOON, TEXT, "I will.", uid="sess_abc123"),
            }

    return asyncio.run(write())


def adapted(example: str, server: Server, made: dict[str, str]) -> str:
    """Put in our address, our key and ids that there are."""
    example = example.replace("https://api.fluxions.ai", server.url).replace("YOUR_API_KEY", made["YOUR_API_KEY"])
    return re.sub(r"(?<=/)(456|123|sess_abc123)\b", lambda match: made[match[1]], example)


@pytest.mark.parametrize("name", CURL)
def test_curl(name: str, server: Server, made: dict[str, str]) -> None:
    """Answers what is documented, and finds what was made."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    example, fields, listed = CURL[name]
    command = adapted(example, server, made).replace("curl ", "curl -sf ", 1)
    answer = json.loads(subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout)
    assert answer.keys() >= fields
    if listed is not None:
        assert answer["data"]
        for item in answer["data"]:
            assert item.keys() >= listed


def test_python(server: Server, made: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The four examples run one after another and print what was made."""
    exec(adapted(PYTHON, server, made), {})  # noqa: S102 - documentation is what is tested
    printed = capsys.readouterr().out
    assert f"tts {made['123']} 2026-06-29T12:00:00.000Z" in printed
    assert re.search(r"^[1-9]\d* transcriptions$", printed, re.MULTILINE)
    assert "sess_abc123 2 " in printed


@pytest.mark.parametrize("number", range(len(JAVASCRIPT)))
def test_javascript(number: int, server: Server, made: dict[str, str], tmp_path: Path) -> None:
    """Runs in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (tmp_path / "example.mjs").write_text(adapted(JAVASCRIPT[number], server, made))
    done = subprocess.run([node, "example.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip()
