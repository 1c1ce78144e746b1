"""Voice conversations, written down by those who lead them."""

from voxhall.domain.conversation import Called, Said
from voxhall.domain.record import Caller
from voxhall.services.conversations import Conversations
from voxhall.stores import voice_conversations as table
from voxhall.stores.database import Database


async def test_a_conversation_is_written_down_turn_by_turn(database: Database, caller: Caller) -> None:
    """What its leader tells is what is kept, in order, with times, sounds and tools."""
    conversations = Conversations(database)
    uid = "sess_1"
    await conversations.begin(caller, "realtime", uid, voice="maeve.h1", started_at=100.0)
    key = f"{table.sounds_of(caller.account_id, uid)}/1.opus"
    asked = Said("user", "What's on my calendar?", 101.0, seconds=1.5, audio_key=key)
    answered = Said("assistant", "Two meetings.", 104.0, seconds=2.0, latency=0.4, interrupted=True)
    call = Called("calendar", {"range": "today"}, 103.0, result="2 events", seconds=0.2)
    await conversations.add_turn(uid, asked)
    await conversations.add_call(uid, call)
    await conversations.add_turn(uid, answered)
    await conversations.end(uid, ended_at=110.5, cost=0.25)

    async with database.read() as connection:
        found = await table.find(connection, caller.account_id, uid)
        turns = await table.turns_of(connection, uid, 10)
        [called] = await table.calls_of(connection, uid)
    assert found
    assert (found.source, found.voice, found.turn_count, found.cost, found.seconds) == (
        "realtime", "maeve.h1", 2, 0.25, 10.5
    )  # fmt: skip
    assert [(turn.role, turn.text, turn.audio_key) for turn in turns] == [
        ("user", asked.text, key),
        ("assistant", answered.text, None),
    ]
    assert (turns[1].latency, turns[1].interrupted, turns[1].seconds) == (0.4, True, 2.0)
    assert (called.tool, called.args, called.result, called.seconds) == (
        "calendar",
        {"range": "today"},
        "2 events",
        0.2,
    )


async def test_a_deleted_conversation_is_written_down_no_further(database: Database, caller: Caller) -> None:
    """Its leader goes on without knowing."""
    conversations = Conversations(database)
    uid = "mine"
    await conversations.begin(caller, "agent", uid, voice="maeve.h1", started_at=100.0)
    async with database.write() as connection:
        await table.remove(connection, caller.account_id, uid)
    await conversations.add_turn(uid, Said("user", "Hello?", 1.0))
    assert await conversations.add_call(uid, Called("calendar", {}, 1.0)) is None
    await conversations.end(uid, ended_at=110.5, cost=0.0)
    async with database.read() as connection:
        assert await table.find(connection, caller.account_id, uid) is None
        assert await table.turns_of(connection, uid, 10) == []
