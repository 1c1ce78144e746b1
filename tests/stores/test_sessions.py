"""Rows of agent sessions, alike on both databases."""

import time
from dataclasses import replace

import pytest

from voxhall.domain.knowledge import Citation
from voxhall.domain.record import Caller
from voxhall.domain.session import Clip, Session
from voxhall.domain.talk import Timed
from voxhall.stores import sessions as table
from voxhall.stores.database import Database

WORKER = "host/1/abc"


def session(caller: Caller, uid: str, created_at: float = 1.0) -> Session:
    """Give one that goes on."""
    return Session(uid, caller.account_id, "file", "running", created_at, started_at=created_at)


async def insert(database: Database, made: Session, *, worker: str = WORKER, lease: float = 10.0) -> None:
    """Keep it."""
    async with database.write() as connection:
        await table.insert_row(connection, made, worker, database.now() + lease)


async def found(database: Database, caller: Caller, uid: str) -> Session:
    """Read it."""
    async with database.read() as connection:
        read = await table.find(connection, caller.account_id, uid)
    assert read
    return read


async def test_a_session_is_read_as_it_was_saved(database: Database, caller: Caller) -> None:
    """With its clips, sources and timeline."""
    begun = session(caller, "a")
    await insert(database, begun)
    assert await found(database, caller, "a") == begun
    ended = replace(
        begun,
        status="completed",
        completed_at=2.0,
        end_reason="silence_timeout",
        transcript="What?",
        clips=(Clip(1, "That.", "/a/001.wav", 0.5),),
        citations=(Citation("t", "u", 0.5, 1),),
        timeline=(Timed("speaking", 0, 0.1, 0.2, 1),),
        tts_errors=("sentence 2: no",),
    )
    async with database.write() as connection:
        assert await table.save(connection, ended)
    assert await found(database, caller, "a") == ended


async def test_a_session_that_has_ended_does_not_change_any_more(database: Database, caller: Caller) -> None:
    """Whoever comes late learns it."""
    ended = replace(session(caller, "a"), status="failed", error="lost")
    await insert(database, session(caller, "a"))
    async with database.write() as connection:
        assert await table.save(connection, ended)
        assert not await table.save(connection, replace(ended, error="other"))
        await table.request_stop(connection, caller.account_id, "a", 5.0)
    assert await found(database, caller, "a") == ended


async def test_whoever_leads_a_session_hears_that_it_is_to_end(database: Database, caller: Caller) -> None:
    """And what it saves meanwhile does not undo that."""
    await insert(database, session(caller, "a"))
    await insert(database, session(caller, "b"))
    async with database.write() as connection:
        await table.request_stop(connection, caller.account_id, "a", 5.0)
        await table.request_stop(connection, caller.account_id, "a", 6.0)
        await table.save(connection, replace(session(caller, "a"), transcript="more"))
        assert await table.beat(connection, WORKER, database.now() + 10) == {"a": 5.0, "b": None}
    read = await found(database, caller, "a")
    assert (read.status, read.stop_requested_at, read.transcript) == ("stopping", 5.0, "more")


@pytest.mark.parametrize("by", ["lease", "worker"])
async def test_sessions_that_were_lost_are_given_up(database: Database, caller: Caller, by: str) -> None:
    """By what is known of their process; others go on."""
    await insert(database, session(caller, "lost"), worker="host/2/x", lease=-1.0)
    await insert(database, session(caller, "kept"))
    async with database.write() as connection:
        assert await table.workers(connection) == {WORKER, "host/2/x"}
        lost = table.overdue(database.now()) if by == "lease" else table.of_worker("host/2/x")
        assert await table.give_up(connection, lost, time.time(), "gone") == ["lost"]
        assert await table.running(connection) == {"kept"}
    read = await found(database, caller, "lost")
    assert (read.status, read.end_reason, read.error) == ("failed", "error", "gone")


async def test_sessions_are_listed_the_newest_first(database: Database, caller: Caller) -> None:
    """Only so many, and none of other accounts."""
    for number in range(4):
        await insert(database, session(caller, str(number), created_at=float(number)))
    async with database.read() as connection:
        newest = await table.newest(connection, caller.account_id, 3)
        others = await table.newest(connection, caller.account_id + 1, 3)
    assert [each.uid for each in newest] == ["3", "2", "1"]
    assert others == []
