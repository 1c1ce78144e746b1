"""A sentence is borne out by its source when it has its numbers, its names and most of its words."""

import pytest

from voxhall.text.support import supported

SOURCE = (
    "The lighthouse of Kelby was built in 1851 by the engineer Ada Thorne. Its lamp could be seen from 20 miles away, "
    "and 1,200 people came to its opening. It burned whale oil until electricity came in 1912."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Thorne built the Kelby lighthouse in 1851.",
        "The lamp was visible from 20 miles away.",
        "Some 1200 people attended its opening.",
        "Until 1912 the lamp burned whale oil.",
        "It was built by an engineer.",
    ],
)
def test_what_the_source_says_is_supported(sentence: str) -> None:
    """In other words, too."""
    assert supported(sentence, SOURCE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Thorne built the Kelby lighthouse in 1852.",
        "John Miller built the Kelby lighthouse in 1851.",
        "The lamp was visible from 30 miles away.",
        "Bananas are rich in potassium.",
        "The lighthouse is now a luxury hotel with a swimming pool.",
        "PWNED",
        "Yes, it is.",
        "",
        "...",
    ],
)
def test_what_it_does_not_say_is_not(sentence: str) -> None:
    """Another number or name suffices, and so does nothing said at all."""
    assert not supported(sentence, SOURCE)


def test_writing_without_spaces_is_compared_too() -> None:
    """By pairs of letters."""
    source = "凯尔比灯塔由工程师艾达于1851年建造。"
    assert supported("灯塔由工程师艾达建造。", source)
    assert not supported("香蕉富含钾元素和维生素。", source)
