"""Words become utterances of speakers."""

from voxhall.domain.speech import Segment, Turn, Word
from voxhall.pipelines.segments import in_order, numbered_by_first_speech, segments_of, speakers_of


def word(text: str, start: float, end: float) -> Word:
    """Make a word."""
    return Word(text, start, end, 1.0)


def segment(speaker: int, start: float) -> Segment:
    """Make a segment of one word."""
    return Segment(speaker, "hm", start, start + 1, (word("hm", start, start + 1),))


def test_a_word_belongs_to_the_turn_that_covers_most_of_it() -> None:
    """Where two turns overlap, the greater share counts."""
    turns = [Turn(0, 0.0, 1.2), Turn(1, 1.0, 3.0)]
    assert speakers_of([word("a", 0.5, 1.0), word("b", 1.0, 1.5)], turns) == [0, 1]


def test_a_word_outside_all_turns_belongs_to_the_nearest() -> None:
    """Nobody's words are lost."""
    turns = [Turn(0, 0.0, 1.0), Turn(1, 5.0, 6.0)]
    assert speakers_of([word("a", 1.5, 1.8), word("b", 4.5, 4.8)], turns) == [0, 1]


def test_without_turns_everything_is_said_by_one() -> None:
    """Speaker 0."""
    assert speakers_of([word("a", 0, 1)], []) == [0]


def test_utterances_end_at_sentences_pauses_and_speaker_changes() -> None:
    """Abbreviations end nothing."""
    words = [
        *(word("Mr.", 0.0, 0.3), word("Hale.", 0.3, 0.8)),
        *(word("Well", 0.9, 1.2), word("now", 3.0, 3.2)),
        word("what", 3.3, 3.5),
    ]
    assert [s.text for s in segments_of(words, [0, 0, 0, 0, 1])] == ["Mr. Hale.", "Well", "now", "what"]


def test_a_segment_spans_its_words() -> None:
    """From the first word's start to the last word's end."""
    [made] = segments_of([word("a", 1.0, 1.5), word("b", 1.6, 2.0)], [3, 3])
    assert (made.speaker, made.start, made.end) == (3, 1.0, 2.0)


def test_speakers_are_numbered_by_first_speech() -> None:
    """Whatever the diarizer called them, and whatever order the tracks came in."""
    ordered = numbered_by_first_speech([segment(7, 5.0), segment(2, 0.0), segment(7, 2.0)])
    assert [(s.speaker, s.start) for s in ordered] == [(0, 0.0), (1, 2.0), (1, 5.0)]


def test_words_are_put_in_order_inside_the_recording() -> None:
    """No word lasts into the next, or beyond the end."""
    words = in_order([word("b", 1.0, 9.0), word("a", 0.0, 1.4)], duration=5.0)
    assert [(w.text, w.start, w.end) for w in words] == [("a", 0.0, 1.0), ("b", 1.0, 5.0)]
