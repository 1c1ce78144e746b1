"""A recording becomes a transcript: decode, find speech, recognise chunk by chunk, settle the speakers.

Every finished chunk and window is put into the journal, so that work cut off by a crash goes on where it stopped.
The result depends on nothing but the recording, the options and the engines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from voxhall.domain.speech import Segment, SoundEvent, Span, Transcript, Turn, Word
from voxhall.domain.transcription import Options
from voxhall.domain.work import Journal
from voxhall.engines import wire
from voxhall.engines.protocols import (
    Aligner,
    Arrays,
    Decoded,
    Decoder,
    Diarizer,
    Recognition,
    Recognizer,
    SoundTagger,
    Vad,
)
from voxhall.pipelines.chunks import plan_chunks, speech_spans
from voxhall.pipelines.language import Heard, judge_language
from voxhall.pipelines.recognise import moved, recognise
from voxhall.pipelines.segments import in_order, numbered_by_first_speech, segments_of, speakers_of
from voxhall.pipelines.tracks import Track

Result = TypeVar("Result")

SOUND_BLOCK = 60.0
"""Seconds searched for sounds in one piece of work."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines to work with."""

    decoder: Decoder
    vad: Vad
    recognizer: Recognizer
    aligners: tuple[Aligner, ...]
    """Tried in order until one answers."""
    diarizer: Diarizer
    tagger: SoundTagger


def transcribe(recording: Path, folder: Path, tools: Tools, options: Options, journal: Journal) -> Transcript:
    """Transcribe a recording, working in `folder`, where `audio.opus` is left behind.

    Raises BrokenMedia, InvalidInput, Cancelled, EngineLost.
    """
    decoded = _decode(recording, folder, tools.decoder, options, journal)
    tracks = [Track(folder / "audio.pcm", n, decoded.channels, decoded.duration) for n in range(decoded.channels)]
    speech = [_find_speech(track, tools.vad, journal) for track in tracks]
    turns = _find_speakers(tracks, speech, tools.diarizer, options, journal)
    heard = _recognise(tracks, speech, tools, options, journal)
    journal.progress("finalizing", 97.0, len(heard), len(heard))
    judged = judge_language(heard, options.language)
    words = [in_order(judged.words(track.channel), duration=track.duration) for track in tracks]
    segments = _segments(words, turns, split=options.split)
    events = _find_sounds(tracks, words, tools.tagger, journal) if options.sounds else ()
    return Transcript(
        segments=segments,
        events=events,
        language=judged.language,
        duration=decoded.duration,
        chunks=len(heard),
        notice=judged.notice,
    )


def _decode(recording: Path, folder: Path, decoder: Decoder, options: Options, journal: Journal) -> Decoded:
    pcm, opus = folder / "audio.pcm", folder / "audio.opus"
    done = journal.get("decoded")
    if done is not None and pcm.exists() and opus.exists():
        return wire.decode(done, Decoded)
    journal.progress("decoding", 1.0, 0, 0)
    decoded = decoder.decode(str(recording), str(pcm), str(opus), split=options.split, longest=options.longest)
    journal.put("decoded", wire.encode(decoded))
    return decoded


def _find_speech(track: Track, vad: Vad, journal: Journal) -> np.ndarray:
    """Probability of speech for each 32 ms of a track."""
    name = f"speech/{track.channel}"
    if (done := journal.get(name)) is not None:
        return wire.decode(done, np.ndarray)
    journal.progress("decoding", 5.0, 0, 0)
    probabilities = track.speech(vad, journal.check)
    journal.put(name, wire.encode(probabilities))
    return probabilities


def _find_speakers(
    tracks: Sequence[Track], speech: Sequence[np.ndarray], diarizer: Diarizer, options: Options, journal: Journal
) -> tuple[Turn, ...]:
    if options.split or not options.diarize:
        return ()
    [track], [probabilities] = tracks, speech
    windows = diarizer.plan(track.duration, speech_spans(probabilities))
    observations: list[Arrays] = []
    for number, window in enumerate(windows):
        journal.progress("diarizing", 7.0 + 40.0 * number / len(windows), number, len(windows))
        look = partial(diarizer.observe, track.read(window))
        observations.append(_once(journal, f"window/{number}", dict, look))
    return diarizer.settle(windows, tuple(observations), options.speakers)


def _recognise(
    tracks: Sequence[Track], speech: Sequence[np.ndarray], tools: Tools, options: Options, journal: Journal
) -> list[Heard]:
    chunks = [(track, chunk) for track, p in zip(tracks, speech, strict=True) for chunk in plan_chunks(p)]
    heard = []
    for number, (track, planned) in enumerate(chunks):
        journal.progress("transcribing", 47.0 + 50.0 * number / len(chunks), number, len(chunks))
        chunk = Span(planned.start, min(planned.end, track.duration))
        listen = partial(
            recognise,
            track.read(chunk),
            chunk.start,
            tools.recognizer,
            tools.aligners,
            language=options.language,
            keywords=options.keywords,
        )
        name = f"chunk/{track.channel}/{number}"
        heard.append(Heard(track.channel, chunk, _once(journal, name, Recognition, listen)))
    return heard


def _once(journal: Journal, name: str, kind: type[Result], work: Callable[[], Result]) -> Result:
    """Do a piece of work unless the journal holds its result already."""
    journal.check()
    if (done := journal.get(name)) is not None:
        return wire.decode(done, kind)
    result = work()
    journal.put(name, wire.encode(result))
    return result


def _segments(words: Sequence[Sequence[Word]], turns: Sequence[Turn], *, split: bool) -> tuple[Segment, ...]:
    """Join the words of all tracks into segments; with `split` a track's number is its speaker."""
    found: list[Segment] = []
    for channel, said in enumerate(words):
        found += segments_of(said, [channel] * len(said) if split else speakers_of(said, turns))
    return numbered_by_first_speech(found)


def _find_sounds(
    tracks: Sequence[Track], words: Sequence[Sequence[Word]], tagger: SoundTagger, journal: Journal
) -> tuple[SoundEvent, ...]:
    events: list[SoundEvent] = []
    for track, said in zip(tracks, words, strict=True):
        for block in track.blocks(SOUND_BLOCK):
            journal.check()
            inside = tuple(moved(word, -block.start) for word in said if block.start <= word.start < block.end)
            events += (moved(event, block.start) for event in tagger.tag(track.read(block), inside))
    return tuple(sorted(events, key=lambda event: (event.start, event.end)))
