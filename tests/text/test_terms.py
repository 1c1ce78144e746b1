"""Words as an index wants them, and what questions ask."""

import pytest

from voxhall.text.terms import Terms, index_key, meant_for_latin, read_terms


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Café's naïve rôle", "the cafe s naive role"),
        ("snake_case, e-mail; 3.14!", "snake case e mail 3 14"),
        ("ﬁne １２", "fine 12"),
        ("ኢትዮጵያ", "ኢት ትዮ ዮጵ ጵያ"),
        ("ጸሐይ", index_key("ፀሀይ")),
        ("ዓለም፡አቀፍ።", "አለ ለም አቀ ቀፍ"),
        ("東京都", "東京 京都"),
        ("한국어 문서", "한국어 문서"),
        ("-*\"'(", ""),
    ],
)
def test_both_sides_are_folded_alike(text: str, key: str) -> None:
    """Case, accents and signs go; Ethiopic and unspaced words become pairs of letters; Hangul stays whole."""
    assert index_key(text) == key


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What is the size of the sun?", Terms(("size", "sun"))),
        ('"solar system" planets -dwarf', Terms(("planets",), ("solar system",), ("dwarf",))),
        ('-"dwarf planets" sun', Terms(("sun",), (), ("dwarf planets",))),
        ("well-known e-mail", Terms(("well", "known", "e", "mail"))),
        ('an "unclosed phrase', Terms(("unclosed", "phrase"))),
        ("sun OR moon AND (stars*)", Terms(("sun", "moon", "stars"))),
        ('the of and "" - -- *', Terms()),
    ],
)
def test_a_question_is_read_as_search_engines_do(question: str, terms: Terms) -> None:
    """Words, phrases and exclusions; no other sign means anything."""
    assert read_terms(question) == terms


def test_a_text_is_held_to_phrases_and_exclusions() -> None:
    """Whole words only."""
    terms = read_terms('"hot oven" -yeast')
    assert terms.allow(index_key("a very hot oven"))
    assert not terms.allow(index_key("a hot ovenproof dish"))
    assert not terms.allow(index_key("a hot oven and yeast"))


@pytest.mark.parametrize(("text", "latin"), [("hello", True), ("ሰላም", False), ("Добрый день", False), ("12", False)])
def test_scripts_that_the_model_knows(text: str, latin: bool) -> None:  # noqa: FBT001 - a case
    """Most letters decide."""
    assert meant_for_latin(text) is latin
