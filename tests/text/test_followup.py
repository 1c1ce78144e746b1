"""Follow-up questions become questions that make sense alone."""

import pytest

from voxhall.text.followup import in_context

KELBY = "Who built the lighthouse of Kelby?"
BUILT = "It was built in 1851 by the engineer Ada Thorne. [1]"


@pytest.mark.parametrize(
    ("before", "answer", "question", "alone"),
    [
        (KELBY, BUILT, "When was it built?", "When was the lighthouse of Kelby built?"),
        (KELBY, BUILT, "How high is its tower?", "How high is the lighthouse of Kelby’s tower?"),
        (KELBY, BUILT, "Where was she born?", "Where was Ada Thorne born?"),
        (KELBY, BUILT, "What was her first work?", "What was Ada Thorne’s first work?"),
        (KELBY, BUILT, "Who paid her?", "Who paid Ada Thorne?"),
        ("How high is the Eiffel Tower?", "330 m [1]", "And the Matterhorn?", "How high is the Matterhorn?"),
        ("How high is Mont Blanc?", "4808 m [1]", "What about Everest?", "How high is Everest?"),
        ("Which port does the server listen on?", "8012", "How can I change it?", "How can I change the server?"),
        ("How long are uploads kept?", "a day", "Why?", "How long are uploads kept Why?"),
    ],
)
def test_what_is_left_out_is_put_in(before: str, answer: str, question: str, alone: str) -> None:
    """Pronouns, possessives, persons of the answer, missing verbs."""
    assert in_context(question, before, answer) == alone


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Which is the oldest lighthouse that is still lit?",
        "How do I make the key that is an admin's?",
        "When was the lighthouse of Kelby painted, and is it open?",
    ],
)
def test_a_question_that_makes_sense_alone_stays(question: str) -> None:
    """Also with `that` or a pronoun that points at its own words."""
    assert in_context(question, KELBY, BUILT) == question


def test_a_question_never_outgrows_its_limit() -> None:
    """However long the one before was."""
    assert len(in_context("Why is it so?", f"What is the {'very ' * 90}thing?", "x")) <= 500
    assert len(in_context("Why?", "What is " + "x" * 490, "x")) <= 500
