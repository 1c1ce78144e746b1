"""History over HTTP, the same on both databases: feed, lists, details, searches, deletion, export."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from platforms import ADMIN_KEY, Opened, opened
from remembered import Remembering
from voxhall.api import fluxions
from voxhall.domain.record import Scope
from voxhall.stores.database import open_database

NOON = datetime(2026, 6, 29, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
DAY = 24 * HOUR
TABLES = (
    "history", "turns", "tool_calls", "conversations", "renders", "transcriptions", "turns_fts", "filenames_fts",
    "transcripts_fts",
)  # fmt: skip


class Memory:
    """Two accounts with a history each, behind the Fluxions dialect."""

    def __init__(self, served: Opened, url: str, mine: Remembering, other: httpx2.AsyncClient) -> None:
        self.served = served
        self.url = url
        self.write = mine
        self.client = served.client(ADMIN_KEY)
        self.other = other

    async def get(self, path: str, **params: object) -> Any:
        """Ask for something that there is."""
        answer = await self.client.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ids(self, path: str, **params: object) -> list[object]:
        """Give the ids of what is listed."""
        return [item["id"] for item in (await self.get(path, **params))["data"]]


@pytest.fixture
async def memory(tmp_path: Path, database_url: str) -> AsyncIterator[Memory]:
    """A platform, and another account beside the first."""
    async with opened(tmp_path, fluxions.router, database_url=database_url, job_slots=1) as served:
        keys = served.platform.keys
        other = await keys.create("other@example.com", name="k", scopes=frozenset(Scope))
        async with open_database(database_url) as database:
            caller = await keys.authenticate(ADMIN_KEY)
            mine = Remembering(database, served.platform.objects, caller)
            yield Memory(served, database_url, mine, served.client(other))


async def fill(memory: Memory) -> dict[str, Any]:
    """Add two of each kind, hours apart."""
    write = memory.write
    return {
        "interview": await write.transcription("interview.mp3", NOON, "We met at the station."),
        "old voice": await write.render("maeve.en-us", NOON + HOUR),
        "dentist": await write.conversation(
            "maeve.h1", NOON + 2 * HOUR, "remind me about the dentist appointment", "I will.", uid="sess_dentist"
        ),
        "lecture": await write.transcription("lecture.wav", NOON + 3 * HOUR, state="cancelled"),
        "new voice": await write.render("maeve.h736bab09a", NOON + DAY),
        "crown": await write.conversation("harry.h2", NOON + 2 * DAY, "the interview went well", uid="sess_crown"),
    }


async def test_the_feed_is_one_order_over_three_kinds(memory: Memory) -> None:
    """The newest first, every item lightweight, with the documented fields."""
    made = await fill(memory)
    feed = await memory.get("/history")
    assert [item["id"] for item in feed["data"]] == list(reversed(made.values()))
    assert (feed["object"], feed["page"], feed["limit"], feed["total"], feed["has_more"]) == ("list", 1, 20, 6, False)
    crown, render, lecture = feed["data"][:3]
    documented = {"object", "id", "created_at", "cost_usd"}
    assert documented | {"voice", "duration_secs", "turn_count"} == set(crown)
    assert documented | {"voice", "chars", "audio_secs"} <= set(render)
    assert documented | {"status", "filename", "audio_duration_secs"} <= set(lecture)
    assert "download_url" not in str(feed)
    assert crown["created_at"] == "2026-07-01T12:00:00.000Z"
    assert (crown["cost_usd"], crown["duration_secs"], crown["turn_count"]) == (None, 312.4, 1)


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_are_exact(memory: Memory, order: str) -> None:
    """Pages put together are everything once, in order, and every total is right."""
    write = memory.write
    made = [await write.render("maeve.h1", NOON + (number // 3) * DAY / 2) for number in range(17)]
    seen: list[object] = []
    for page in (1, 2, 3, 4):
        answer = await memory.get("/history", page=page, limit=5, order=order)
        assert (answer["total"], answer["has_more"]) == (17, page < 4)
        seen += [item["id"] for item in answer["data"]]
    assert seen == (made if order == "asc" else made[::-1])
    beyond = await memory.get("/history", page=1000)
    assert (beyond["data"], beyond["total"], beyond["has_more"]) == ([], 17, False)


NARROWED: tuple[tuple[dict[str, object], list[str]], ...] = (
    ({"type": "tts,conversation"}, ["crown", "new voice", "dentist", "old voice"]),
    ({"type": "transcription"}, ["lecture", "interview"]),
    ({"since": "2026-06-29T14:00:00Z", "until": "2026-06-30T12:00:00Z"}, ["new voice", "lecture", "dentist"]),
    ({"since": "2026-06-29T16:00:00+02:00", "until": NOON + 3 * HOUR}, ["lecture", "dentist"]),
    ({"since": NOON + 2 * DAY}, ["crown"]),
    ({"until": NOON - 1}, []),
)


async def test_the_feed_is_narrowed(memory: Memory) -> None:
    """By kinds and by times, whose ends are in; the total says how many that leaves."""
    made = await fill(memory)
    for params, names in NARROWED:
        feed = await memory.get("/history", **params)
        assert [item["id"] for item in feed["data"]] == [made[name] for name in names]
        assert feed["total"] == len(names)


LISTS: tuple[tuple[str, dict[str, object], list[str]], ...] = (
    ("tts", {"voice": "maeve"}, ["new voice", "old voice"]),
    ("tts", {"voice": "maeve.en-us"}, ["new voice", "old voice"]),
    ("tts", {"voice": "harry"}, []),
    ("conversations", {"voice": "harry.of-another-day"}, ["crown"]),
    ("transcriptions", {"status": "completed"}, ["interview"]),
    ("transcriptions", {"status": "failed"}, ["lecture"]),
    ("transcriptions", {"status": "processing"}, []),
)


async def test_lists_are_narrowed(memory: Memory) -> None:
    """By voices, of which every revision counts, and by how transcriptions ended."""
    made = await fill(memory)
    for path, params, names in LISTS:
        listed = await memory.get(f"/history/{path}", **params)
        assert [item["id"] for item in listed["data"]] == [made[name] for name in names]
        assert listed["total"] == len(names)


async def test_what_has_not_ended_is_listed_by_its_status(memory: Memory) -> None:
    """It is in no list of those that have."""
    running = await memory.write.transcription("a.wav", NOON, state="running")
    await memory.write.transcription("b.wav", NOON + 1)
    assert await memory.ids("/history/transcriptions", status="processing") == [running]
    assert (await memory.get("/history/transcriptions", status="completed"))["total"] == 1
    assert (await memory.get("/history/transcriptions"))["total"] == 2


async def test_links_are_given_where_they_are_asked_for(memory: Memory) -> None:
    """By default to the sound of renders, not of transcriptions; they lead to what is kept."""
    await fill(memory)
    [_, without] = (await memory.get("/history/transcriptions"))["data"]
    [_, linked] = (await memory.get("/history/transcriptions", include_download_url=True))["data"]
    assert "download_url" not in without
    assert (await memory.client.get(linked["download_url"])).content == b"sound"
    [render, _] = (await memory.get("/history/tts"))["data"]
    assert (await memory.client.get(render["download_url"])).content == b"sound"
    [silent, _] = (await memory.get("/history/tts", include_download_url=False))["data"]
    assert "download_url" not in silent


async def test_a_transcription_is_shown_with_links_to_its_texts(memory: Memory) -> None:
    """Sound, text and segments, each behind a link of its own; what was cancelled has none."""
    made = await fill(memory)
    shown = await memory.get(f"/history/transcriptions/{made['interview']}")
    assert (shown["cost_usd"], shown["audio_duration_secs"], shown["audio_format"]) == (0.1, 1800.0, "opus")
    for _ in range(2):
        assert (await memory.client.get(shown["text_url"])).text == "SPEAKER_0: We met at the station."
        [segment] = (await memory.client.get(shown["segments_url"])).json()
        assert (segment["speaker"], segment["text"], segment["segment_idx"]) == ("0", "We met at the station.", 0)
        shown = await memory.get(f"/history/transcriptions/{made['interview']}")
    cancelled = await memory.get(f"/history/transcriptions/{made['lecture']}")
    assert cancelled["status"] == "failed"
    assert (cancelled["download_url"], cancelled["text_url"], cancelled["segments_url"]) == (None, None, None)


async def test_a_render_is_shown_with_what_was_misread(memory: Memory) -> None:
    """Each chunk says whether it was heard as it is written."""
    made = await fill(memory)
    shown = await memory.get(f"/history/tts/{made['new voice']}")
    assert (shown["voice"], shown["chars"], shown["audio_secs"]) == ("maeve.h736bab09a", 13, 1.5)
    assert (shown["text"], shown["cost_usd"]) == ("Good morning.", 0.00013)
    assert [(chunk["takes"], chunk["verified"]) for chunk in shown["chunks"]] == [(2, False)]
    assert (await memory.client.get(shown["download_url"])).content == b"sound"


async def test_a_conversation_is_shown_with_what_was_said(memory: Memory) -> None:
    """Turns unless they are refused, tools where they are asked for, no more turns than wanted."""
    await fill(memory)
    shown = await memory.get("/history/conversations/sess_dentist", include_tool_calls=True)
    assert {"object", "id", "created_at", "voice", "duration_secs", "turn_count", "turns", "tool_calls"} <= set(shown)
    assert [(turn["role"], turn["text"], turn["session_id"]) for turn in shown["turns"]] == [
        ("user", "remind me about the dentist appointment", "sess_dentist"),
        ("assistant", "I will.", "sess_dentist"),
    ]
    assert (await memory.client.get(shown["turns"][0]["download_url"])).content == b"sound"
    [call] = shown["tool_calls"]
    assert (call["object"], call["tool"], call["args"], call["result"]) == (
        "tool_call", "calendar", {"range": "today"}, "2 events"
    )  # fmt: skip
    plain = await memory.get("/history/conversations/sess_dentist", turns_limit=1)
    assert len(plain["turns"]) == 1
    assert "tool_calls" not in plain
    assert "turns" not in await memory.get("/history/conversations/sess_dentist", include_turns=False)


SAID = (
    "Call the dentist about my appointments.",
    "The dentist is at the café on Main Street.",
    "Is there a root canal, or a crown?",
    "The canal has a root in the north.",
    "ሰላም ዓለም እንዴት ነህ",
    "Naïve plans, O'Brien: 100% (sure)!",
)


QUESTIONS: tuple[tuple[str, list[int]], ...] = (
    ("dentist appointment", [0]),
    ("DENTIST", [1, 0]),
    ("dentist or crown", [2, 1, 0]),
    ("dentist -café", [0]),
    ('"root canal"', [2]),
    ("root canal", [3, 2]),
    ('root -"root canal"', [3]),
    ("cafe", [1]),
    ("naive", [5]),
    ("ሠላም", [4]),
    ("ሰላም or o'brien", [5, 4]),
    ('"main street" dentist', [1]),
    ("-dentist -canal", [5, 4]),
    ("the", []),
    ('or - "" & | ! ( ) :* \' NEAR(', []),
    ("nothing of the kind", []),
    ('dentist" OR key:x', []),
)


async def test_turns_are_found_as_people_ask(memory: Memory) -> None:
    """Words, quotes, `or` and `-` mean what they do in a search engine, in every script; signs mean nothing."""
    await memory.write.conversation("maeve.h1", NOON, *SAID)
    for question, found in QUESTIONS:
        answer = await memory.get("/history/conversations/search", q=question)
        assert answer["query"] == question
        assert [turn["text"] for turn in answer["data"]] == [SAID[number] for number in found]
        assert len((await memory.get("/history/conversations/search", q=question, limit=1))["data"]) == min(
            1, len(found)
        )


async def test_everything_is_searched_at_once(memory: Memory) -> None:
    """Turns by their words, transcriptions by what they are called, and by their words where that is asked for."""
    made = await fill(memory)
    both = await memory.get("/history/search", q="interview")
    assert [(item["object"], item["id"]) for item in both["data"]][1:] == [("transcription", made["interview"])]
    assert [item["object"] for item in both["data"]] == ["conversation_turn", "transcription"]
    assert {"status", "filename", "audio_duration_secs"} <= set(both["data"][1])
    assert (await memory.get("/history/search", q="station"))["data"] == []
    assert await memory.ids("/history/search", q="station", **{"in": "text"}) == [made["interview"]]


WRONG: tuple[tuple[str, dict[str, object], str], ...] = (
    ("/history", {"page": 0}, "page"),
    ("/history", {"limit": 101}, "limit"),
    ("/history", {"limit": 0}, "limit"),
    ("/history", {"order": "upwards"}, "order"),
    ("/history", {"type": "tts,music"}, "type"),
    ("/history", {"type": ""}, "type"),
    ("/history", {"since": "yesterday"}, "since"),
    ("/history", {"since": "nan"}, "since"),
    ("/history", {"until": "1e300"}, "until"),
    ("/history", {"since": "2026-06-30", "until": "2026-06-29"}, "until"),
    ("/history/transcriptions", {"status": "asleep"}, "status"),
    ("/history/transcriptions", {"include_download_url": "perhaps"}, "include_download_url"),
    ("/history/tts", {"voice": ""}, "voice"),
    ("/history/conversations/search", {}, "q"),
    ("/history/conversations/search", {"q": ""}, "q"),
    ("/history/search", {"q": "x", "limit": 101}, "limit"),
    ("/history/search", {"q": "x", "in": "images"}, "in"),
    ("/history/conversations/x", {"turns_limit": 2001}, "turns_limit"),
)


async def test_what_is_wrong_is_named(memory: Memory) -> None:
    """The error names the parameter."""
    for path, params, names in WRONG:
        answer = await memory.client.get(path, params=params)
        assert answer.status_code == 422
        assert answer.json()["error"].startswith(names)


async def test_what_is_not_there_is_not_found(memory: Memory) -> None:
    """Whatever an id looks like."""
    for kind in ("transcriptions", "tts", "conversations", "exports"):
        for unknown in ("999", "0", "-1", "sess_nobody", "9" * 30, "%00"):
            answer = await memory.client.get(f"/history/{kind}/{unknown}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nobody_sees_anothers_history(memory: Memory) -> None:
    """Not in lists, totals, searches, details, nor exports; nor can it be deleted."""
    made = await fill(memory)
    exported = (await memory.client.post("/history/export")).json()["id"]
    for path in ("", "/transcriptions", "/tts", "/conversations"):
        listed = (await memory.other.get(f"/history{path}")).json()
        assert (listed["data"], listed["total"], listed["has_more"]) == ([], 0, False)
    for path in ("/conversations/search?q=dentist", "/conversations/search?q=-x", "/search?q=interview&in=text"):
        assert (await memory.other.get(f"/history{path}")).json()["data"] == []
    items = (
        f"transcriptions/{made['interview']}", f"tts/{made['old voice']}", "conversations/sess_dentist",
    )  # fmt: skip
    for item in items:
        assert (await memory.other.get(f"/history/{item}")).status_code == 404
        assert (await memory.other.delete(f"/history/{item}")).status_code == 404
        assert (await memory.client.get(f"/history/{item}")).status_code == 200
    assert (await memory.other.get(f"/history/exports/{exported}")).status_code == 404


async def test_deletion_leaves_nothing_behind(memory: Memory, tmp_path: Path) -> None:
    """No row, no index entry, no object, no count."""
    made = await fill(memory)
    assert (await memory.client.get(f"/history/transcriptions/{made['interview']}")).status_code == 200
    paths = [f"transcriptions/{made[name]}" for name in ("interview", "lecture")]
    paths += [f"tts/{made[name]}" for name in ("old voice", "new voice")]
    paths += [f"conversations/{made[name]}" for name in ("dentist", "crown")]
    for path in paths:
        assert (await memory.client.delete(f"/history/{path}")).status_code == 204
        assert (await memory.client.get(f"/history/{path}")).status_code == 404
    assert (await memory.get("/history"))["total"] == 0
    async with memory.write.database.read() as connection:
        for table in TABLES:
            left = (await connection.execute(text(f"select count(*) from {table}"))).scalar_one()  # noqa: S608 - ours
            assert (table, left) == (table, 0)
        assert (await connection.execute(text("select coalesce(sum(number), 0) from history_days"))).scalar_one() == 0
    assert [file for file in (tmp_path / "objects").rglob("*") if file.is_file()] == []


@pytest.mark.timeout(60)
async def test_everything_can_be_exported(memory: Memory) -> None:
    """One zip of every item with its sound and texts, behind a signed link; a second waits for the first."""
    made = await fill(memory)
    began = await memory.client.post("/history/export")
    assert began.status_code == 202
    path = f"/history/exports/{began.json()['id']}"
    ended = asyncio.Event()

    async def tell(_: object, jobs: object) -> None:
        if jobs:
            ended.set()

    memory.served.platform.queue.on_end.append(tell)
    while (state := await memory.get(path))["status"] in {"submitted", "processing"}:
        await ended.wait()
    assert state["status"] == "completed"
    packed = zipfile.ZipFile(io.BytesIO((await memory.client.get(state["download_url"])).content))
    assert packed.testzip() is None
    names = set(packed.namelist())
    folder = f"transcriptions/{made['interview']}"
    assert {f"{folder}/{name}" for name in ("transcription.json", "transcript.txt", "audio.opus")} <= names
    assert {f"tts/{made['new voice']}.opus", f"tts/{made['old voice']}.json"} <= names
    assert {f"conversations/sess_dentist/{name}.json" for name in ("conversation", "turns", "tool_calls")} <= names
    assert packed.read(f"{folder}/transcript.txt").decode() == "SPEAKER_0: We met at the station."
    assert b"dentist appointment" in packed.read("conversations/sess_dentist/turns.json")
    assert b"account_id" not in packed.read(f"tts/{made['old voice']}.json")


DOCUMENTED = {
    "/history?limit=10&type=tts,conversation": {"object", "id", "created_at", "cost_usd", "voice"},
    "/history/transcriptions?status=completed&limit=5": {
        "object", "id", "created_at", "cost_usd", "status", "filename", "audio_duration_secs", "audio_format",
        "language", "num_speakers", "num_segments",
    },
    "/history/tts?voice=maeve.en-us&limit=10": {
        "object", "id", "created_at", "cost_usd", "voice", "chars", "audio_secs", "download_url",
    },
    "/history/conversations?limit=10": {
        "object", "id", "created_at", "cost_usd", "voice", "started_at", "ended_at", "duration_secs", "turn_count",
    },
    "/history/conversations/search?q=dentist+appointment": {
        "object", "id", "session_id", "role", "text", "created_at",
    },
    "/history/search?q=interview": {"object", "id", "created_at"},
}  # fmt: skip
"""Every documented request for a list, and the fields that each of its items is documented to have."""


async def test_documented_requests_are_answered_as_documented(memory: Memory) -> None:
    """Each request as it is written, each answer with all of its fields, and times as the document writes them."""
    await fill(memory)
    for path, fields in DOCUMENTED.items():
        answer = await memory.get(path)
        assert answer["object"] == "list"
        assert {"query", "data"} <= set(answer) or {"page", "limit", "total", "has_more"} <= set(answer)
        assert answer["data"]
        for item in answer["data"]:
            assert fields <= set(item)
            assert datetime.fromisoformat(item["created_at"]).tzinfo == UTC
    shown = await memory.get("/history/conversations/sess_dentist?include_tool_calls=true")
    assert {"object", "id", "session_id", "role", "text", "created_at"} <= set(shown["turns"][0])
    assert {"object", "id", "tool", "args", "result", "created_at"} <= set(shown["tool_calls"][0])
