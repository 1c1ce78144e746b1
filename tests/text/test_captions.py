"""Transcripts as text and as captions."""

from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word
from voxhall.text.captions import to_srt, to_vtt, transcript_text


def segment(speaker: int, start: float, text: str) -> Segment:
    """Make a segment, half a second to a word."""
    said = text.split()
    words = tuple(Word(word, start + n / 2, start + n / 2 + 0.4, 1.0) for n, word in enumerate(said))
    return Segment(speaker, text, words[0].start, words[-1].end, words)


def transcript(*segments: Segment, events: tuple[SoundEvent, ...] = ()) -> Transcript:
    """Make a transcript."""
    return Transcript(segments, events, "en", 100.0, 1)


def event(tag: str, start: float, seconds: float = 0.3) -> SoundEvent:
    """Make an event."""
    return SoundEvent(tag, start, start + seconds, 0.9)


def test_one_line_for_what_one_speaker_says_in_a_row() -> None:
    """As the documented example has it."""
    made = transcript(segment(0, 0, "Yeah, exactly."), segment(1, 2, "Perfect."), segment(1, 3, "That makes sense."))
    assert transcript_text(made, events=False) == "SPEAKER_0: Yeah, exactly.\nSPEAKER_1: Perfect. That makes sense."


def test_sounds_stand_where_they_happened() -> None:
    """Before the word that follows them, and after the last word at the end."""
    made = transcript(
        segment(0, 1, "let's start where"),
        events=(event("breath", 0.2), event("pause", 1.45), event("cough", 9)),
    )
    assert transcript_text(made, events=True) == "SPEAKER_0: [breath] let's [pause] start where [cough]"
    assert transcript_text(made, events=False) == "SPEAKER_0: let's start where"


def test_short_laughter_between_words_is_written_out() -> None:
    """Longer laughter is a tag."""
    made = transcript(segment(0, 1, "oh wow that"), events=(event("laugh", 1.4), event("laugh", 1.9, 2.0)))
    assert transcript_text(made, events=True) == "SPEAKER_0: oh hahaha wow [laugh] that"


def test_marks_change_the_word_they_lie_on() -> None:
    """Emphasis in asterisks, elongation with dots."""
    made = transcript(segment(0, 1, "I really, so think"), events=(event("emphasis", 1.5), event("elongation", 2.0)))
    assert transcript_text(made, events=True) == "SPEAKER_0: I *really*, so... think"


def test_a_recording_without_words_keeps_its_sounds() -> None:
    """No speaker is invented for them."""
    assert transcript_text(transcript(events=(event("cough", 1),)), events=True) == "[cough]"
    assert transcript_text(transcript(), events=True) == ""


def test_captions_are_short_in_space_and_time() -> None:
    """Two lines of forty-two characters, seven seconds."""
    made = transcript(segment(0, 3598, " ".join(["considerable"] * 30)))
    blocks = to_srt(made).strip().split("\n\n")
    assert blocks[0].splitlines()[:2] == ["1", "00:59:58,000 --> 01:00:00,900"]
    for block in blocks:
        lines = block.splitlines()[2:]
        assert len(lines) <= 2
        assert all(len(line) <= 42 for line in lines)


def test_slow_words_are_not_shown_for_long() -> None:
    """Seven seconds at most."""
    words = tuple(Word("well", n * 3.0, n * 3.0 + 1, 1.0) for n in range(5))
    made = transcript(Segment(0, "well " * 5, 0.0, 13.0, words))
    assert to_srt(made).count("-->") == 2


def test_vtt_escapes_what_would_be_markup() -> None:
    """And names the voice."""
    written = to_vtt(transcript(segment(1, 0, "a <b> & c")))
    assert written.startswith("WEBVTT\n")
    assert "<v SPEAKER_1>a &lt;b&gt; &amp; c</v>" in written


def test_srt_names_speakers_only_where_there_are_several() -> None:
    """One reader needs no name."""
    assert "SPEAKER" not in to_srt(transcript(segment(0, 0, "one")))
    assert "SPEAKER_1: two" in to_srt(transcript(segment(0, 0, "one"), segment(1, 3, "two")))


def test_a_mark_stays_on_its_own_word_when_its_times_were_rounded() -> None:
    """A neighbour that it touches by a hair is not marked."""
    words = (Word("I", 1.0, 1.5, 1.0), Word("really", 1.5, 2.0, 1.0), Word("think", 2.0, 2.5, 1.0))
    made = transcript(
        Segment(0, "I really think", 1.0, 2.5, words), events=(event("emphasis", 1.5 - 1e-9, 0.5 + 2e-9),)
    )
    assert transcript_text(made, events=True) == "SPEAKER_0: I *really* think"


def test_names_of_speakers_count_as_text() -> None:
    """A line with a name is as short as any other."""
    made = transcript(segment(0, 0, " ".join(["considerable"] * 9)), segment(1, 9, "yes"))
    lines = [line for block in to_srt(made).strip().split("\n\n") for line in block.splitlines()[2:]]
    assert lines[0].startswith("SPEAKER_0: ")
    assert all(len(line) <= 42 for line in lines)


def test_a_segment_without_word_times_is_cut_all_the_same() -> None:
    """Its words are taken to be said at an even pace."""
    made = transcript(Segment(0, "word " * 40, 10.0, 30.0, ()))
    blocks = to_srt(made).strip().split("\n\n")
    assert blocks[0].splitlines()[1].startswith("00:00:10,000 --> 00:00:1")
    assert blocks[-1].splitlines()[1].endswith("00:00:30,000")
    assert len(blocks) >= 3


def test_text_cannot_pass_for_a_time_line() -> None:
    """An arrow in the text does not begin a caption."""
    made = transcript(segment(0, 0, "a --> b"))
    assert to_srt(made).count("-->") == 1
    assert to_vtt(made).count("-->") == 1


def test_a_word_of_no_length_is_shown() -> None:
    """Players refuse captions that end when they begin."""
    made = transcript(Segment(0, "oh", 1.0, 1.0, (Word("oh", 1.0, 1.0, 1.0),)))
    assert "00:00:01.000 --> 00:00:01.200" in to_vtt(made)
