"""Speech is found in probabilities and cut into chunks that neither lose nor repeat a frame of it."""

from itertools import pairwise

import numpy as np
import pytest

from voxhall.pipelines.chunks import FRAME, Probabilities, Rules, plan_chunks, speech_spans

BARE = Rules(padding=0.0)


def probabilities(*stretches: tuple[float, float]) -> Probabilities:
    """Give probabilities from (probability, seconds) pairs."""
    return np.concatenate([np.full(round(seconds / FRAME), p, np.float32) for p, seconds in stretches])


def test_nothing_has_no_speech() -> None:
    """An empty recording and a silent one have no spans and no chunks."""
    for silent in (probabilities((0.0, 0.0)), probabilities((0.1, 20.0))):
        assert speech_spans(silent) == ()
        assert plan_chunks(silent) == ()


def test_speech_begins_at_the_onset_and_ends_below_the_offset() -> None:
    """A probability between the two thresholds goes on with what was before: speech or silence."""
    [span] = speech_spans(probabilities((0.35, 1.6), (0.9, 1.6), (0.35, 1.6), (0.1, 1.6)), BARE)
    assert span.start == pytest.approx(1.6)
    assert span.end == pytest.approx(4.8)


def test_speech_up_to_the_last_frame_ends_with_the_recording() -> None:
    """Speech that fills the recording is one span of its length, padding or not."""
    [span] = speech_spans(probabilities((0.9, 3.2)))
    assert (span.start, span.end) == (0.0, pytest.approx(3.2))


def test_a_click_is_no_speech() -> None:
    """Speech shorter than the shortest is left out."""
    assert speech_spans(probabilities((0.0, 1.6), (0.9, 0.032), (0.0, 1.6))) == ()


def test_a_short_silence_does_not_end_speech() -> None:
    """A gap shorter than the shortest silence is bridged, a longer one is not."""
    assert len(speech_spans(probabilities((0.9, 1.6), (0.0, 0.16), (0.9, 1.6)))) == 1
    assert len(speech_spans(probabilities((0.9, 1.6), (0.0, 0.96), (0.9, 1.6)))) == 2


def test_padding_never_makes_spans_overlap() -> None:
    """Two spans share the silence between them when it is shorter than their paddings."""
    first, second = speech_spans(probabilities((0.9, 1.6), (0.0, 0.64), (0.9, 1.6)), Rules(padding=1.0))
    assert first.end == second.start
    assert first.end == pytest.approx(1.92)


def test_neighbours_share_a_chunk_and_distant_speech_does_not() -> None:
    """The recogniser gets context, but no long silence."""
    near = plan_chunks(probabilities((0.9, 1.6), (0.0, 0.96), (0.9, 1.6)))
    far = plan_chunks(probabilities((0.9, 1.6), (0.0, 9.6), (0.9, 1.6)))
    assert len(near) == 1
    assert len(far) == 2


def test_long_speech_is_cut_at_its_longest_silence() -> None:
    """Of the silences in the second half of the longest chunk, the longest one divides; it is in no chunk."""
    spoken = [(0.9, 9.6), (0.0, 0.96), (0.9, 1.92), (0.0, 0.48), (0.9, 9.6)]
    first, second = plan_chunks(probabilities(*spoken), BARE)
    assert first.end == pytest.approx(9.6)
    assert second.start == pytest.approx(10.56)


def test_speech_without_silence_is_cut_where_it_is_least_likely() -> None:
    """A dip that is no silence is still the best place."""
    first, second = plan_chunks(probabilities((0.9, 11.2), (0.6, 0.032), (0.9, 11.2)))
    assert first.end == second.start == pytest.approx(11.2)


@pytest.mark.parametrize("seed", range(5))
def test_chunks_cover_all_speech_once_and_none_is_too_long(seed: int) -> None:
    """Whatever the probabilities, each frame of speech is in exactly one chunk of at most the longest length."""
    chance = np.random.default_rng(seed)
    rough = np.clip(np.cumsum(chance.normal(0, 0.2, 20_000)) % 2 - 0.5, 0, 1).astype(np.float32)
    chunks = plan_chunks(rough)
    assert all(0 < chunk.seconds <= 15.0 for chunk in chunks)
    assert all(before.end <= after.start for before, after in pairwise(chunks))
    covered = np.zeros(len(rough), bool)
    for chunk in chunks:
        covered[round(chunk.start / FRAME) : round(chunk.end / FRAME)] = True
    for span in speech_spans(rough):
        assert covered[round(span.start / FRAME) : round(span.end / FRAME)].mean() > 0.9
