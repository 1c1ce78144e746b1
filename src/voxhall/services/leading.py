"""Leads one session: what is captured goes into a conversation, and what comes of that into the session's record."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from voxhall.audio.pcm import BYTES, SAMPLE_RATE, read_pcm, to_pcm
from voxhall.audio.wav import header
from voxhall.domain import live
from voxhall.domain.session import Clip, EndReason, Session
from voxhall.domain.talk import Answered, Event, Sounding, Timed, Unvoiced, Voiced, Written
from voxhall.engines.protocols import Samples
from voxhall.errors import VoxhallError
from voxhall.log import logger
from voxhall.pipelines.converse import Conversation
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.services.agent import Equipment
from voxhall.services.research import Asking

log = logger(__name__)

BLOCK = 0.1
"""Seconds fed at once."""
Blocks = AsyncIterator[Samples]
Open = Callable[[], AbstractAsyncContextManager[Blocks]]
"""Opens what is captured: mono samples at 16 kHz."""
Converse = Callable[[], AbstractAsyncContextManager[Conversation]]


@dataclass
class Leading:
    """A session while it goes on."""

    session: Session
    asking: Asking
    """For whom."""
    equipment: Equipment
    folder: Path
    """Where what is said is kept."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever its record has changed."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by whoever wants it to end."""
    latency: float | None = None
    """Seconds from when somebody was done speaking to the first sound of the answer."""
    _turn_over: float = 0.0
    _sound: dict[int, list[Samples]] = field(default_factory=dict)
    """Sentences that are being spoken."""

    def heard(self, transcript: str) -> None:
        """Take all that is understood so far."""
        self.change(transcript=transcript)

    def change(self, **values: object) -> None:
        """Change the record."""
        self.session = replace(self.session, **values)  # type: ignore[arg-type]  # by name
        self.changed.set()

    async def lead(self, capture: Open, converse: Converse) -> None:
        """Lead it to its end, which `finish` records; raises what ended it early."""
        async with capture() as blocks, converse() as conversation:
            following = asyncio.create_task(self._follow(conversation))
            try:
                reason = await self._until_answered(conversation, blocks)
            except BaseException:
                following.cancel()
                raise
        await following
        if self.session.error is None:
            self.change(end_reason=reason)

    async def _until_answered(self, conversation: Conversation, blocks: Blocks) -> EndReason:
        """Listen until it is enough, and wait for the answer, unless somebody wants it all to end."""
        capturing = asyncio.create_task(self._capture(conversation, blocks))
        heeding = asyncio.create_task(self._heed(conversation, capturing))
        try:
            await asyncio.wait({capturing})
            reason: EndReason = "stopped_by_api" if capturing.cancelled() else capturing.result()
            await conversation.finish()
        finally:
            for task in (capturing, heeding):
                task.cancel()
            await asyncio.wait({capturing, heeding})
        return "stopped_by_api" if self.stop.is_set() else reason

    async def _heed(self, conversation: Conversation, capturing: asyncio.Task[EndReason]) -> None:
        await self.stop.wait()
        conversation.hush()
        capturing.cancel()

    async def _capture(self, conversation: Conversation, blocks: Blocks) -> EndReason:
        """Listen until somebody has spoken and fallen silent, it takes too long, or nothing more comes."""
        samples, most = 0, round(self.equipment.wish.longest * SAMPLE_RATE)
        async for block in blocks:
            taken = block[: most - samples]
            samples += len(taken)
            await conversation.feed(taken)
            self.change(captured_seconds=round(samples / SAMPLE_RATE, 3))
            if conversation.turns_ended:
                return "silence_timeout"
            if samples >= most:
                return "max_duration"
        return "completed"

    async def _follow(self, conversation: Conversation) -> None:
        """Record what happens."""
        async for event in conversation.events():
            await self._record(event)

    async def _record(self, event: Event) -> None:
        match event:
            case live.SpeechStarted():
                self.change(speech_started=True)
            case live.Partial() | live.Final():
                self.change(transcript=event.text)
            case Written():
                self.change(response=self.session.response + event.text)
            case live.TurnEnded():
                self._turn_over = time.monotonic()
            case Sounding():
                self._sounds(event)
            case Voiced():
                await self._keep(event)
            case Unvoiced():
                self._sound.pop(event.sentence, None)
                self._fail_sentence(event.sentence, event.error.message)
            case Answered():
                self._conclude(event)
            case Timed():
                self.change(timeline=(*self.session.timeline, event))

    def _sounds(self, event: Sounding) -> None:
        if self.latency is None:
            self.latency = round(time.monotonic() - self._turn_over, 3)
        self._sound.setdefault(event.sentence, []).append(event.samples)

    async def _keep(self, event: Voiced) -> None:
        sound = np.concatenate([np.zeros(0, np.float32), *self._sound.pop(event.sentence, [])])
        file = self.folder / f"{event.sentence:03}.wav"
        try:
            await asyncio.to_thread(_write, file, sound)
        except OSError as error:
            log.warning("what was said cannot be kept", error=error.strerror)
            self._fail_sentence(event.sentence, f"the sound cannot be kept: {error.strerror}")
            return
        clip = Clip(event.sentence, event.text, str(file), round(len(sound) / SPEECH_RATE, 3))
        self.change(clips=(*self.session.clips, clip))

    def _fail_sentence(self, sentence: int, why: str) -> None:
        self.change(tts_errors=(*self.session.tts_errors, f"sentence {sentence}: {why}"))

    def _conclude(self, event: Answered) -> None:
        if event.answer:
            self.change(citations=event.answer.citations)
        if event.error:
            self.fail(event.error)

    def fail(self, error: BaseException) -> None:
        """Record why it failed."""
        if not isinstance(error, VoxhallError):
            log.error("a session crashed", error=type(error).__name__)
        message = error.message if isinstance(error, VoxhallError) else "an internal error ended the session"
        self.change(error=message, end_reason="error")


async def paced(pcm: Path, factor: float) -> AsyncIterator[Samples]:
    """Give a 16 kHz file at a multiple of the pace at which it was spoken; 0 does not wait."""
    clock = asyncio.get_running_loop().time
    began, seconds = clock(), (await asyncio.to_thread(pcm.stat)).st_size / BYTES / SAMPLE_RATE
    place = 0.0
    while place < seconds:
        until = min(place + BLOCK, seconds)
        if factor:
            await asyncio.sleep(began + until / factor - clock())
        yield read_pcm(pcm, place, until)
        place = until


def _write(file: Path, sound: Samples) -> None:
    """Write a WAV file that is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    pcm = to_pcm(sound[None])
    unfinished.write_bytes(header(SPEECH_RATE, len(pcm)) + pcm)
    unfinished.replace(file)
