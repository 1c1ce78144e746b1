"""One stream of speech without any I/O: samples in, pieces to recognise out, results in, events out.

The ear decides when a turn begins and ends, which stretch is worth recognising when, and what its results mean; it
calls nothing but the voice activity detector. A turn is cut into chunks at pauses, as recordings are, so that only
the open chunk is ever recognised again. Words are asked for as soon as a pause begins that may end the turn: when it
has, they are usually there already, and when it has not, they were a partial.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from voxhall.audio.tape import Tape
from voxhall.domain.live import Event, Final, Partial, SpeechStarted, TurnEnded
from voxhall.domain.speech import Span, Word
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Recognition, Samples, Vad
from voxhall.pipelines.agreement import Agreement
from voxhall.pipelines.language import Heard, Judged, judge_language
from voxhall.pipelines.segments import in_order
from voxhall.pipelines.turns import Mark, Rules, TurnFinder
from voxhall.pipelines.voices import Voices

FRAME = 512
"""Samples of one frame, 32 ms."""
KEPT = 64
"""Frames (2 s) kept while nobody speaks, for the padding before speech."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the engines made of a stretch."""

    recognition: Recognition
    """Word times count from the beginning of the stream."""
    processing: float
    """Seconds that it took."""
    voice: Samples | None = None
    """The speaker's embedding, where it was asked for."""


@dataclass(slots=True, eq=False)
class _Turn:
    number: int
    start: int
    """Samples, as all places here."""
    end: int | None = None
    chunks: list["_Chunk"] = field(default_factory=list)
    dropped: bool = False

    @property
    def complete(self) -> bool:
        return self.end is not None and all(chunk.understood for chunk in self.chunks)

    def drop(self) -> None:
        """Forget it, and free its sound now: turn, chunks and stretches know each other in circles."""
        self.dropped = True
        for chunk in self.chunks:
            chunk.look = None
        self.chunks.clear()


@dataclass(slots=True, eq=False)
class _Chunk:
    """A stretch of a turn that is recognised as one."""

    turn: _Turn
    start: int
    open: bool = True
    end: int = 0
    """Known once it is not open any more."""
    agreement: Agreement = field(default_factory=Agreement)
    look: "Stretch | None" = None
    """The stretch whose result will be the chunk's, unless speech goes on first; let go of once that is known."""
    understood: Understood | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A piece of sound that is to be recognised."""

    samples: Samples
    start: int
    """Samples from the beginning of the stream."""
    draft: bool
    """Whether somebody only wants to see words early; all others are waited for."""
    chunk: _Chunk

    @property
    def offset(self) -> float:
        """Seconds from the beginning of the stream."""
        return self.start / SAMPLE_RATE


class Ear:
    """The state of one stream; give it samples, do what it asks, tell it what came of it, and take its events."""

    def __init__(self, vad: Vad, rules: Rules, *, language: str, partials: bool) -> None:
        self._vad = vad
        self._rules = rules
        self._language = language
        self._partials = partials
        self.eager = True
        """Whether to ask for words at a pause before it is known whether the turn is over."""
        self._vad_state: Arrays | None = None
        self._rest = np.zeros(0, np.float32)
        self._tape = Tape()
        self._finder = TurnFinder(rules)
        self._turns: deque[_Turn] = deque()
        self._open: _Chunk | None = None
        self._probabilities: list[float] = []
        self._floor = 0
        self._number = 0
        self._drafted = 0
        self._wanted: list[Stretch] = []
        self._events: list[Event] = []
        self._known: list[Heard] = []
        self._voices = Voices()

    @property
    def speaking(self) -> bool:
        """Whether a turn goes on."""
        return self._finder.within

    @property
    def judged(self) -> Judged:
        """What all finals together are: their language, and what is to be said about them."""
        return judge_language(self._known, self._language)

    def feed(self, samples: Samples) -> None:
        """Listen to what comes next, any number of samples."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // FRAME * FRAME
        self._rest = joined[whole:]
        if not whole:
            return
        frames = self._vad.listen(joined[:whole], self._vad_state)
        self._vad_state = frames.state
        for index, probability in enumerate(frames.probabilities.tolist()):
            self._tape.append(joined[index * FRAME : (index + 1) * FRAME])
            self._frame(probability)

    def commit(self) -> None:
        """End the turn that goes on, with all that has been fed."""
        if self._finder.within:
            self._end()
        self._finder.reset()

    def clear(self) -> None:
        """Forget what was not yet given as a final."""
        for turn in self._turns:
            turn.drop()
        self._turns.clear()
        self._wanted.clear()
        self._open = None
        self._rest = np.zeros_like(self._rest)
        self._floor = self._tape.end
        self._finder.reset()

    def wanted(self) -> list[Stretch]:
        """Take the stretches that are waited for."""
        taken, self._wanted = self._wanted, []
        return taken

    def draft_due(self, interval: float) -> bool:
        """Tell whether partial words are wanted, so many seconds after the last ones were."""
        chunk = self._open
        # a stretch that is on its way at a pause says the same
        if not self._partials or chunk is None or chunk.look is not None:
            return False
        return self._tape.end - self._drafted >= interval * SAMPLE_RATE

    def draft(self) -> Stretch | None:
        """Give the open chunk as it is now, None where there is none any more; for partial words."""
        chunk = self._open
        if chunk is None or chunk.look is not None:
            return None
        self._drafted = self._tape.end
        return Stretch(self._tape.read(chunk.start, self._tape.end), chunk.start, draft=True, chunk=chunk)

    def done(self, stretch: Stretch, understood: Understood) -> None:
        """Take the result of a stretch."""
        chunk = stretch.chunk
        if chunk.turn.dropped or chunk.understood:
            return
        words = [word.text for word in understood.recognition.words]
        if stretch is chunk.look and not chunk.open:
            chunk.understood = understood
            self._settle(chunk, understood)
            self._finals()
        elif stretch is chunk.look:
            # whether it stays is seen when the pause is over
            self._guess(stretch, words)
            chunk.understood = understood
        elif chunk.open:
            self._guess(stretch, words)

    def events(self) -> list[Event]:
        """Take what has happened since the last time."""
        taken, self._events = self._events, []
        return taken

    def _guess(self, stretch: Stretch, words: list[str]) -> None:
        """Show partial words."""
        chunk = stretch.chunk
        before = chunk.agreement.words
        chunk.agreement.push(words)
        if self._partials and chunk.agreement.words != before:
            self._show(chunk.turn, stretch.start + len(stretch.samples))

    def _show(self, turn: _Turn, end: int) -> None:
        words: list[str] = []
        stable, growing = 0, True
        for chunk in turn.chunks:
            words += chunk.agreement.words
            stable += chunk.agreement.stable if growing else 0
            growing = growing and chunk.agreement.stable == len(chunk.agreement.words) and not chunk.open
        span = (turn.start / SAMPLE_RATE, end / SAMPLE_RATE)
        self._events.append(Partial(turn.number, tuple(words), stable, *span))

    def _frame(self, probability: float) -> None:
        mark = self._finder.push(probability)
        self._probabilities.append(probability)
        match mark:
            case Mark.BEGAN:
                self._begin()
            case Mark.PAUSED:
                self._pause()
            case Mark.RESUMED:
                self._resume()
            case Mark.ENDED:
                self._end()
        if self._open and self._tape.end - self._open.start > self._rules.longest * SAMPLE_RATE:
            self._cut(self._open)
        if not self._open:
            self._tape.forget(self._tape.end - KEPT * FRAME)
            del self._probabilities[:-KEPT]

    def _begin(self) -> None:
        padding = int(self._rules.padding * SAMPLE_RATE)
        turn = _Turn(self._number, max(self._floor, self._finder.began * FRAME - padding))
        self._number += 1
        self._turns.append(turn)
        self._events.append(SpeechStarted(turn.number, self._finder.began * FRAME / SAMPLE_RATE))
        self._drafted = self._finder.began * FRAME
        self._begin_chunk(turn, turn.start)

    def _begin_chunk(self, turn: _Turn, start: int) -> None:
        self._open = _Chunk(turn, start)
        turn.chunks.append(self._open)
        del self._probabilities[: -max(1, (self._tape.end - start) // FRAME)]
        self._tape.forget(start)

    def _pause(self) -> None:
        """Finish the open chunk if it is long enough; else have it recognised in case that the turn is over."""
        if self._open is None:
            return
        settled = self._tape.end - self._open.start >= self._rules.settled * SAMPLE_RATE
        if settled or self.eager:
            self._look(self._open, self._tape.end)
        if settled:
            self._close(self._open)

    def _resume(self) -> None:
        if self._open is not None:
            self._open.look = self._open.understood = None
        else:
            turn = self._turns[-1]
            padding = int(self._rules.padding * SAMPLE_RATE)
            self._begin_chunk(turn, max(self._floor, (self._finder.frame - 1) * FRAME - padding))

    def _end(self) -> None:
        turn = self._turns[-1]
        if self._open is not None:
            if self._open.look is None:
                # as much of the silence as a look at the pause has, so that words do not depend on who was busy
                quiet = self._finder.spoke * FRAME + round(self._rules.pause * SAMPLE_RATE)
                self._look(self._open, min(quiet, self._tape.end + len(self._rest)))
            self._close(self._open)
        turn.end = min(self._finder.spoke * FRAME, self._tape.end)
        self._floor = max(self._floor, turn.end)
        self._events.append(TurnEnded(turn.number, turn.start / SAMPLE_RATE, turn.end / SAMPLE_RATE))
        self._finals()

    def _cut(self, chunk: _Chunk) -> None:
        """Cut a chunk that has become too long where speech is least likely in its second half."""
        half = len(self._probabilities) // 2
        place = chunk.start + (half + int(np.argmin(self._probabilities[half:]))) * FRAME
        self._look(chunk, place)
        self._close(chunk)
        self._begin_chunk(chunk.turn, place)

    def _look(self, chunk: _Chunk, end: int) -> None:
        # what does not fill a frame yet is heard with the turn that a commit ends; it stays where it is in time
        rest = self._rest[: max(0, end - self._tape.end)]
        samples = np.concatenate([self._tape.read(chunk.start, min(end, self._tape.end)), rest])
        chunk.look = Stretch(samples, chunk.start, draft=False, chunk=chunk)
        self._wanted.append(chunk.look)

    def _close(self, chunk: _Chunk) -> None:
        """Let a chunk's look be its result, whether that is known or not."""
        assert chunk.look is not None  # noqa: S101 - made before
        chunk.open = False
        chunk.end = self._floor = chunk.start + len(chunk.look.samples)
        self._open = None
        if chunk.understood:
            self._settle(chunk, chunk.understood)

    def _settle(self, chunk: _Chunk, understood: Understood) -> None:
        """Let go of a chunk's sound: what it says is known for good."""
        chunk.agreement.settle([word.text for word in understood.recognition.words])
        chunk.look = None

    def _finals(self) -> None:
        """Give the turns that are complete, in their order."""
        while self._turns and self._turns[0].complete:
            self._events.append(self._final(self._turns.popleft()))

    def _final(self, turn: _Turn) -> Final:
        assert turn.end is not None  # noqa: S101 - it is complete
        understood = [chunk.understood for chunk in turn.chunks if chunk.understood]
        heard = [_heard(chunk) for chunk in turn.chunks]
        self._known += heard
        judged = self.judged
        kept = set(map(id, judged.heard))
        words: list[Word] = [word for each in heard if id(each) in kept for word in each.recognition.words]
        voices = [(each.voice, one.chunk.seconds) for each, one in zip(understood, heard, strict=True)]
        told = [voice * np.float32(seconds) for voice, seconds in voices if voice is not None]
        speaker = self._voices.whose(np.sum(told, axis=0)) if told and words else 0
        return Final(
            turn=turn.number,
            start=turn.start / SAMPLE_RATE,
            end=turn.end / SAMPLE_RATE,
            words=tuple(in_order(words, duration=self._tape.end / SAMPLE_RATE)),
            language=judged.language,
            speaker=speaker,
            processing=sum(each.processing for each in understood),
            chunks=len(turn.chunks),
        )


def _heard(chunk: _Chunk) -> Heard:
    assert chunk.understood is not None  # noqa: S101 - it is complete
    return Heard(0, Span(chunk.start / SAMPLE_RATE, chunk.end / SAMPLE_RATE), chunk.understood.recognition)
