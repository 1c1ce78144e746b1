"""Captions keep their times while their words change."""

import pytest

from voxhall.errors import InvalidInput
from voxhall.text.subtitles import read_captions

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nHello there,\nmy friend.\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\n- Who?\n- Me.\n\n"
    "3\n00:00:05,000 --> 00:00:06,000\n\n"
    "4\n00:00:07,000 --> 00:00:08,000\n<i>Bye.</i>\n"
)
VTT = (
    "WEBVTT - title\n\nNOTE not spoken\n\nSTYLE\n::cue { color: red }\n\n"
    "intro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hello there</v>\n\n00:03.000 --> 01:00:04.000\nBye\n"
)


def test_subrip_words_are_taken_out_and_put_back() -> None:
    """Lines of one sentence are joined, those of two speakers are not; times, numbers and empty ones stay."""
    captions = read_captions(SRT)
    assert captions.texts == ("Hello there, my friend.", "- Who?\n- Me.", "<i>Bye.</i>")
    said = captions.put_together([text.upper() for text in captions.texts])
    assert said == SRT.upper().replace("HELLO THERE,\nMY FRIEND.", "HELLO THERE, MY FRIEND.")


def test_webvtt_keeps_all_but_the_words() -> None:
    """Its head, notes, styles, names and settings of captions."""
    captions = read_captions(VTT)
    assert captions.texts == ("<v Ann>Hello there</v>", "Bye")
    assert captions.put_together(captions.texts) == VTT


def test_long_words_are_broken_into_as_many_lines_as_there_were() -> None:
    """Those that fit stay on one; nothing breaks the file."""
    captions = read_captions("1\n00:00:01,000 --> 00:00:02,000\na\nb\n")
    long = "a translation that is a good deal longer than what it is of, as German is"
    written = captions.put_together([long])
    assert written.splitlines()[2:] == ["a translation that is a good deal longer than", "what it is of, as German is"]
    assert captions.put_together(["x --> y\n\nz"]) == "1\n00:00:01,000 --> 00:00:02,000\nx -> y\nz\n"


def test_windows_line_ends_and_marks_are_read() -> None:
    """As many programs write them."""
    assert read_captions("\ufeff" + SRT.replace("\n", "\r\n")).texts == read_captions(SRT).texts


def test_what_has_no_captions_is_refused() -> None:
    """With what a caption looks like."""
    with pytest.raises(InvalidInput, match="-->"):
        read_captions("Just some text.")
