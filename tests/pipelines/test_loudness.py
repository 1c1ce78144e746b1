"""Speech by loudness alone: the rule is a root mean square of 16-bit samples."""

import numpy as np

from voxhall.audio.pcm import FULL_SCALE
from voxhall.engines.protocols import Samples
from voxhall.pipelines.loudness import FRAME, Loudness


def frame(loudness: float) -> Samples:
    """Give a frame of a square wave, whose root mean square is its height."""
    return np.tile(np.array([1, -1], np.float32), FRAME // 2) * np.float32(loudness / FULL_SCALE)


def test_what_is_below_the_threshold_is_silence() -> None:
    """At the threshold itself it is speech already."""
    sound = np.concatenate([frame(899), frame(900), frame(0), frame(30000)])
    speech = Loudness(900).listen(sound, None).probabilities >= 0.5
    assert speech.tolist() == [False, True, False, True]


def test_quieter_places_are_less_likely_speech() -> None:
    """So that a long stretch of speech is cut where it is quietest."""
    sound = np.concatenate([frame(5000), frame(1000), frame(3000)])
    assert np.argmin(Loudness(900).listen(sound, None).probabilities) == 1


def test_an_incomplete_frame_is_filled_with_silence() -> None:
    """As other detectors have it."""
    assert len(Loudness(900).listen(frame(5000)[:100], None).probabilities) == 1
