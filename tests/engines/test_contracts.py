"""What every engine promises, whoever wrote it; run against all that are usable here, in engine processes."""

import re
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from hearing import noise, samples_of, silence
from lending import ENGINES, Lender, every
from recordings import TWO_CITIES, TWO_SPEAKERS
from voxhall.domain.speech import Span, SpeakerCount, Word
from voxhall.engines.host import Host
from voxhall.engines.protocols import (
    SAMPLE_RATE,
    Aligner,
    Decoder,
    Diarizer,
    Identifier,
    Recognizer,
    Samples,
    SoundTagger,
    Vad,
)
from voxhall.engines.registry import ABILITIES, Engine, Registry
from voxhall.errors import BrokenMedia, EngineUnavailable, InvalidInput

P = TypeVar("P")

SPEECH = 5 * samples_of(TWO_CITIES, 1.0, 7.0)  # a quiet recording
NOTHING = silence(0)
TAGS = {"breath", "laugh", "hesitation", "pause", "env", "tut", "sigh", "sniff", "cough", "emphasis", "elongation"}
COUNTS = [SpeakerCount(), SpeakerCount(1, 1), SpeakerCount(2, 2), SpeakerCount(at_most=3)]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: f"{engine.ability}/{engine.name}")
class TestDescription:
    """Everything that people and programs read about an engine."""

    def test_says_what_it_is(self, engine: Engine, host: Host) -> None:
        """It has a name to type, one line for people, a licence, known languages, and can be made elsewhere."""
        assert engine.ability in ABILITIES
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", engine.name)
        assert engine.summary
        assert "\n" not in engine.summary
        assert engine.licence
        assert all(re.fullmatch(r"[a-z]{2,3}", language) for language in engine.languages or ())
        assert host.recipe(engine).engine == f"{engine.ability}/{engine.name}"

    def test_absent_needs_are_reported(self, engine: Engine, tmp_path: Path) -> None:
        """Without a package that it needs it is listed with the reason, and never chosen."""
        installed = all(find_spec(module) for module in engine.needs)
        assert installed or engine.rank > 0, "the base installation has all that its engines need"
        lacking = replace(engine, needs=("a_package_that_nobody_has", *engine.needs))
        registry = Registry(tmp_path, engines=(lacking,))
        assert registry.of(engine.ability) == (lacking,)
        assert "a_package_that_nobody_has" in (registry.missing(lacking) or "")
        assert registry.usable(engine.ability) == ()
        for name in ("auto", engine.name):
            with pytest.raises(EngineUnavailable, match="a_package_that_nobody_has"):
                registry.choose(engine.ability, name=name)


def test_names_are_unique() -> None:
    """A name means one engine of an ability."""
    named = [(engine.ability, engine.name) for engine in ENGINES]
    assert len(set(named)) == len(named)


@every("vad")
class TestVad:
    """Finds speech."""

    @pytest.mark.parametrize("samples", [NOTHING, SPEECH, SPEECH[:512], SPEECH[:700]], ids=len)
    def test_one_probability_a_frame(self, samples: Samples, lender: Lender) -> None:
        """Each begun frame of 32 ms gets a probability."""
        probabilities = lender.lend(Vad).listen(samples, None).probabilities
        assert probabilities.shape == (ceil(len(samples) / 512),)
        assert probabilities.dtype == np.float32
        assert np.all((probabilities >= 0) & (probabilities <= 1))

    def test_speech_is_told_from_silence(self, lender: Lender) -> None:
        """Speech is mostly speech, digital silence never."""
        vad = lender.lend(Vad)
        assert np.mean(vad.listen(SPEECH, None).probabilities > 0.5) > 0.5
        assert np.max(vad.listen(silence(2), None).probabilities) < 0.5

    def test_blocks_of_a_stream_join(self, lender: Lender) -> None:
        """A stream cut into blocks is judged as if it came in one, with nothing kept but the state."""
        vad = lender.lend(Vad)
        whole = vad.listen(SPEECH, None).probabilities
        first = vad.listen(SPEECH[: 512 * 60], None)
        vad.listen(noise(1), None)
        second = vad.listen(SPEECH[512 * 60 :], first.state)
        np.testing.assert_allclose(np.concatenate([first.probabilities, second.probabilities]), whole, atol=1e-4)


@every("recognize")
class TestRecognizer:
    """Turns speech into words."""

    @pytest.mark.parametrize("samples", [SPEECH, np.resize(SPEECH, 30 * SAMPLE_RATE), SPEECH[:100]], ids=len)
    def test_words_lie_within_the_sound(self, samples: Samples, lender: Lender) -> None:
        """Words are written without blanks, in order, within the chunk, with probabilities."""
        found = lender.lend(Recognizer).recognize(samples, language="en", keywords=())
        seconds = len(samples) / SAMPLE_RATE
        assert all(word.text and not re.search(r"\s", word.text) for word in found.words)
        assert all(0 <= word.start <= word.end <= seconds + 0.01 for word in found.words)
        assert all(0 <= word.confidence <= 1 for word in found.words)
        assert all(a.start <= b.start for a, b in pairwise(found.words))
        assert 0 <= found.language_probability <= 1
        assert found.language == "en"

    @pytest.mark.parametrize("samples", [NOTHING, silence(3)], ids=len)
    @pytest.mark.parametrize("language", ["auto", "en"])
    def test_silence_has_no_words(self, samples: Samples, language: str, lender: Lender) -> None:
        """Nothing is invented where nothing is."""
        assert lender.lend(Recognizer).recognize(samples, language=language, keywords=()).words == ()

    def test_speech_has_words(self, lender: Lender) -> None:
        """Something is heard, in a language that the engine says it knows; keywords do no harm."""
        recognizer = lender.lend(Recognizer)
        found = recognizer.recognize(SPEECH, language="auto", keywords=())
        assert found.words
        assert lender.engine.languages is None or found.language in lender.engine.languages
        assert recognizer.recognize(SPEECH, language="en", keywords=("Dickens", "Voxhall")).words

    def test_the_same_again(self, lender: Lender) -> None:
        """What came between does not change a result."""
        recognizer = lender.lend(Recognizer)
        first = recognizer.recognize(SPEECH, language="en", keywords=())
        recognizer.recognize(noise(2), language="auto", keywords=("Voxhall",))
        assert recognizer.recognize(SPEECH, language="en", keywords=()) == first


@every("align")
class TestAligner:
    """Finds when each word of a known text was said."""

    @pytest.mark.parametrize("samples", [SPEECH, noise(1), silence(1), SPEECH[:100], NOTHING], ids=len)
    @pytest.mark.parametrize("words", [(), ("times",), ("It", "was", "the", "best", "of", "ጊዜያት,", "42", "—")], ids=len)
    def test_a_span_for_each_word_or_none_at_all(
        self, samples: Samples, words: tuple[str, ...], lender: Lender
    ) -> None:
        """Spans are in order and within the sound; where it cannot be done, that is said."""
        aligner = lender.lend(Aligner)
        spans = aligner.align(samples, words)
        assert aligner.align(samples, words) == spans
        if spans is not None:
            assert len(spans) == len(words)
            assert all(0 <= span.start <= span.end <= len(samples) / SAMPLE_RATE + 0.01 for span in spans)
            assert all(a.start <= b.start for a, b in pairwise(spans))


@every("diarize")
class TestDiarizer:
    """Finds who speaks when."""

    def test_windows_lie_where_speech_is(self, lender: Lender) -> None:
        """Without speech there is nothing to look at; otherwise all of it is looked at."""
        diarizer = lender.lend(Diarizer)
        assert diarizer.plan(60.0, ()) == ()
        windows = diarizer.plan(60.0, (Span(12.0, 30.0), Span(31.0, 33.0)))
        assert all(0 <= window.start < window.end <= 60 for window in windows)
        assert all(a.start <= b.start for a, b in pairwise(windows))
        seen = [any(w.start <= time <= w.end for w in windows) for time in np.arange(12.0, 30.0, 0.5)]
        assert all(seen)

    @pytest.mark.parametrize("speakers", COUNTS, ids=lambda count: f"{count.at_least}-{count.at_most}")
    def test_turns_are_numbered_by_first_speech(self, speakers: SpeakerCount, lender: Lender) -> None:
        """Turns are in order, within the recording, by no more speakers than the caller says."""
        diarizer = lender.lend(Diarizer)
        samples = samples_of(TWO_SPEAKERS)
        seconds = len(samples) / SAMPLE_RATE
        windows = diarizer.plan(seconds, (Span(0.0, seconds),))
        pieces = [samples[int(w.start * SAMPLE_RATE) : int(w.end * SAMPLE_RATE)] for w in windows]
        observations = tuple(map(diarizer.observe, pieces))
        turns = diarizer.settle(windows, observations, speakers)
        assert turns
        assert turns == diarizer.settle(windows, observations, speakers)
        assert all(0 <= turn.start < turn.end <= seconds + 0.01 for turn in turns)
        assert all(a.start <= b.start for a, b in pairwise(turns))
        order = list(dict.fromkeys(turn.speaker for turn in turns))
        assert order == list(range(len(order)))
        assert len(order) <= (speakers.at_most or len(order))

    def test_nothing_said_is_nobody(self, lender: Lender) -> None:
        """No windows, no turns; windows of silence, no turns."""
        diarizer = lender.lend(Diarizer)
        assert diarizer.settle((), (), SpeakerCount()) == ()
        quiet = diarizer.observe(silence(10))
        assert diarizer.settle((Span(0.0, 10.0),), (quiet,), SpeakerCount()) == ()


@every("identify")
class TestIdentifier:
    """Knows people by their voices."""

    def test_one_voice_is_nearer_to_itself_than_to_another(self, lender: Lender) -> None:
        """By the cosine of unit vectors."""
        identifier = lender.lend(Identifier)
        stretches = [(TWO_CITIES, 1.0, 5.0), (TWO_CITIES, 10.0, 15.0), (TWO_SPEAKERS, 1.0, 5.0)]
        one, again, other = (identifier.embed(samples_of(*each)) for each in stretches)
        assert abs(float(one @ one) - 1) < 1e-4
        assert float(one @ again) > 0.5
        assert float(one @ other) < 0.35

    @pytest.mark.parametrize("samples", [NOTHING, SPEECH[:100]], ids=len)
    def test_nearly_nothing_is_nobody(self, samples: Samples, lender: Lender) -> None:
        """Zeros."""
        assert not lender.lend(Identifier).embed(samples).any()


@every("sounds")
class TestSoundTagger:
    """Finds sounds that are not words."""

    @pytest.mark.parametrize("samples", [NOTHING, silence(3), noise(3), SPEECH], ids=len)
    @pytest.mark.parametrize("words", [(), (Word("It", 0.2, 0.4, 0.9), Word("was", 2.0, 2.4, 0.9))], ids=len)
    def test_events_are_known_and_in_order(self, samples: Samples, words: tuple[Word, ...], lender: Lender) -> None:
        """Each event has a tag of the list, lies within the sound or its words, and comes in order of start."""
        tagger = lender.lend(SoundTagger)
        events = tagger.tag(samples, words)
        assert tagger.tag(samples, words) == events
        end = max([len(samples) / SAMPLE_RATE, *(word.end for word in words)])
        assert {event.tag for event in events} <= TAGS
        assert all(0 <= event.start <= event.end <= end + 0.01 for event in events)
        assert all(0 <= event.confidence <= 1 for event in events)
        assert all(a.start <= b.start for a, b in pairwise(events))


@every("decode")
class TestDecoder:
    """Reads recordings."""

    def test_a_recording_is_written_twice(self, lender: Lender, tmp_path: Path) -> None:
        """As samples for engines and as Opus for people, of the length that it says."""
        pcm, opus = tmp_path / "pcm", tmp_path / "opus"
        decoder = lender.lend(Decoder)
        decoded = decoder.decode(str(TWO_SPEAKERS), str(pcm), str(opus), split=False, longest=3600.0)
        assert decoded.channels == 1
        assert decoded.duration == pytest.approx(len(samples_of(TWO_SPEAKERS)) / SAMPLE_RATE, abs=0.05)
        assert pcm.stat().st_size == pytest.approx(decoded.duration * SAMPLE_RATE * 2, abs=2)
        assert opus.read_bytes().startswith(b"OggS")

    @pytest.mark.parametrize("content", [b"", b"not audio at all" * 100, TWO_SPEAKERS.read_bytes()[:20]], ids=len)
    def test_what_is_not_audio_is_broken(self, content: bytes, lender: Lender, tmp_path: Path) -> None:
        """Garbage ends as an error that says so."""
        (tmp_path / "broken").write_bytes(content)
        decoder = lender.lend(Decoder)
        places = [str(tmp_path / name) for name in ("broken", "pcm", "opus")]
        with pytest.raises(BrokenMedia):
            decoder.decode(*places, split=False, longest=3600.0)

    def test_what_is_too_long_is_refused(self, lender: Lender, tmp_path: Path) -> None:
        """Decoding stops at the longest duration allowed."""
        decoder = lender.lend(Decoder)
        with pytest.raises(InvalidInput):
            decoder.decode(str(TWO_SPEAKERS), str(tmp_path / "pcm"), str(tmp_path / "opus"), split=False, longest=5.0)
