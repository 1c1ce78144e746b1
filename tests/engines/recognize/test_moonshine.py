"""Moonshine writes down English speech, says how sure it is, and invents nothing."""

from pathlib import Path

import jiwer
import pytest

from hearing import noise, samples_of, silence
from recordings import BECKETT, TWO_CITIES
from voxhall.engines.protocols import Recognition, Recognizer, Samples
from voxhall.engines.recognize import _moonshine_model, moonshine
from voxhall.engines.recognize._beam import search
from voxhall.errors import EngineUnavailable

OPENING = """it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness
it was the epoch of belief it was the epoch of incredulity"""


@pytest.fixture(scope="module")
def engine() -> Recognizer:
    """The engine with its default options, loaded once."""
    return moonshine.load(moonshine.MoonshineOptions(), Path())


def plain(recognition: Recognition) -> str:
    """Give the words, lower case, without punctuation."""
    return " ".join("".join(filter(str.isalnum, word.text.lower())) for word in recognition.words)


def heard(engine: Recognizer, samples: Samples, *keywords: str) -> Recognition:
    """Recognise without naming the language."""
    return engine.recognize(samples, language="auto", keywords=keywords)


def test_read_speech_is_written_down(engine: Recognizer) -> None:
    """At most one word in twenty of the opening of A Tale of Two Cities is wrong."""
    found = heard(engine, samples_of(TWO_CITIES, 0.8, 13.2))
    assert jiwer.wer(" ".join(OPENING.split()), plain(found)) < 0.05
    assert found.language == "en"
    assert found.language_probability > 0.9


def test_words_come_in_order_with_confidences_and_guessed_times(engine: Recognizer) -> None:
    """Guessed times fill the chunk from its beginning to its end and say that they are guesses."""
    found = heard(engine, samples_of(BECKETT))
    assert not found.timed
    assert found.words[0].start == 0.0
    assert found.words[-1].end == pytest.approx(len(samples_of(BECKETT)) / 16_000)
    assert all(before.end == after.start for before, after in zip(found.words, found.words[1:], strict=False))
    assert all(0.0 < word.confidence <= 1.0 for word in found.words)


def test_a_chunk_does_not_influence_the_next(engine: Recognizer) -> None:
    """Recognition is a pure function."""
    samples = samples_of(BECKETT, 0.0, 4.0)
    before = heard(engine, samples)
    heard(engine, noise(2.0))
    assert heard(engine, samples) == before


@pytest.mark.parametrize("samples", [silence(0.0), silence(0.05), silence(3.0), noise(3.0)])
def test_nothing_is_heard_where_nobody_speaks(engine: Recognizer, samples: Samples) -> None:
    """Neither silence nor noise becomes words that anyone is told to believe."""
    found = heard(engine, samples)
    assert not found.words or found.language_probability < 0.5


@pytest.mark.parametrize("gain", [0.003, 6.0], ids=["very quiet", "clipped"])
def test_loudness_hardly_matters(engine: Recognizer, gain: float) -> None:
    """A recording that is far too quiet or too loud is still understood."""
    samples = (samples_of(TWO_CITIES, 0.8, 4.6) * gain).clip(-1, 1) + 0.1
    assert jiwer.wer("it was the best of times it was the worst of times", plain(heard(engine, samples))) < 0.2


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine says how to get the right files."""
    monkeypatch.setitem(_moonshine_model.SHA256, "encoder_model.ort", "that of something else")
    with pytest.raises(EngineUnavailable, match="pip install"):
        _moonshine_model.MoonshineModel()


def test_a_keyword_is_spelt_as_the_caller_wishes(engine: Recognizer) -> None:
    """What sounds like a keyword is written like it."""
    samples = samples_of(TWO_CITIES, 0.8, 4.6)
    assert "Besst" in [word.text for word in heard(engine, samples, "Besst").words]
    assert "Besst" not in [word.text for word in heard(engine, samples).words]


def test_a_wider_search_finds_texts_that_are_at_least_as_likely() -> None:
    """Beam search keeps what greedy search finds, or better."""
    model = _moonshine_model.MoonshineModel()
    hearing, step = model.listen(samples_of(BECKETT, 0.0, 4.0))
    greedy, wide = (search(model, hearing, step, width=width, longest=40)[0] for width in (1, 4))
    assert wide.complete
    assert wide.mean >= greedy.mean
