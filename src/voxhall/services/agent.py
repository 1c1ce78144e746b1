"""What an agent listens, answers and speaks with: engines of this platform, or the services that a session names."""

import asyncio
import io
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
from pydantic import AnyHttpUrl

from voxhall.audio.decode import open_recording
from voxhall.audio.pcm import BYTES, from_pcm, to_pcm
from voxhall.audio.wav import header
from voxhall.domain.knowledge import LONGEST, Answer, Question
from voxhall.domain.record import Caller
from voxhall.domain.research import Found
from voxhall.domain.session import Wish
from voxhall.domain.speech import UNKNOWN_LANGUAGE, Word
from voxhall.domain.talk import Exchange
from voxhall.domain.transcription import Options
from voxhall.domain.voice import Order
from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.errors import BrokenMedia, InvalidInput, UpstreamFailed
from voxhall.net import callouts
from voxhall.net.callouts import Service
from voxhall.net.guard import Guarded
from voxhall.pipelines.converse import Speak, Write
from voxhall.pipelines.listen import Desk, Listener, Manner
from voxhall.pipelines.loudness import Loudness
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.pipelines.turns import Rules
from voxhall.services.cast import Cast
from voxhall.services.renders import Renders
from voxhall.services.research import READ, Asking, Research
from voxhall.services.tools import Toolbox
from voxhall.settings import Settings

CHUNK = 14.0
"""Seconds that our own recogniser is given at most at once."""
NEVER = 3600.0
"""Seconds between partial words where each would be one more request to somebody else."""

Heard = Callable[[str], None]
"""Takes all that has been transcribed so far."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What one session works with."""

    wish: Wish
    voice: str
    """Who speaks, where that happens here."""
    analyzer: Service | None
    rag: Service | None
    tts: Service | None


class Agent:
    """Equips sessions; everything is shared but what `Equipment` holds."""

    def __init__(  # noqa: PLR0913 - what it is composed of
        self,
        *,
        toolbox: Toolbox,
        desk: Desk,
        research: Research,
        renders: Renders,
        cast: Cast,
        guarded: Guarded,
        trusted: Guarded,
        settings: Settings,
    ) -> None:
        """`guarded` is for addresses that callers give, `trusted` for those of the settings."""
        self._toolbox = toolbox
        self._desk = desk
        self._research = research
        self._renders = renders
        self._cast = cast
        self._guarded = guarded
        self._trusted = trusted
        self._settings = settings

    async def equip(self, caller: Caller, wish: Wish) -> Equipment:
        """See what a session needs, before it begins.

        Raises InvalidInput, AddressRefused, UpstreamFailed, NotFound for a voice, and EngineUnavailable.
        """
        settings = self._settings
        wish = replace(
            wish,
            tts_voice=wish.tts_voice or settings.tts_voice,
            tts_instructions=wish.tts_instructions or settings.tts_instructions,
        )
        made = Equipment(
            wish,
            voice=wish.tts_voice or self._cast.voices[0].id,
            analyzer=await self._service("analyzer", wish.analyzer_url, settings.analyzer_url),
            rag=await self._service("RAG service", wish.rag_url, settings.rag_url),
            tts=await self._service("TTS service", wish.tts_url, settings.tts_url),
        )
        if made.analyzer is None:
            self._toolbox.check(Options(language=wish.language))
        if made.tts is None:
            await self._renders.voice(caller, made.voice)
            self._renders.warm()
        return made

    async def _service(self, name: str, given: str | None, usual: AnyHttpUrl | None) -> Service | None:
        default = str(usual) if usual else None
        url = given or default
        if url is None:
            return None
        if url == default:
            return Service(name, url, self._trusted, self._settings.callout_seconds)
        try:
            await self._guarded.check(url)
        except InvalidInput as error:
            param = f"{name.partition(' ')[0].lower()}_url"
            raise type(error)(f"{param}: {error.message}", param=param) from error
        return Service(name, url, self._guarded, self._settings.callout_seconds)

    def listener(self, scopes: ExitStack, equipment: Equipment, heard: Heard) -> Listener:
        """Make what a session listens with; its work ends with `scopes`. Raises EngineUnavailable."""
        wish, analyzer = equipment.wish, equipment.analyzer
        # who speaks on after this silence is not listened to any more
        rules = Rules(silence=wish.silence_seconds, settled=min(wish.chunk_seconds, CHUNK), longest=CHUNK)
        vad = Loudness(wish.silence_threshold)
        if analyzer is None:
            tools = replace(self._toolbox.listen(scopes, Options(language=wish.language), "auto"), vad=vad)
            return Listener(tools, Manner(wish.language, partials=True, rules=rules), self._desk)
        chunk = wish.chunk_seconds
        # no pause is looked at before the turn is over: each look would be one more request
        rules = replace(rules, pause=wish.silence_seconds, settled=chunk, longest=chunk, interval=NEVER)
        remote = _Analyzer(analyzer, wish, heard)
        scopes.callback(remote.close)
        tools = replace(
            self._toolbox.listen(scopes, Options(), "auto"), vad=vad, recognizer=remote, drafter=remote, aligners=()
        )
        return Listener(tools, Manner(wish.language, rules=rules), self._desk)

    def writer(self, asking: Asking, equipment: Equipment) -> Write:
        """Make what answers."""

        async def write(question: str, earlier: Sequence[Exchange]) -> AsyncGenerator[str | Answer]:
            following = replace(asking, earlier=tuple(earlier))
            parts = self._research.answer(following, Question(question[:LONGEST], READ), style="spoken")
            async with aclosing(parts):
                async for part in parts:
                    if not isinstance(part, Found):
                        yield part

        async def call(question: str, _: Sequence[Exchange]) -> AsyncGenerator[str | Answer]:
            assert equipment.rag  # noqa: S101 - chosen only where there is one
            async with aclosing(callouts.ask(equipment.rag, question)) as pieces:
                async for piece in pieces:
                    yield piece

        return call if equipment.rag else write

    def speaker(self, caller: Caller, equipment: Equipment) -> Speak:
        """Make what speaks a sentence, at 24 kHz."""

        async def speak(text: str) -> AsyncGenerator[Samples]:
            # streamed: nobody listens to it before it is heard
            order = Order(equipment.voice, text, verify=False, seed=secrets.randbelow(2**32))
            async with self._renders.begin(caller, order) as rendering, aclosing(rendering.blocks()) as blocks:
                async for block in blocks:
                    yield from_pcm(block)

        async def call(text: str) -> AsyncGenerator[Samples]:
            assert equipment.tts  # noqa: S101 - likewise
            wish = equipment.wish
            given = {
                "model": wish.tts_model,
                "input": text,
                "voice": wish.tts_voice,
                "language": wish.tts_language,
                "instructions": wish.tts_instructions,
                "response_format": "wav",
            }
            wav = await callouts.speak(equipment.tts, given)
            yield await asyncio.to_thread(_sound, equipment.tts, wav)

        return call if equipment.tts else speak


class _Analyzer:
    """A recogniser elsewhere; asked from threads, while the event loop does the asking."""

    def __init__(self, service: Service, wish: Wish, heard: Heard) -> None:
        self._service = service
        self._wish = wish
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._asked: list[Future[str]] = []

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Have one chunk transcribed; raises UpstreamFailed, UpstreamTimeout."""
        del keywords
        pcm = to_pcm(samples[None])
        asking = callouts.transcribe(
            self._service,
            header(SAMPLE_RATE, len(pcm)) + pcm,
            language=None if language == "auto" else language,
            temperature=self._wish.temperature,
        )
        answer = asyncio.run_coroutine_threadsafe(asking, self._loop)
        self._asked.append(answer)
        text = answer.result()
        self._loop.call_soon_threadsafe(self._tell)
        spread = np.linspace(0.0, len(samples) / SAMPLE_RATE, len(text.split()) + 1).tolist()
        words = tuple(map(Word, text.split(), spread, spread[1:], repeat(1.0)))
        known = UNKNOWN_LANGUAGE if language == "auto" else language
        return Recognition(words, timed=True, language=known, language_probability=1.0)

    def close(self) -> None:
        """Give up what nobody waits for any more."""
        for each in self._asked:
            each.cancel()

    def _tell(self) -> None:
        """Say what has been transcribed up to the first chunk that is still on its way."""
        texts = []
        for each in self._asked:
            if not each.done() or each.cancelled() or each.exception():
                break
            texts.append(each.result())
        self._heard(" ".join(text for text in texts if text))


def _sound(service: Service, wav: bytes) -> Samples:
    """Read a sentence that somebody else has spoken; raises UpstreamFailed."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise UpstreamFailed(f"the {service.name} answered with something that is no WAV file")
    try:
        with open_recording(io.BytesIO(wav), rate=SPEECH_RATE) as recording:
            blocks = [block[0] for block in recording.blocks]
    except BrokenMedia as error:
        raise UpstreamFailed(f"the {service.name} answered with a WAV file that is broken") from error
    sound = np.concatenate([np.zeros(0, np.float32), *blocks])
    if len(sound) < BYTES:
        raise UpstreamFailed(f"the {service.name} answered without any sound")
    return sound
