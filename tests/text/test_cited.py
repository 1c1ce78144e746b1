"""Cited text is cut into sentences as it is written, each with its own markers."""

import pytest

from voxhall.text.cited import cut, sources_named, without_markers


@pytest.mark.parametrize(
    ("text", "sentences", "rest"),
    [
        ("One. [1] Two [2]. Three", ["One. [1]", " Two [2]."], " Three"),
        ("One. ", [], "One. "),
        ("One. [1", [], "One. [1"),
        ("One [1] Two", ["One [1]"], " Two"),
        ("Dr. Thorne came. [1][2] She", ["Dr. Thorne came. [1][2]"], " She"),
        ("It is 3.5 m, e.g. here. Next", ["It is 3.5 m, e.g. here."], " Next"),
        ("First line\nSecond line", ["First line\n"], "Second line"),
        ("「灯塔」。 下一句", ["「灯塔」。"], " 下一句"),
    ],
)
def test_sentences_end_only_when_what_follows_is_known(text: str, sentences: list[str], rest: str) -> None:
    """A marker may still come; abbreviations and decimals end nothing."""
    assert cut(text) == (sentences, rest)


def test_markers_are_read_and_taken_out() -> None:
    """Several in one bracket as well; links and tags go with them."""
    text = "See [the map](https://evil.example/?q=secret) <img src=x> at https://evil.example/x for more [1, 3][3]."
    assert sources_named(text) == [1, 3]
    assert without_markers(text) == "See the map at for more."
