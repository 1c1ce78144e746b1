"""Every aligner gives each word a span in order; the forced one where the word really is."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hearing import noise, samples_of, silence
from recordings import BECKETT, TWO_CITIES
from voxhall.domain.speech import Span
from voxhall.engines.align import pocketsphinx, proportional
from voxhall.engines.protocols import Aligner, Samples
from voxhall.engines.registry import NoOptions

BEST = ("It", "was", "the", "best", "of", "times,", "it", "was", "the", "worst", "of", "times.")


@pytest.fixture(scope="module")
def forced() -> Aligner:
    """The forced aligner, loaded once."""
    return pocketsphinx.load(NoOptions(), Path())


@pytest.fixture(scope="module")
def rough() -> Aligner:
    """The proportional aligner."""
    return proportional.load(NoOptions(), Path())


@pytest.fixture(scope="module")
def best_of_times() -> Samples:
    """The first sentence of the reading, which begins after a second."""
    return samples_of(TWO_CITIES, 0.5, 4.6)


@pytest.mark.parametrize("name", ["forced", "rough"])
def test_words_get_spans_in_order_within_the_samples(
    name: str, best_of_times: Samples, request: pytest.FixtureRequest
) -> None:
    """One span per word; none ends before it starts or after the sound, none overlaps the next."""
    aligner: Aligner = request.getfixturevalue(name)
    spans = aligner.align(best_of_times, BEST)
    assert spans is not None
    assert len(spans) == len(BEST)
    assert all(0 <= span.start < span.end <= len(best_of_times) / 16_000 for span in spans)
    assert all(before.end <= after.start + 0.021 for before, after in pairwise(spans))


def test_the_pause_between_two_clauses_is_found(forced: Aligner, best_of_times: Samples) -> None:
    """No word lies where the sound is quietest for a quarter of a second."""
    energy = np.convolve(best_of_times[8000:] ** 2, np.ones(4000), "valid")[: 2 * 16_000]
    quiet = (8000 + int(energy.argmin()) + 2000) / 16_000
    spans = forced.align(best_of_times, BEST)
    assert spans
    times, it = spans[5], spans[6]
    assert times.end - 0.1 < quiet < it.start + 0.1


def test_the_same_question_has_the_same_answer_whatever_was_asked_between(
    forced: Aligner, best_of_times: Samples
) -> None:
    """An aligner is a pure function."""
    before = forced.align(best_of_times, BEST)
    forced.align(noise(3.0, 0.3), ("something", "else"))
    assert forced.align(best_of_times, BEST) == before


def test_words_beyond_the_dictionary_are_placed(forced: Aligner) -> None:
    """Unknown spellings are sounded out, digits are spelled, mere punctuation takes no time."""
    samples = samples_of(BECKETT)
    misspelt = "Evver tryed — ever failed. No matter. Try again. Fail again. Fail bettur."
    spans = forced.align(samples, tuple(misspelt.split()))
    assert spans is not None
    assert spans[2].seconds == 0.0
    assert spans[0].start < 1.0
    assert spans[-1].end > 8.0


@pytest.mark.parametrize("words", [(), ("—",), ("ሰላም",)])
def test_what_cannot_be_said_in_english_is_not_aligned(forced: Aligner, words: tuple[str, ...]) -> None:
    """The next aligner is to try."""
    assert forced.align(silence(1.0), words) is None


def test_a_text_that_was_not_said_is_not_aligned(forced: Aligner, best_of_times: Samples) -> None:
    """A text far too long for the sound would squeeze its words to nothing."""
    assert forced.align(best_of_times[:24_000], BEST * 3) is None


def test_rough_words_share_the_sound_by_letters_and_spare_the_silence(rough: Aligner) -> None:
    """A word of many letters gets more time than a short one; none is put into the silence."""
    samples = np.concatenate([silence(1.0), noise(2.0), silence(1.0)])
    spans = rough.align(samples, ("a", "considerable", "house"))
    assert spans is not None
    assert spans[0].start == pytest.approx(1.0, abs=0.03)
    assert spans[-1].end == pytest.approx(3.0, abs=0.03)
    assert spans[0].seconds < spans[2].seconds < spans[1].seconds


def test_the_rough_aligner_always_answers(rough: Aligner) -> None:
    """Silence, no sound at all, no words: still one span per word."""
    assert rough.align(silence(0.0), ("word",)) == (Span(0.0, 0.0),)
    assert rough.align(silence(1.0), ()) == ()
    assert rough.align(silence(1.0), ("?",)) == (Span(0.0, 1.0),)
