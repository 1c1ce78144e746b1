"""A text becomes chunks, cues and pauses."""

import pytest

from voxhall.errors import InvalidInput
from voxhall.pipelines.script import CLAUSE_PAUSE, SENTENCE_PAUSE, Chunk, write_script
from voxhall.text.markup import Cue, Pause


def spoken(text: str, language: str = "en", **lexicon: str) -> list[str]:
    """Give what is said, cues and pauses in brackets."""
    items = write_script(text, language, lexicon)
    return [item.spoken if isinstance(item, Chunk) else f"<{type(item).__name__}>" for item in items]


def test_sentences_are_chunks() -> None:
    """Read as people read them."""
    assert spoken("It cost $5. Dr. Smith paid.") == ["It cost five dollars.", "doctor Smith paid."]


def test_cues_and_pauses_stand_between_chunks() -> None:
    """Where they were written; they are never read aloud."""
    items = write_script('[sigh] Fine. <break time="500ms"/> I go.\n\nBye.', "en", {})
    assert [type(item) for item in items] == [Cue, Chunk, Pause, Chunk, Pause, Chunk]
    assert items[0] == Cue("sigh")
    assert items[2] == Pause(0.5)


def test_the_first_chunk_is_cut_short() -> None:
    """Where a voice may take breath; the others are whole sentences."""
    first, rest, last = spoken(
        "When the old man came home, he found the door wide open. He was not amused at all, he said."
    )
    assert first == "When the old man came home,"
    assert rest == "he found the door wide open."
    assert last == "He was not amused at all, he said."


def test_other_scripts_are_spoken_in_their_language() -> None:
    """By whoever speaks it."""
    items = write_script("She said ሰላም and left.", "en", {})
    assert [item.language for item in items if isinstance(item, Chunk)] == ["en", "am", "en"]


def test_a_lexicon_says_words_in_another_way() -> None:
    """Whatever their case; marks stay, and so does what is written."""
    assert spoken("Ask Siobhan.", siobhan="shiv awn") == ["Ask shiv awn."]
    [chunk] = write_script("Ask Siobhan.", "en", {"siobhan": "[[ʃɪvˈɔːn]]"})
    assert isinstance(chunk, Chunk)
    assert chunk.words == ("Ask", "[[ʃɪvˈɔːn]].")
    assert [token.written for token in chunk.tokens] == ["Ask", "Siobhan."]


def test_a_sentence_s_end_is_a_longer_pause_than_a_clause_s() -> None:
    """Voices add some of their own."""
    first, second = write_script("When the old man came home, he found the door wide open.", "en", {})
    assert isinstance(first, Chunk)
    assert isinstance(second, Chunk)
    assert (first.pause, second.pause) == (CLAUSE_PAUSE, SENTENCE_PAUSE)


@pytest.mark.parametrize("text", ["", "   ", "...", "—", "[1]", "\n\n", '<break time="1s"/>', "🙂"])
def test_nothing_to_be_heard_is_an_error(text: str) -> None:
    """That says so."""
    with pytest.raises(InvalidInput, match="nothing"):
        write_script(text, "en", {})


def test_a_cue_alone_can_be_heard() -> None:
    """It needs no words."""
    assert spoken("[laugh]") == ["<Cue>"]
