"""Moonshine writes down English speech, says how sure it is, and invents nothing."""

from pathlib import Path

import jiwer
import pytest

from hearing import noise, samples_of, silence
from recordings import BECKETT, TWO_CITIES
from voxhall.engines.protocols import Recognition, Samples
from voxhall.engines.recognize import _moonshine_model, moonshine
from voxhall.errors import EngineUnavailable

OPENING = """it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness
it was the epoch of belief it was the epoch of incredulity"""


@pytest.fixture(scope="module")
def engine() -> moonshine.Moonshine:
    """The engine with its default options, loaded once."""
    return moonshine.load(moonshine.MoonshineOptions(), Path())


def plain(recognition: Recognition) -> str:
    """Give the words, lower case, without punctuation."""
    return " ".join("".join(filter(str.isalnum, word.text.lower())) for word in recognition.words)


def heard(engine: moonshine.Moonshine, samples: Samples, *keywords: str) -> Recognition:
    """Recognise without naming the language."""
    return engine.recognize(samples, language="auto", keywords=keywords)


def test_read_speech_is_written_down(engine: moonshine.Moonshine) -> None:
    """At most one word in twenty of the opening of A Tale of Two Cities is wrong."""
    found = heard(engine, samples_of(TWO_CITIES, 0.8, 13.2))
    assert jiwer.wer(" ".join(OPENING.split()), plain(found)) < 0.05
    assert found.language == "en"
    assert found.language_probability > 0.9


def test_words_come_in_order_with_confidences_and_guessed_times(engine: moonshine.Moonshine) -> None:
    """Guessed times fill the chunk from its beginning to its end and say that they are guesses."""
    found = heard(engine, samples_of(BECKETT))
    assert not found.timed
    assert found.words[0].start == 0.0
    assert found.words[-1].end == pytest.approx(len(samples_of(BECKETT)) / 16_000)
    assert all(before.end == after.start for before, after in zip(found.words, found.words[1:], strict=False))
    assert all(0.0 < word.confidence <= 1.0 for word in found.words)


def test_a_chunk_does_not_influence_the_next(engine: moonshine.Moonshine) -> None:
    """Recognition is a pure function."""
    samples = samples_of(BECKETT, 0.0, 4.0)
    before = heard(engine, samples)
    heard(engine, noise(2.0))
    assert heard(engine, samples) == before


@pytest.mark.parametrize("samples", [silence(0.0), silence(0.05), silence(3.0), noise(3.0)])
def test_nothing_is_heard_where_nobody_speaks(engine: moonshine.Moonshine, samples: Samples) -> None:
    """Neither silence nor noise becomes words that anyone is told to believe."""
    found = heard(engine, samples)
    assert not found.words or found.language_probability < 0.5


@pytest.mark.parametrize("gain", [0.003, 6.0], ids=["very quiet", "clipped"])
def test_loudness_hardly_matters(engine: moonshine.Moonshine, gain: float) -> None:
    """A recording that is far too quiet or too loud is still understood."""
    samples = (samples_of(TWO_CITIES, 0.8, 4.6) * gain).clip(-1, 1) + 0.1
    assert jiwer.wer("it was the best of times it was the worst of times", plain(heard(engine, samples))) < 0.2


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    """The engine says how to get the right files."""
    (tmp_path / "encoder_model.ort").write_bytes(b"something else")
    with pytest.raises(EngineUnavailable, match="pip install"):
        _moonshine_model.MoonshineModel(tmp_path)
