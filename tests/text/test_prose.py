"""Prose is cut into paragraphs and sentences, and nothing of it is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voxhall.text.prose import BLOCK, paragraphs, sentences, spans

WEIRD = (
    "  Leading space.\r\n\r\nSecond ∯ line. ☝ Yes.\n\n- one\n- two (a. b.)\n1. First\n2. Second\n",
    "No end",
    "\n\n \n",
    "",
    "A. ȸ. B. Same. Same. Same.",
    "مرحبا. كيف حالك؟ جيد.",
    "ሰላም ነው። How are you? ደህና፧",
)


@pytest.mark.parametrize("text", WEIRD)
@pytest.mark.parametrize("language", ["en", "ar", "am", "so", "zh", "xx"])
def test_pieces_joined_are_the_text(text: str, language: str) -> None:
    """Whatever the text holds, down to its spaces and line ends."""
    assert "".join(paragraphs(text)) == text
    assert "".join(sentences(text, language)) == text
    within = "".join(text[begin:end] for begin, end in spans(text, language))
    assert "".join(within.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        ("en", "Dr. Smith left at 5 p.m. on Monday. Why? Nobody knows.", 3),
        ("en", "See https://example.com/a?b.c and example.com/x! Then go.", 2),
        ("en", "“Why?” he asked. “No!” she said.", 2),
        ("en", "A sentence that runs\nover its line's end. Another.", 2),
        ("de", "Das ist z. B. so. Am 3. Mai kam er.", 2),
        ("am", "ሰላም ነው። ደህና ነህ፧ አዎ፡፡ እሺ:: ጥሩ", 5),
        ("ti", "ሰላም እዩ።ደሓን ዲኻ፧ እወ።", 3),
        ("am", "የ U.S. መንግሥት አስታወቀ። እሺ።", 2),
        ("so", "Waa nabad. J. R. Smith ayaa yimid. Haa!", 3),
        ("pt", "Ele chegou. e foi embora. Fim.", 2),
        ("zh", "你好。我是！再见？", 3),
        ("ja", "「はい。」と言った。終わり。", 2),
        ("hi", "नमस्ते। हाँ। ठीक है", 3),
        ("ar", "مرحبا. كيف حالك؟ جيد.", 3),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, pieces: int) -> None:
    """By the language's own marks; abbreviations, initials and addresses end none."""
    assert len(sentences(text, language)) == pieces, sentences(text, language)


def test_paragraphs_and_items_of_a_list_stand_alone() -> None:
    """A sentence never runs over the end of either."""
    text = "A heading\n\nIt goes\non here.\n- first item\n- second item\n"
    assert paragraphs(text) == ["A heading\n\n", "It goes\non here.\n", "- first item\n", "- second item\n"]
    assert sentences(text, "en") == paragraphs(text)


def test_spans_leave_the_space_around_a_sentence() -> None:
    """And point into the text."""
    text = "  One is here.  Two is there.\n"
    assert [text[begin:end] for begin, end in spans(text, "en")] == ["One is here.", "Two is there."]


@pytest.mark.parametrize("piece", ["He came. ", "a", "(", "'", "1. x ", "U.S. ", " ", "a.", "..."])
def test_long_and_hostile_text_is_cut_piece_by_piece(piece: str) -> None:
    """No rule sees more than a block, so that time grows with the length alone."""
    text = piece * (BLOCK * 10 // len(piece))
    found = sentences(text, "en")
    assert "".join(found) == text
    if piece == "He came. ":
        assert set(found) == {piece}


def test_no_warning_reaches_a_user(tmp_path: Path) -> None:
    """Though Python warns of pysbd's patterns when it compiles them for the first time."""
    script = "from voxhall.text.prose import sentences; print(len(sentences('One is here. Two.', 'en')))"
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert (ran.stdout.strip(), ran.stderr) == ("2", "")
