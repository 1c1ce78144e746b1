"""When somebody begins and ends to speak, frame by frame."""

import numpy as np
import pytest

from hearing import samples_of
from recordings import TWO_CITIES, TWO_SPEAKERS
from voxhall.engines.registry import Registry
from voxhall.pipelines.chunks import FRAME, speech_spans
from voxhall.pipelines.turns import Mark, Rules, TurnFinder

RULES = Rules()


def marks(probabilities: list[float]) -> list[tuple[Mark, int]]:
    """Give what each frame brings, with its number."""
    finder = TurnFinder(RULES)
    found = [(finder.push(each), finder.frame) for each in probabilities]
    return [(mark, frame) for mark, frame in found if mark]


def test_a_turn_begins_pauses_goes_on_and_ends() -> None:
    """A pause is 8 frames, the end of a turn 19."""
    assert marks([0.0] * 5 + [0.9] * 10 + [0.1] * 10 + [0.9] * 10 + [0.1] * 30) == [
        (Mark.BEGAN, 8),
        (Mark.PAUSED, 23),
        (Mark.RESUMED, 26),
        (Mark.PAUSED, 43),
        (Mark.ENDED, 54),
    ]


def test_clicks_and_short_gaps_are_nothing() -> None:
    """Two frames of sound begin no turn, seven of silence no pause; what is in doubt stays as it was."""
    assert marks([0.9] * 2 + [0.0] * 30) == []
    assert marks([0.9] * 5 + [0.0] * 7 + [0.9] * 5) == [(Mark.BEGAN, 3)]
    assert marks([0.9] * 5 + [0.35] * 60) == [(Mark.BEGAN, 3)]
    assert marks([0.35] * 60) == []


def test_it_knows_where_speech_was() -> None:
    """To the frame."""
    finder = TurnFinder(RULES)
    for each in [0.0] * 5 + [0.9] * 10 + [0.1] * 19:
        finder.push(each)
    assert (finder.began, finder.spoke, finder.within) == (5, 15, False)
    for each in [0.9] * 4:
        finder.push(each)
    assert (finder.began, finder.within) == (34, True)


@pytest.mark.parametrize("recording", [TWO_CITIES, TWO_SPEAKERS], ids=lambda path: path.stem)
def test_turns_hold_the_speech_that_a_whole_recording_has(recording: object, registry: Registry) -> None:
    """The same rules as for recordings, decided while the sound comes."""
    samples = samples_of(recording)  # type: ignore[arg-type]
    probabilities = registry.load(registry.choose("vad")).listen(samples, None).probabilities  # type: ignore[attr-defined]
    speech = np.zeros(len(probabilities), bool)
    for span in speech_spans(probabilities):
        speech[round(span.start / FRAME) : round(span.end / FRAME)] = True
    finder, within = TurnFinder(RULES), np.zeros(len(probabilities), bool)
    for probability in probabilities.tolist():
        finder.push(probability)
        if finder.within:
            within[finder.began : finder.frame] = True
    assert np.mean(speech & (probabilities > 0.5) & ~within) < 0.01
