"""The turn machine of a conversation: listens, and when a turn is over thinks, writes and speaks at the same time.

    async with Conversation(listener, write, speak) as conversation:
        tasks.create_task(show(conversation.events()))
        async for samples in microphone:
            await conversation.feed(samples)
        await conversation.finish()

While a sentence is spoken the next one is being written. Somebody who begins to speak interrupts the answer; so does
whoever calls `interrupt`, and a question that is asked while another is being answered.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self

from voxhall.domain import live
from voxhall.domain.knowledge import Answer
from voxhall.domain.talk import (
    Answered,
    Event,
    Exchange,
    Outcome,
    Sounding,
    Step,
    Thinking,
    Timed,
    Unvoiced,
    Voiced,
    Written,
)
from voxhall.engines.protocols import Samples
from voxhall.errors import EngineFailed, VoxhallError
from voxhall.log import logger
from voxhall.text.cited import cut, without_markers

log = logger(__name__)

Write = Callable[[str, Sequence[Exchange]], AsyncGenerator[str | Answer]]
"""Gives the answer to a question piece by piece, after what was said before; may end with all of it and its sources."""
Speak = Callable[[str], AsyncGenerator[Samples]]
"""Gives the sound of a sentence, block by block."""


class Hearing(Protocol):
    """What is listened with; `pipelines.listen.Listener` is one."""

    async def feed(self, samples: Samples) -> None:
        """Listen to samples at 16 kHz."""
        ...

    async def close(self) -> None:
        """Listen to the end, and end the events."""
        ...

    async def told(self) -> None:
        """Wait until all events have been read."""
        ...

    def abandon(self) -> None:
        """End the events at once."""
        ...

    def events(self) -> AsyncIterator[live.Event]:
        """Give what is heard."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How a conversation is led."""

    answers: bool = True
    """Whether what was said is answered unasked."""
    yields: bool = True
    """Whether an answer ends when somebody begins to speak."""


class Conversation:
    """One conversation, used from one event loop; its events are for one reader."""

    def __init__(self, hearing: Hearing, write: Write, speak: Speak, manner: Manner | None = None) -> None:
        self._hearing = hearing
        self._write = write
        self._speak = speak
        self._manner = manner or Manner()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._marks: dict[tuple[Step, int], float] = {}
        self._answering: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self.exchanges: list[Exchange] = []
        """What was asked and answered so far."""
        self.turns_ended = 0
        """Turns that are over, whether their words are known yet or not."""

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End at once whatever still goes on, and then the events."""
        self._hearing.abandon()
        self.interrupt()
        tasks = {task for task in (self._reading, self._answering) if task}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        self._events.put_nowait(None)

    @property
    def answering(self) -> bool:
        """Whether an answer is being written or spoken."""
        return self._answering is not None and not self._answering.done()

    async def feed(self, samples: Samples) -> None:
        """Listen to samples at 16 kHz; when it returns, what they bring is known. Raises what listening raises."""
        await self._hearing.feed(samples)
        await self._hearing.told()

    async def finish(self) -> None:
        """Listen to the end, and wait for the last answer; raises what listening raises."""
        await self._hearing.close()
        if self._reading:
            await self._reading
        if self._answering:
            await asyncio.wait({self._answering})

    def ask(self, turn: int, question: str) -> None:
        """Answer a question; one that is being answered is interrupted, and ends first."""
        self._answering = asyncio.create_task(self._answer(turn, question, self.interrupt()))

    def interrupt(self) -> asyncio.Task[None] | None:
        """End the answer that goes on, if there is one; its end comes as an event."""
        if self.answering and self._answering:
            self._answering.cancel()
        return self._answering

    def hush(self) -> None:
        """Answer nothing from now on; an answer that goes on ends."""
        self._manner = replace(self._manner, answers=False)
        self.interrupt()

    async def events(self) -> AsyncIterator[Event]:
        """Give what happens until the conversation ends."""
        while (event := await self._events.get()) is not None:
            yield event

    async def _read(self) -> None:
        # whoever feeds or finishes is told
        with suppress(VoxhallError):
            async for event in self._hearing.events():
                self._events.put_nowait(event)
                self._hear(event)

    def _hear(self, event: live.Event) -> None:
        """Do what an event asks for; returns at once, so that whoever listens is not held up."""
        match event:
            case live.SpeechStarted():
                self._mark("listening", event.turn)
                if self._manner.yields:
                    self.interrupt()
            case live.TurnEnded():
                self.turns_ended += 1
                self._done("listening", event.turn)
                self._mark("recognising", event.turn)
            case live.Final():
                self._done("recognising", event.turn)
                if event.words and self._manner.answers:
                    self.ask(event.turn, event.text)

    async def _answer(self, turn: int, question: str, before: asyncio.Task[None] | None) -> None:
        """Write and speak; never raises but when it is cancelled."""
        draft = _Draft()
        outcome: Outcome = "interrupted"
        try:
            if before:
                await asyncio.wait({before})
            self._events.put_nowait(Thinking(turn, question))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._speak_all(turn, draft.sentences))
                await self._write_all(turn, question, draft)
            outcome = "failed" if draft.error else "completed"
        except* Exception as errors:  # noqa: BLE001 - the conversation outlives a fault in one answer
            log.warning("an answer crashed", error=type(errors.exceptions[0]).__name__)
            outcome, draft.error = "failed", EngineFailed("an internal error ended the answer")
        finally:
            self.exchanges.append(Exchange(question, draft.text))
            self._events.put_nowait(Answered(turn, outcome, draft.text, draft.answer, draft.error))

    async def _write_all(self, turn: int, question: str, draft: "_Draft") -> None:
        """Write the answer, and hand on each sentence as soon as it is complete."""
        self._mark("thinking", turn)
        try:
            async with aclosing(self._write(question, tuple(self.exchanges))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Answer):
                        draft.answer = piece
                        continue
                    if not draft.text:
                        self._done("thinking", turn)
                        self._mark("writing", turn)
                    draft.add(piece)
                    self._events.put_nowait(Written(turn, piece))
        except VoxhallError as error:
            # what was written before it is still spoken
            draft.error = error
        finally:
            self._done("writing" if draft.text else "thinking", turn)
            draft.finish()

    async def _speak_all(self, turn: int, sentences: "asyncio.Queue[str | None]") -> None:
        number = 0
        while (text := await sentences.get()) is not None:
            number += 1
            with self._timed("speaking", turn, number):
                try:
                    async with aclosing(self._speak(text)) as blocks:
                        async for samples in blocks:
                            self._events.put_nowait(Sounding(turn, number, samples))
                except VoxhallError as error:
                    self._events.put_nowait(Unvoiced(turn, number, text, error))
                else:
                    self._events.put_nowait(Voiced(turn, number, text))

    def _mark(self, step: Step, turn: int) -> None:
        self._marks[step, turn] = self._now()

    def _done(self, step: Step, turn: int) -> None:
        if (began := self._marks.pop((step, turn), None)) is not None:
            self._events.put_nowait(Timed(step, turn, began, self._now()))

    @contextmanager
    def _timed(self, step: Step, turn: int, sentence: int) -> Iterator[None]:
        began = self._now()
        try:
            yield
        finally:
            self._events.put_nowait(Timed(step, turn, began, self._now(), sentence))

    def _now(self) -> float:
        return self._clock() - self._began


class _Draft:
    """An answer that is being written, and its sentences as they become complete."""

    def __init__(self) -> None:
        self.text = ""
        self.answer: Answer | None = None
        self.error: VoxhallError | None = None
        self.sentences: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting = ""

    def add(self, piece: str) -> None:
        """Take what is written next."""
        self.text += piece
        done, self._waiting = cut(self._waiting + piece)
        self._say(done)

    def finish(self) -> None:
        """Take what waits for the last sentence."""
        self._say([self._waiting])
        self.sentences.put_nowait(None)

    def _say(self, written: Sequence[str]) -> None:
        for each in written:
            spoken = without_markers(each)
            if any(character.isalnum() for character in spoken):
                self.sentences.put_nowait(spoken)
