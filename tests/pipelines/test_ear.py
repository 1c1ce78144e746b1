"""One stream of speech without any I/O: what is asked for when, and what becomes of the results."""

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

from echo import EchoVad
from hearing import silence
from voxhall.domain.live import Event, Final, Partial, SpeechStarted, TurnEnded
from voxhall.domain.speech import Word
from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.registry import NoOptions
from voxhall.pipelines.ear import Ear, Stretch, Understood
from voxhall.pipelines.turns import Rules

RULES = Rules()


def tone(seconds: float) -> Samples:
    """Give what the echo engines take for speech."""
    return np.sin(np.arange(int(seconds * SAMPLE_RATE)) * 0.3).astype(np.float32) / 2


def ear(*, partials: bool = True, language: str = "en") -> Ear:
    """Give the state of a fresh stream."""
    return Ear(EchoVad(NoOptions(), Path()), RULES, language=language, partials=partials)


def said(stretch: Stretch, text: str, *, likely: float = 0.9, voice: Samples | None = None) -> Understood:
    """Give a result: words a tenth of a second apart."""
    start = stretch.offset
    words = tuple(Word(word, start + n / 10, start + n / 10 + 0.1, 0.9) for n, word in enumerate(text.split()))
    return Understood(Recognition(words, timed=True, language="en", language_probability=likely), 0.01, voice)


def finals(events: list[Event]) -> list[str]:
    """Give the texts of the finals."""
    return [event.text for event in events if isinstance(event, Final)]


def test_a_turn_from_beginning_to_end() -> None:
    """It begins, its words are asked for at the pause, it ends, and then its words are there at once."""
    one = ear()
    one.feed(np.concatenate([silence(1), tone(2), silence(0.3)]))
    [look] = one.wanted()
    assert (look.draft, round(look.offset, 2)) == (False, 0.59)
    assert abs(len(look.samples) / SAMPLE_RATE - 2.7) < 0.05
    one.done(look, said(look, "hello there"))
    [started, partial] = one.events()
    assert isinstance(started, SpeechStarted)
    assert abs(started.start - 1.0) < 0.05
    assert isinstance(partial, Partial)
    assert partial.text == "hello there"
    assert one.speaking
    one.feed(silence(0.5))
    [ended, final] = one.events()
    assert isinstance(ended, TurnEnded)
    assert abs(ended.end - 3.0) < 0.05
    assert isinstance(final, Final)
    assert (final.text, final.language, final.chunks, final.words[0].start) == ("hello there", "en", 1, look.offset)
    assert not one.speaking
    assert one.wanted() == []


def test_a_pause_after_which_speech_goes_on_ends_nothing() -> None:
    """What was recognised at it was a partial; the turn is recognised as a whole."""
    one = ear()
    one.feed(np.concatenate([tone(1), silence(0.3)]))
    [look] = one.wanted()
    one.feed(tone(1))
    one.done(look, said(look, "hello"))
    one.feed(silence(1))
    [whole] = one.wanted()
    assert len(whole.samples) > 2.5 * SAMPLE_RATE
    one.done(whole, said(whole, "hello there"))
    assert finals(one.events()) == ["hello there"]


def test_only_the_open_chunk_of_a_long_turn_is_recognised_again() -> None:
    """A pause after six seconds finishes a chunk, however the turn goes on."""
    one = ear()
    one.feed(np.concatenate([tone(7), silence(0.4), tone(2), silence(0.3)]))
    first, second = one.wanted()
    assert abs(first.offset + len(first.samples) / SAMPLE_RATE - 7.26) < 0.05
    assert 7.0 < second.offset < 7.3
    one.feed(silence(0.4))
    one.done(second, said(second, "and more"))
    assert finals(one.events()) == []
    one.done(first, said(first, "this is long"))
    assert finals(one.events()) == ["this is long and more"]


def test_who_never_pauses_is_cut_where_speech_is_least_likely() -> None:
    """No chunk is longer than the rules say, and none of the sound is left out or heard twice."""
    one = ear()
    one.feed(tone(40))
    one.commit()
    chunks = one.wanted()
    assert len(chunks) > 2
    assert all(len(chunk.samples) <= (RULES.longest + 0.1) * SAMPLE_RATE for chunk in chunks)
    assert sum(len(chunk.samples) for chunk in chunks) == chunks[-1].start + len(chunks[-1].samples) - chunks[0].start


def test_partials_are_due_every_half_second_of_speech() -> None:
    """Of the chunk as it is by then; none while nobody speaks, and none where nobody wants them."""
    one = ear()
    due = []
    for at in range(40):
        one.feed((silence if at < 10 else tone)(0.1))
        if one.draft_due(RULES.interval):
            draft = one.draft()
            assert draft
            due.append(at)
    assert due[0] == 15
    assert set(np.diff(due)) <= {5, 6}
    quiet = ear(partials=False)
    quiet.feed(tone(3))
    assert not quiet.draft_due(RULES.interval)


def test_the_stable_part_of_partials_only_grows() -> None:
    """Whatever later decodings say; the final has the last word."""
    one = ear()
    shown = []
    for text in ("wreck a", "wreck a nice", "recognise speech today", "recognise speech to"):
        one.feed(tone(0.6))
        draft = one.draft()
        assert draft
        one.done(draft, said(draft, text))
        shown += [(each.text, each.stable) for each in one.events() if isinstance(each, Partial)]
    assert shown == [("wreck a", 0), ("wreck a nice", 2), ("wreck a today", 2), ("wreck a to", 2)]
    one.feed(silence(1))
    [whole] = one.wanted()
    one.done(whole, said(whole, "recognise speech"))
    assert finals(one.events()) == ["recognise speech"]


def test_finals_come_in_order_whatever_order_results_come_in() -> None:
    """A later turn waits for an earlier one."""
    one = ear()
    one.feed(np.concatenate([tone(1), silence(1), tone(1), silence(1)]))
    first, second = one.wanted()
    one.done(second, said(second, "two"))
    assert finals(one.events()) == []
    one.done(first, said(first, "one"))
    assert finals(one.events()) == ["one", "two"]


def test_commit_ends_a_turn_at_once() -> None:
    """With all that was fed, to the last sample; with nothing fed it is nothing."""
    one = ear()
    one.commit()
    assert one.wanted() == []
    one.feed(tone(1.01))
    one.commit()
    [whole] = one.wanted()
    assert len(whole.samples) >= 1.01 * SAMPLE_RATE
    one.done(whole, said(whole, "now"))
    assert finals(one.events()) == ["now"]
    one.feed(np.concatenate([silence(0.1), tone(1), silence(1)]))
    [after] = one.wanted()
    assert after.start >= len(whole.samples)


@pytest.mark.parametrize("way", ["commit", "clear"])
def test_time_goes_on_as_it_was_fed(way: str) -> None:
    """However often a client commits or clears in the middle of a frame."""
    one = ear()
    for _ in range(100):
        one.feed(silence(0.1))
        getattr(one, way)()
    one.events()
    one.feed(np.concatenate([tone(1), silence(1)]))
    [began] = [event for event in one.events() if isinstance(event, SpeechStarted)]
    assert began.start == pytest.approx(10.0, abs=0.05)


def test_what_is_cleared_is_never_heard_of_again() -> None:
    """Neither the turn that goes on nor one whose words are on their way; what follows is heard."""
    one = ear()
    one.feed(np.concatenate([tone(1), silence(1), tone(1)]))
    [first] = one.wanted()
    one.clear()
    one.events()
    one.done(first, said(first, "forget this"))
    one.feed(silence(1))
    assert (one.wanted(), one.events()) == ([], [])
    one.feed(np.concatenate([tone(1), silence(1)]))
    [later] = one.wanted()
    one.done(later, said(later, "keep this"))
    assert finals(one.events()) == ["keep this"]


def test_words_of_a_language_that_nobody_speaks_are_left_out() -> None:
    """Unless the language was named."""
    for language, expected in (("auto", [""]), ("en", ["gibberish"])):
        one = ear(language=language)
        one.feed(np.concatenate([tone(2), silence(1)]))
        [whole] = one.wanted()
        one.done(whole, said(whole, "gibberish", likely=0.01))
        assert finals(one.events()) == expected
    assert ear(language="auto").judged.language == "und"


def test_speakers_are_numbered_by_their_voices() -> None:
    """As they come."""
    one = ear()
    a, b = np.eye(2, 256, dtype=np.float32)
    speakers = []
    for voice in (a, b, a):
        one.feed(np.concatenate([tone(2), silence(1)]))
        [whole] = one.wanted()
        one.done(whole, said(whole, "me", voice=voice))
        speakers += [event.speaker for event in one.events() if isinstance(event, Final)]
    assert speakers == [0, 1, 0]


@pytest.mark.parametrize("sound", [tone, silence], ids=["speech", "silence"])
def test_memory_does_not_grow_with_a_turn_or_a_silence(sound: object) -> None:
    """What is settled is forgotten."""
    one = ear()
    for _ in range(180):
        one.feed(sound(1.0))  # type: ignore[operator]
        for stretch in one.wanted():
            one.done(stretch, said(stretch, "word"))
    kept = sum(len(block) for block in one._tape._blocks) / SAMPLE_RATE
    assert kept <= RULES.longest + 3
    assert len(one._probabilities) < 600


def test_the_sound_of_a_turn_without_an_end_goes_with_its_words() -> None:
    """Who never pauses is cut; what was recognised is not kept until the turn is over."""
    one = ear()
    sounds = []
    for _ in range(6 * int(RULES.longest)):
        one.feed(tone(1.0))
        for stretch in one.wanted():
            sounds.append(weakref.ref(stretch.samples))
            one.done(stretch, said(stretch, "word"))
            del stretch
    assert one.speaking
    assert len(sounds) >= 5
    assert not any(sound() is not None for sound in sounds)


@pytest.mark.parametrize("cleared", [False, True], ids=["told", "cleared"])
def test_the_sound_of_a_turn_goes_with_it(*, cleared: bool) -> None:
    """At once: the garbage collector passes so rarely that minutes of sound would wait for it."""
    gc.disable()
    try:
        one = ear()
        one.feed(np.concatenate([tone(2), silence(1)]))
        [look] = one.wanted()
        sound = weakref.ref(look.samples)
        if cleared:
            one.clear()
        else:
            one.done(look, said(look, "hello"))
            assert finals(one.events()) == ["hello"]
        del look
        assert sound() is None
    finally:
        gc.enable()
