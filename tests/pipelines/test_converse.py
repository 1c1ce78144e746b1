"""Conversations: while a sentence is spoken the next one is being written, and whoever interrupts is heard."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import TypeVar

import numpy as np

from voxhall.domain import live
from voxhall.domain.knowledge import Answer
from voxhall.domain.speech import Word
from voxhall.domain.talk import Answered, Event, Exchange, Sounding, Thinking, Timed, Unvoiced, Voiced, Written
from voxhall.engines.protocols import Samples
from voxhall.errors import UpstreamFailed
from voxhall.pipelines.converse import Conversation, Manner

Kind = TypeVar("Kind")
SOUND = np.full(240, 0.1, np.float32)


class Hearing:
    """Hears what a test says; nothing of it takes time."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[live.Event | None] = asyncio.Queue()
        self.fed = 0

    def hear(self, *events: live.Event) -> None:
        """Let this be heard."""
        for event in events:
            self._events.put_nowait(event)

    def say(self, turn: int, text: str) -> None:
        """Let a whole turn be heard."""
        words = tuple(Word(word, 0.0, 0.1, 1.0) for word in text.split())
        final = live.Final(turn, 0.0, 1.0, words, "en", 0, 0.1, 1)
        self.hear(live.SpeechStarted(turn, 0.0), live.TurnEnded(turn, 0.0, 1.0), final)

    async def feed(self, samples: Samples) -> None:
        """Take samples."""
        self.fed += len(samples)

    async def close(self) -> None:
        """End the events."""
        self.abandon()

    async def told(self) -> None:
        """Wait until all has been read."""
        await self._events.join()

    def abandon(self) -> None:
        """End the events."""
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[live.Event]:
        """Give what is heard."""
        while (event := await self._events.get()) is not None:
            yield event
            self._events.task_done()


class Writer:
    """Writes sentences, each when it is let go on."""

    def __init__(self, *pieces: str | Answer | Exception, waits: bool = False) -> None:
        self.pieces = pieces
        self.asked: list[tuple[str, Sequence[Exchange]]] = []
        self.go_on = asyncio.Semaphore(0 if waits else len(pieces))
        self.ended = asyncio.Event()

    async def __call__(self, question: str, earlier: Sequence[Exchange]) -> AsyncGenerator[str | Answer]:
        """Write."""
        self.asked.append((question, earlier))
        try:
            for piece in self.pieces:
                await self.go_on.acquire()
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.ended.set()


class Speaker:
    """Speaks a block a sentence; a sentence of `stuck` never ends, one of `broken` fails."""

    def __init__(self, *, stuck: str = "", broken: str = "") -> None:
        self.stuck = stuck
        self.broken = broken
        self.spoken: list[str] = []
        self.ended: list[str] = []

    async def __call__(self, text: str) -> AsyncGenerator[Samples]:
        """Speak."""
        self.spoken.append(text)
        try:
            yield SOUND
            if text == self.broken:
                raise UpstreamFailed("it is hoarse")
            if text == self.stuck:
                await asyncio.Event().wait()
        finally:
            self.ended.append(text)


async def until(events: AsyncIterator[Event], kind: type[Kind]) -> tuple[Kind, list[Event]]:
    """Give the next event of a kind, and all up to it."""
    seen: list[Event] = []
    async for event in events:
        seen.append(event)
        if isinstance(event, kind):
            return event, seen
    raise AssertionError(f"the conversation ended without {kind.__name__}")


async def test_an_answer_is_written_and_spoken_sentence_by_sentence() -> None:
    """Markers of sources are written but not spoken; the sources come with the end."""
    sources = Answer("q", "t", (), "m")
    hearing, speaker = Hearing(), Speaker()
    writer = Writer("It was built ", "in 1851 [1]. It is", " tall [2].", sources)
    async with Conversation(hearing, writer, speaker) as talk:
        hearing.say(0, "When was it built?")
        answered, seen = await until(talk.events(), Answered)
    assert (answered.outcome, answered.text) == ("completed", "It was built in 1851 [1]. It is tall [2].")
    assert answered.answer is sources
    assert "".join(event.text for event in seen if isinstance(event, Written)) == answered.text
    assert [event.text for event in seen if isinstance(event, Voiced)] == ["It was built in 1851.", "It is tall."]
    assert [event.sentence for event in seen if isinstance(event, Sounding)] == [1, 2]
    assert talk.exchanges == [Exchange("When was it built?", answered.text)]


async def test_a_sentence_is_spoken_while_the_next_is_being_written() -> None:
    """The first is heard before the second is there; the timeline shows that the steps overlap."""
    hearing, writer, speaker = Hearing(), Writer("One thing. And", " another.", waits=True), Speaker()
    async with Conversation(hearing, writer, speaker) as talk:
        events = talk.events()
        hearing.say(0, "Tell me.")
        writer.go_on.release()
        voiced, _ = await until(events, Voiced)
        assert (voiced.text, writer.ended.is_set()) == ("One thing.", False)
        writer.go_on.release()
        _, seen = await until(events, Answered)
    steps = {(each.step, each.sentence): each for each in seen if isinstance(each, Timed)}
    assert steps["speaking", 1].ended <= steps["writing", None].ended
    assert steps["speaking", 1].began < steps["writing", None].ended <= steps["speaking", 2].ended


async def test_the_steps_of_a_turn_are_timed() -> None:
    """Each from its beginning to its end, in an order that makes sense."""
    hearing = Hearing()
    async with Conversation(hearing, Writer("Yes. No."), Speaker()) as talk:
        hearing.say(0, "Really?")
        _, seen = await until(talk.events(), Answered)
    timed = [each for each in seen if isinstance(each, Timed)]
    assert [each.step for each in timed[:3]] == ["listening", "recognising", "thinking"]
    assert {each.step for each in timed} == {"listening", "recognising", "thinking", "writing", "speaking"}
    assert all(0 <= each.began <= each.ended for each in timed)


async def test_somebody_who_begins_to_speak_interrupts_the_answer() -> None:
    """What was being spoken ends at once, and what they say is answered next, with what was said before."""
    hearing, writer, speaker = Hearing(), Writer("Well. Then."), Speaker(stuck="Well.")
    async with Conversation(hearing, writer, speaker) as talk:
        events = talk.events()
        hearing.say(0, "First question")
        await until(events, Sounding)
        hearing.hear(live.SpeechStarted(1, 2.0))
        ended, _ = await until(events, Answered)
        assert (ended.turn, ended.outcome) == (0, "interrupted")
        assert speaker.ended == ["Well."]
        speaker.stuck = ""
        writer.go_on.release()
        hearing.say(1, "Second question")
        answered, _ = await until(events, Answered)
    assert (answered.turn, answered.outcome) == (1, "completed")
    assert writer.asked[1] == ("Second question", (Exchange("First question", "Well. Then."),))


async def test_an_answer_can_be_interrupted_while_it_is_thought_about() -> None:
    """Before the first word is written; the writer is ended too."""
    hearing, writer = Hearing(), Writer("Never.", waits=True)
    async with Conversation(hearing, writer, Speaker()) as talk:
        events = talk.events()
        hearing.say(0, "Question")
        await until(events, Thinking)
        await asyncio.sleep(0)
        talk.interrupt()
        ended, _ = await until(events, Answered)
        assert not talk.answering
    assert (ended.outcome, ended.text) == ("interrupted", "")
    assert writer.ended.is_set()


async def test_a_question_that_is_asked_outright_ends_the_answer_before() -> None:
    """Its end is told before the next begins."""
    hearing, writer, speaker = Hearing(), Writer("Well."), Speaker(stuck="Well.")
    async with Conversation(hearing, writer, speaker) as talk:
        events = talk.events()
        talk.ask(0, "First")
        await until(events, Sounding)
        speaker.stuck = ""
        writer.go_on.release()
        talk.ask(1, "Second")
        first, _ = await until(events, Answered)
        begun, _ = await until(events, Thinking)
        second, _ = await until(events, Answered)
    assert [(first.turn, first.outcome), (second.turn, second.outcome)] == [(0, "interrupted"), (1, "completed")]
    assert begun.turn == 1


async def test_nobody_is_interrupted_where_that_is_not_wanted() -> None:
    """A session that listens to one question only goes on with its answer."""
    hearing = Hearing()
    async with Conversation(hearing, Writer("Well."), Speaker(), Manner(yields=False)) as talk:
        hearing.say(0, "Question")
        hearing.hear(live.SpeechStarted(1, 2.0))
        answered, _ = await until(talk.events(), Answered)
    assert answered.outcome == "completed"


async def test_a_sentence_that_cannot_be_spoken_does_not_end_the_answer() -> None:
    """It says why; the next ones are spoken."""
    hearing = Hearing()
    async with Conversation(hearing, Writer("One. Two."), Speaker(broken="One.")) as talk:
        hearing.say(0, "Count")
        answered, seen = await until(talk.events(), Answered)
    [failed] = [event for event in seen if isinstance(event, Unvoiced)]
    assert (failed.sentence, failed.text, failed.error.message) == (1, "One.", "it is hoarse")
    assert [event.text for event in seen if isinstance(event, Voiced)] == ["Two."]
    assert answered.outcome == "completed"


async def test_what_was_written_before_a_writer_failed_is_still_spoken() -> None:
    """And the answer says that it failed."""
    hearing = Hearing()
    async with Conversation(hearing, Writer("One. Tw", UpstreamFailed("gone")), Speaker()) as talk:
        hearing.say(0, "Count")
        answered, seen = await until(talk.events(), Answered)
    assert answered.outcome == "failed"
    assert answered.error
    assert answered.error.message == "gone"
    assert [event.text for event in seen if isinstance(event, Voiced)] == ["One.", "Tw"]


async def test_a_fault_in_one_answer_leaves_the_conversation_usable() -> None:
    """The next question is answered."""
    hearing, writer = Hearing(), Writer(RuntimeError("a bug"))
    async with Conversation(hearing, writer, Speaker()) as talk:
        events = talk.events()
        hearing.say(0, "Question")
        failed, _ = await until(events, Answered)
        assert (failed.outcome, str(failed.error)) == ("failed", "an internal error ended the answer")
        writer.pieces = ("Fine.",)
        writer.go_on.release()
        hearing.say(1, "Again")
        answered, _ = await until(events, Answered)
    assert answered.outcome == "completed"


async def test_sound_without_words_is_not_answered() -> None:
    """A cough is no question."""
    hearing, writer = Hearing(), Writer("Pardon?")
    async with Conversation(hearing, writer, Speaker()) as talk:
        hearing.say(0, "")
        await talk.finish()
    assert writer.asked == []
    assert talk.turns_ended == 1


async def test_after_hush_nothing_is_answered() -> None:
    """An answer that goes on ends; what is heard still becomes words."""
    hearing, writer = Hearing(), Writer("Well.")
    async with Conversation(hearing, writer, Speaker(stuck="Well.")) as talk:
        events = talk.events()
        hearing.say(0, "Question")
        await until(events, Sounding)
        talk.hush()
        ended, _ = await until(events, Answered)
        hearing.say(1, "Another")
        await talk.finish()
        final, _ = await until(events, live.Final)
    assert (ended.outcome, final.text) == ("interrupted", "Another")
    assert len(writer.asked) == 1


async def test_finishing_waits_for_the_last_answer() -> None:
    """All that was said is answered."""
    hearing, speaker = Hearing(), Speaker()
    async with Conversation(hearing, Writer("Well."), speaker) as talk:
        await talk.feed(SOUND)
        hearing.say(0, "Question")
        await talk.finish()
        assert speaker.ended == ["Well."]
    assert hearing.fed == len(SOUND)


async def test_leaving_ends_everything_at_once() -> None:
    """Nothing is left running, and the events end."""
    hearing, writer, speaker = Hearing(), Writer("Well."), Speaker(stuck="Well.")
    async with Conversation(hearing, writer, speaker) as talk:
        events = talk.events()
        hearing.say(0, "Question")
        await until(events, Sounding)
    assert speaker.ended == ["Well."]
    ended, _ = await until(events, Answered)
    assert ended.outcome == "interrupted"
