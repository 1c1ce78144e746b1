"""Words of a language that nobody spoke are left out."""

from voxhall.domain.speech import Span, Word
from voxhall.engines.protocols import Recognition
from voxhall.pipelines.language import Heard, judge_language


def heard(seconds: float, probability: float, text: str = "hm") -> Heard:
    """Make a chunk in which one word was recognised."""
    words = (Word(text, 0.0, 1.0, 1.0),) if text else ()
    return Heard(0, Span(0.0, seconds), Recognition(words, timed=True, language="en", language_probability=probability))


def test_what_sounds_right_is_kept() -> None:
    """In the language that the engine names."""
    judged = judge_language([heard(10, 0.9)], "auto")
    assert (judged.language, len(list(judged.words(0))), judged.notice) == ("en", 1, None)


def test_what_sounds_foreign_keeps_no_words() -> None:
    """The language is undetermined, and a sentence says what can be done."""
    judged = judge_language([heard(10, 0.1)], "auto")
    assert (judged.language, list(judged.words(0))) == ("und", [])
    assert "voxhall models list" in str(judged.notice)


def test_chunks_weigh_as_much_as_they_last() -> None:
    """A long one outvotes a short one of the same certainty."""
    assert judge_language([heard(10, 0.9), heard(2, 0.1)], "auto").language == "en"
    assert judge_language([heard(2, 0.9), heard(10, 0.1)], "auto").language == "und"


def test_a_foreign_chunk_is_left_out_of_a_recording_that_is_understood() -> None:
    """And the notice counts it."""
    judged = judge_language([heard(60, 0.95, "yes"), heard(5, 0.01, "no")], "auto")
    assert [word.text for word in judged.words(0)] == ["yes"]
    assert str(judged.notice).startswith("1 of 2 chunks")


def test_a_caller_who_names_the_language_is_believed() -> None:
    """Nothing is left out."""
    judged = judge_language([heard(10, 0.01)], "en")
    assert (judged.language, len(list(judged.words(0)))) == ("en", 1)


def test_silence_is_in_no_language() -> None:
    """Nothing was said, so nothing is claimed."""
    assert judge_language([heard(10, 0.5, "")], "auto").language == "und"
