"""Marks in a text become cues and pauses."""

import pytest

from voxhall.errors import InvalidInput
from voxhall.text.markup import CUES, Cue, Part, Pause, Speech, parse


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello there.", [Speech("Hello there.")]),
        ("Well [sigh] all right.", [Speech("Well"), Cue("sigh"), Speech("all right.")]),
        ("[laugh][cough]", [Cue("laugh"), Cue("cough")]),
        ("Um [hesitation] no", [Speech("Um"), Cue("hesitate"), Speech("no")]),
        ("Wait [pause] now", [Speech("Wait"), Pause(0.6), Speech("now")]),
        ("As shown [1][12].", [Speech("As shown.")]),
        ("Say [[fəˈnɛtɪk]] twice", [Speech("Say [[fəˈnɛtɪk]] twice")]),
        ("Dear [Your Name], hi", [Speech("Dear [Your Name], hi")]),
        ('One<break time="500ms"/>two', [Speech("One"), Pause(0.5), Speech("two")]),
        ("One <break time='1.5s' /> two", [Speech("One"), Pause(1.5), Speech("two")]),
        ("One <break/> two", [Speech("One"), Pause(0.6), Speech("two")]),
        ('One <break time="90s"/> two', [Speech("One"), Pause(10.0), Speech("two")]),
        ("One.\n\n \nTwo.\nThree.", [Speech("One."), Pause(0.5), Speech("Two.\nThree.")]),
        ("\n\n One.\r\n\r\nTwo.\n\n", [Speech("One."), Pause(0.5), Speech("Two.")]),
        ("", []),
    ],
)
def test_a_text_is_taken_apart(text: str, parts: list[Part]) -> None:
    """In order, spaces around the marks gone, empty pieces left out."""
    assert parse(text) == tuple(parts)


def test_every_cue_is_understood() -> None:
    """By the name it has."""
    assert [part for name in CUES for part in parse(f"[{name}]")] == [
        Pause(0.6) if name == "pause" else Cue(name) for name in CUES
    ]


def test_an_unknown_cue_is_named_beside_those_there_are() -> None:
    """So that a caller can mend the text."""
    with pytest.raises(InvalidInput, match=r"\[whistle\].*sigh, laugh, gasp") as caught:
        parse("Hm [whistle] hm")
    assert caught.value.param == "input"


@pytest.mark.parametrize(
    "written", ['<break time="5m"/>', '<break time="1s">', "<break", "<break time=1s/>", '<break time="-1s"/>']
)
def test_a_malformed_break_is_refused(written: str) -> None:
    """It would be read aloud otherwise."""
    with pytest.raises(InvalidInput, match="not a break") as caught:
        parse(f"one {written} two")
    assert caught.value.param == "input"
