"""Speaks a script: chunk by chunk, streamed as the voice makes it, or listened to before anybody hears it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from voxhall.audio.resample import resampled
from voxhall.domain.speech import Span, Word
from voxhall.domain.voice import Order, Shape, Spoken
from voxhall.engines.protocols import (
    MARGIN,
    SAMPLE_RATE,
    Aligner,
    Phonemizer,
    Recognizer,
    Samples,
    Shaper,
    Style,
    Synthesizer,
    Utterance,
)
from voxhall.pipelines.script import Chunk, Item
from voxhall.text.markup import Cue, Pause
from voxhall.text.phonemes import ends_alike, error_rate

SPEECH_RATE = 24_000
"""Hertz, of everything that is spoken."""
TAKES = 3
"""How often a chunk is rendered at most until it is heard as it is written."""
MISREAD = 0.2
"""Phoneme error rate from which a chunk counts as misread: one in fifty good sentences, every wrong one."""
FADE = 0.02
"""Seconds in which sound that is cut off dies away."""
CUE_SPEED = 0.7
"""Speed of the vowel that a cue is made of: there must be enough of it."""
SECONDS_PER_CHARACTER = 0.2
"""What the slowest voice takes for a character of spoken text, three times what is usual."""
GRACE = 5.0
"""Seconds that any render may take beside that."""


@dataclass(frozen=True, slots=True)
class Part:
    """Who speaks a language."""

    synthesizer: Synthesizer
    base: str
    """The synthesizer's own name for the voice."""
    speed: float = 1.0
    shape: Shape = field(default_factory=Shape)
    reference: Samples | None = None
    """A clip of the voice to be imitated, float32 mono at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines that a render needs."""

    parts: Mapping[str, Part]
    """By language."""
    language: str
    """Whose part makes the cues."""
    shaper: Shaper
    phonemizer: Phonemizer
    recognizers: Mapping[str, Recognizer]
    """By language; a chunk in any other is not verified."""
    aligners: Mapping[str, tuple[Aligner, ...]]
    """By language, for voices that do not tell when they say what."""


def speak(script: Sequence[Item], tools: Tools, order: Order) -> Iterator[Samples | Spoken]:
    """Give the sound of a script, float32 mono at 24 kHz, block by block, and after each chunk what was said.

    Raises InvalidInput, Cancelled, EngineLost, EngineFailed.
    """
    elapsed, longest = 0.0, order.longest or _expected(script, order.speed)
    for given in _perform(script, tools, order):
        if isinstance(given, Spoken):
            yield _moved(given, elapsed - given.end)
            continue
        left = round((longest - elapsed) * SPEECH_RATE)
        if len(given) > left:
            yield _faded(given[:left])
            return
        elapsed += len(given) / SPEECH_RATE
        yield given


def _expected(script: Sequence[Item], speed: float) -> float:
    """Give the seconds after which a render of this script must have gone astray."""
    characters = sum(len(item.spoken) for item in script if isinstance(item, Chunk))
    pauses = sum(item.seconds for item in script if isinstance(item, Pause))
    cues = sum(isinstance(item, Cue) for item in script)
    return GRACE + pauses + 2 * cues + characters * SECONDS_PER_CHARACTER / min(speed, 1.0)


def _perform(script: Sequence[Item], tools: Tools, order: Order) -> Iterator[Samples | Spoken]:
    """Give sound, and what was said counted from the beginning of its chunk."""
    for number, item in enumerate(script):
        match item:
            case Pause(seconds):
                yield _silence(seconds)
            case Cue(name):
                yield _cue(name, tools, order, number)
            case Chunk():
                yield from _spoken(item, tools, order, number)
                yield _silence(item.pause if number + 1 < len(script) else 0.0)


def _spoken(chunk: Chunk, tools: Tools, order: Order, number: int) -> Iterator[Samples | Spoken]:
    if order.verify and chunk.language in tools.recognizers:
        yield from _best_take(chunk, tools, order, number)
        return
    utterance, blocks = _render(chunk, tools, order, (number, 0))
    given = []
    for block in blocks:
        given.append(block)
        yield block
    yield _described(chunk, utterance, np.concatenate(given), tools)


def _best_take(chunk: Chunk, tools: Tools, order: Order, number: int) -> tuple[Samples, Spoken]:
    """Render until it is heard as it is written, or give the take that came nearest."""
    takes: list[tuple[float, Samples, Spoken]] = []
    verified = False
    while not verified and len(takes) < TAKES:
        utterance, blocks = _render(chunk, tools, order, (number, len(takes)))
        sound = np.concatenate(list(blocks))
        error, complete = _misheard(chunk, sound, tools)
        verified = complete and error <= MISREAD
        said = replace(_described(chunk, utterance, sound, tools), error=round(error, 4), verified=verified)
        takes.append((error if complete else error + 1, sound, said))
    _, sound, said = min(takes, key=lambda take: take[0])
    return sound, replace(said, takes=len(takes))


def _misheard(chunk: Chunk, sound: Samples, tools: Tools) -> tuple[float, bool]:
    """Listen: give the phoneme error rate, and whether the last words were said."""
    recognizer = tools.recognizers[chunk.language]
    recognition = recognizer.recognize(_for_listening(sound), language=chunk.language, keywords=())
    heard = " ".join(word.text for word in recognition.words)
    expected, got = tools.phonemizer.phonemes((chunk.spoken, heard), chunk.language)
    return error_rate(expected, got), ends_alike(expected, got)


def _render(chunk: Chunk, tools: Tools, order: Order, place: tuple[int, int]) -> tuple[Utterance, Iterator[Samples]]:
    """Plan a take of a chunk; the sound comes as it is asked for."""
    part = tools.parts[chunk.language]
    style = Style(order.temperature, order.speed * part.speed, (order.seed, *place))
    utterance = part.synthesizer.prepare(chunk.words, part.base, chunk.language, style, part.reference)
    return utterance, resampled(_shaped(utterance, part, tools.shaper), utterance.rate, SPEECH_RATE)


def _shaped(utterance: Utterance, part: Part, shaper: Shaper) -> Iterator[Samples]:
    """Turn the base's sound into the voice's; what comes next may still change the last moments of a block."""
    rendered = map(part.synthesizer.render, utterance.pieces)
    if part.shape == Shape():
        yield from rendered
        return
    raw, given = np.zeros(0, np.float32), 0
    for number, block in enumerate(rendered, 1):
        raw = np.concatenate([raw, block])
        settled = len(raw) if number == len(utterance.pieces) else len(raw) - round(MARGIN * utterance.rate)
        if settled > given:
            yield shaper.reshape(raw, utterance.rate, part.shape)[given:settled]
            given = settled


def _cue(name: str, tools: Tools, order: Order, number: int) -> Samples:
    """Make a sound that is not a word, out of the voice's own."""
    part = tools.parts[tools.language]
    text = "um," if name == "hesitate" else "ah,"
    style = Style(order.temperature, order.speed * part.speed * CUE_SPEED, (order.seed, number))
    utterance = part.synthesizer.prepare((text,), part.base, tools.language, style, part.reference)
    sound = np.concatenate(list(_shaped(utterance, part, tools.shaper)))
    if name != "hesitate":
        [chance] = np.random.SeedSequence((order.seed, number)).generate_state(1)
        sound = tools.shaper.cue(name, sound, utterance.rate, int(chance))
    return np.concatenate(list(resampled([sound], utterance.rate, SPEECH_RATE)))


def _described(chunk: Chunk, utterance: Utterance, sound: Samples, tools: Tools) -> Spoken:
    """Tell what was said when, counted from the beginning of the chunk."""
    spans = utterance.words or _aligned(chunk, sound, tools.aligners.get(chunk.language, ()))
    texts = [token.written for token in chunk.tokens]
    words = tuple(Word(text, s.start, s.end, 1.0) for text, s in zip(texts, spans, strict=True))
    return Spoken(" ".join(texts), 0.0, len(sound) / SPEECH_RATE, words)


def _aligned(chunk: Chunk, sound: Samples, aligners: Sequence[Aligner]) -> tuple[Span, ...]:
    """Find the words in the sound; where nobody can, each has all of it."""
    samples = _for_listening(sound)
    found = (aligner.align(samples, chunk.words) for aligner in aligners)
    everywhere = (Span(0.0, len(sound) / SPEECH_RATE),) * len(chunk.words)
    return next((spans for spans in found if spans is not None), everywhere)


def _for_listening(sound: Samples) -> Samples:
    """Give the samples as engines that listen want them."""
    return np.concatenate(list(resampled([sound], SPEECH_RATE, SAMPLE_RATE)))


def _moved(spoken: Spoken, seconds: float) -> Spoken:
    words = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in spoken.words)
    return replace(spoken, start=spoken.start + seconds, end=spoken.end + seconds, words=words)


def _faded(sound: Samples) -> Samples:
    """Let the last moments die away."""
    tail = min(len(sound), round(FADE * SPEECH_RATE))
    envelope = np.ones(len(sound), np.float32)
    envelope[len(sound) - tail :] = np.linspace(1, 0, tail, dtype=np.float32)
    return sound * envelope


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SPEECH_RATE), np.float32)
