"""Pages cut into passages, and two ways of finding them made one."""

import pytest

from voxhall.domain.knowledge import Page
from voxhall.pipelines.passages import LENGTH, LONGEST, cut, fuse

SENTENCE = "The quick brown fox jumps over the lazy dog and runs away. "


@pytest.mark.parametrize(
    "text",
    [
        "One paragraph.",
        "\n\n".join(SENTENCE * count for count in (1, 30, 2, 9, 1)),
        "word " * 3000,
        "x" * 5000,
        "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት። " * 100,
        "- one\n\n- two\n\n| a | b |",
    ],
    ids=["short", "mixed", "no sentence", "no word", "Ethiopic", "items"],
)
def test_nothing_is_lost_and_nothing_is_too_long(text: str) -> None:
    """All words come back, in order."""
    passages = cut(Page("Title", text))
    assert "".join("".join(each.text.split()) for each in passages) == "".join(text.split())
    assert all(0 < len(each.text) <= LONGEST + LENGTH for each in passages)


def test_headings_begin_passages_and_name_them() -> None:
    """The page's title alone before the first; rows of a table and commands are no headings."""
    parts = ("Guide", "Installing", "a | b", "serve --key $KEY")
    page = Page("Guide", "\n\n".join(f"{part}\n\n{SENTENCE * 2}" for part in parts))
    assert [each.title for each in cut(page)] == ["Guide", "Guide — Installing"]
    assert cut(page)[1].text.startswith("Installing\n\nThe quick")


def test_an_empty_page_has_no_passages() -> None:
    """Nor one of blanks."""
    assert cut(Page("Title", "")) == cut(Page("Title", " \n\n ")) == []


def test_what_is_found_both_ways_comes_first() -> None:
    """The best of the words counts as much as a perfect cosine; what one way does not find has nothing of it."""
    assert [passage for passage, _ in fuse({1: 10.0, 2: 9.0}, {2: 0.8, 3: 0.9})] == [2, 1, 3]
    assert fuse({}, {}) == []
    assert fuse({7: 3.0}, {}) == [(7, 0.5)]
