"""Questions as people type them."""

import pytest

from voxhall.text.websearch import Alternative, read_question, search_key


@pytest.mark.parametrize(
    ("question", "meaning"),
    [
        ("dentist appointment", [Alternative(("dentist", "appointment"))]),
        ('"dentist appointment" -crown', [Alternative(("dentist appointment",), ("crown",))]),
        ('crown or "root canal"', [Alternative(("crown",)), Alternative(("root canal",))]),
        ('-"root canal"', [Alternative((), ("root canal",))]),
        ("Café OR naïve", [Alternative(("cafe",)), Alternative(("naive",))]),
        ("the dentist", [Alternative(("dentist",))]),
        ('dentist "open', [Alternative(("dentist", "open"))]),
        ('or - -- "" & | ! ( ) : * \' ^', []),
        ("the and of", []),
        ("", []),
    ],
)
def test_a_question_means_what_it_says(question: str, meaning: list[Alternative]) -> None:
    """Words, quotes, `or` and `-`; no other sign means anything, and none can be wrong."""
    assert list(read_question(question)) == meaning


def test_letters_that_sound_alike_are_one() -> None:
    """Amharic is found however it is written."""
    assert search_key("ሰላም") == search_key("ሠላም")
