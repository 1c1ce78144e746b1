"""A script becomes sound: streamed or verified, shaped, with cues, never longer than wanted."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from voxhall.domain.speech import Span, Word
from voxhall.domain.voice import Order, Shape, Spoken
from voxhall.engines.protocols import MARGIN, Recognition, Samples, Style, Utterance
from voxhall.pipelines.script import write_script
from voxhall.pipelines.speak import SPEECH_RATE, TAKES, Part, Tools, speak

SECOND = 24_000


@dataclass
class Voice:
    """Says each word for a tenth of a second, in two pieces; how loud tells which take it is."""

    asked: list[tuple[tuple[str, ...], str, Style]] = field(default_factory=list)
    rendered: int = 0
    timed: bool = True

    def prepare(
        self, words: tuple[str, ...], voice: str, language: str, style: Style, reference: Samples | None
    ) -> Utterance:
        """Plan."""
        self.asked.append((words, voice, style))
        halves = [len(words) - len(words) // 2, len(words) // 2]
        pieces = tuple({"sound": np.full(2400 * n, 0.1 * (1 + style.seed[-1]), np.float32)} for n in halves if n)
        spans = tuple(Span(n / 10, (n + 1) / 10) for n in range(len(words)))
        return Utterance(SPEECH_RATE, pieces, spans if self.timed else None)

    def render(self, piece: dict[str, np.ndarray]) -> Samples:
        """Speak."""
        self.rendered += 1
        return piece["sound"].astype(np.float32)


@dataclass
class Ears:
    """Hears what it is told to, one answer a take; the last one for ever."""

    answers: list[str]

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Hear."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        words = tuple(Word(text, 0, 0, 1) for text in answer.split())
        return Recognition(words, timed=False, language=language, language_probability=1.0)


class Letters:
    """Pronounces every letter."""

    def phonemes(self, texts: tuple[str, ...], language: str) -> tuple[str, ...]:
        """Give the letters."""
        return tuple("".join(c for c in text.lower() if c.isalpha() or c == " ") for text in texts)


class Louder:
    """Shapes by doubling; what comes last in a sound is not settled yet."""

    def reshape(self, samples: Samples, rate: int, shape: Shape) -> Samples:
        """Double, and spoil the margin."""
        made = 2 * samples
        made[len(made) - round(MARGIN * rate) :] *= 0.5 if len(samples) < 3 * 2400 else 1
        return made

    def cue(self, name: str, vowel: Samples, rate: int, seed: int) -> Samples:
        """Give half a second of something."""
        return np.full(rate // 2, 0.3, np.float32)


class Even:
    """Aligns by giving each word as much as any other."""

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Divide."""
        edges = np.linspace(0, len(samples) / 16000, len(words) + 1).tolist()
        return tuple(map(Span, edges[:-1], edges[1:]))


def tools(voice: Voice, *heard: str, shape: Shape | None = None) -> Tools:
    """Give engines for English."""
    return Tools(
        parts={"en": Part(voice, "base", 1.0, shape or Shape())},
        language="en",
        shaper=Louder(),
        phonemizer=Letters(),
        recognizers={"en": Ears(list(heard))} if heard else {},
        aligners={"en": (Even(),)},
    )


def run(text: str, engines: Tools, **order: object) -> tuple[Samples, list[Spoken]]:
    """Speak a text."""
    given = list(speak(write_script(text, "en", {}), engines, Order("v", text, **order)))  # type: ignore[arg-type]
    sound = np.concatenate([np.zeros(0, np.float32), *(g for g in given if not isinstance(g, Spoken))])
    return sound, [each for each in given if isinstance(each, Spoken)]


def test_what_is_heard_as_written_is_rendered_once() -> None:
    """And recorded as verified."""
    _, [said] = run("one two three", tools(Voice(), "one two three"))
    assert (said.takes, said.error, said.verified) == (1, 0.0, True)


def test_a_misread_chunk_is_rendered_again_with_other_chance() -> None:
    """Until it is heard right."""
    voice = Voice()
    sound, [said] = run("one two three", tools(voice, "nonsense it is", "one two three"))
    assert (said.takes, said.verified) == (2, True)
    assert [style.seed for _, _, style in voice.asked] == [(0, 0, 0), (0, 0, 1)]
    assert sound.max() == pytest.approx(0.2)


def test_of_takes_that_all_fail_the_best_is_kept() -> None:
    """And it is told that it was not verified."""
    sound, [said] = run("one two three", tools(Voice(), "nonsense of all kinds", "one two tree house", "what"))
    assert (said.takes, said.verified) == (TAKES, False)
    assert said.error is not None
    assert said.error > 0.2
    assert sound.max() == pytest.approx(0.2)


def test_a_take_without_its_ending_is_not_complete() -> None:
    """However few phonemes of a long text that is."""
    text = "this is a rather long sentence about nothing in particular that goes on until the end"
    _, [said] = run(text, tools(Voice(), text.removesuffix(" the end"), text))
    assert (said.takes, said.verified) == (2, True)


def test_nobody_listens_where_it_is_not_wanted_or_not_possible() -> None:
    """Sound comes piece by piece, and no verdict is made up."""
    for engines, verify in ((tools(Voice(), "nonsense"), False), (tools(Voice()), True)):
        _, [said] = run("one two three", engines, verify=verify)
        assert (said.takes, said.error, said.verified) == (1, None, None)


def test_sound_is_given_before_the_rest_is_made() -> None:
    """A block for each piece."""
    voice = Voice()
    sound = speak(write_script("one two three four", "en", {}), tools(voice), Order("v", "", verify=False))
    assert len(next(sound)) == 4800  # type: ignore[arg-type]  # sound comes first
    assert voice.rendered == 1


def test_words_are_placed_in_the_whole_render() -> None:
    """As they were written, each chunk after the pause of the one before it."""
    _, [first, second] = run("It cost $5. Yes indeed.", tools(Voice()))
    assert [word.text for word in first.words] == ["It", "cost", "$5."]
    assert second.start == pytest.approx(first.end + 0.2)
    assert second.words[0].start == pytest.approx(second.start)
    assert second.words[1].end == pytest.approx(second.end)


def test_a_voice_that_cannot_tell_is_aligned() -> None:
    """So that words always have times."""
    _, [said] = run("one two three four", tools(Voice(timed=False)))
    assert [round(word.end, 2) for word in said.words] == [0.1, 0.2, 0.3, 0.4]


def test_a_shape_is_applied_and_what_is_not_settled_is_held_back() -> None:
    """The seam of two pieces is what the whole would be."""
    sound, _ = run("one two three four", tools(Voice(), shape=Shape(pitch=2)), verify=False)
    assert len(sound) == 4 * 2400
    np.testing.assert_allclose(sound, 0.2, atol=1e-6)


def test_a_cue_is_made_of_the_voice_s_own_vowel() -> None:
    """A hesitation is spoken; neither is read aloud."""
    voice = Voice()
    sound, said = run("[laugh]", tools(voice))
    assert len(sound) == SECOND // 2
    assert said == []
    run("[hesitate]", tools(voice))
    assert [words for words, _, _ in voice.asked] == [("ah,",), ("um,",)]


def test_the_ceiling_cuts_with_a_fade() -> None:
    """At exactly so many samples."""
    sound, _ = run("one two three four", tools(Voice()), longest=0.25)
    assert len(sound) == SECOND // 4
    assert sound[0] == pytest.approx(0.1)
    assert abs(sound[-1]) < 0.001


def test_speed_multiplies_the_voice_s_own() -> None:
    """As temperature and seed are handed on."""
    voice = Voice()
    run("hello", tools(voice), speed=1.5, temperature=0.3, seed=9)
    assert voice.asked[0][2] == Style(0.3, 1.5, (9, 0, 0))
