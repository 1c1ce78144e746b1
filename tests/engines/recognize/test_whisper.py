"""Whisper as an engine: with models made on the spot that hear what the test wants them to hear."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from tiny_whisper import write_whisper
from voxhall.engines.host import Host
from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Recognizer
from voxhall.engines.recognize import whisper
from voxhall.engines.recognize.whisper import Whisper
from voxhall.engines.registry import Registry
from voxhall.errors import EngineUnavailable

SOUND = np.random.default_rng(1).normal(scale=0.1, size=3 * SAMPLE_RATE).astype(np.float32)
Maker = Callable[..., Whisper]


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """Make a Whisper that hears what it is told to."""

    def made(name: str = "tiny", **what: Any) -> Whisper:
        write_whisper(tmp_path / name, **what)
        return whisper.load(whisper.Options(model=name), tmp_path)

    return made


def hear(
    engine: Recognizer, sound: Any = SOUND, *, language: str = "auto", keywords: tuple[str, ...] = ()
) -> Recognition:
    """Recognise with the usual arguments."""
    return engine.recognize(sound, language=language, keywords=keywords)


def text(recognition: Recognition) -> str:
    """Join the words."""
    return " ".join(word.text for word in recognition.words)


def test_words_have_times_and_confidences(make: Maker) -> None:
    """Punctuation stays with its word, times are in order and within the sound, and confidence is a probability."""
    found = hear(make(text=" bonjour, le monde.", language="fr"))
    assert [word.text for word in found.words] == ["bonjour,", "le", "monde."]
    assert found.timed
    times = [time for word in found.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= 3
    assert all(0.9 < word.confidence <= 1 for word in found.words)


def test_it_runs_in_an_engine_process(tmp_path: Path) -> None:
    """The registry chooses it for a language that it knows, and the host runs it elsewhere with the same result."""
    write_whisper(tmp_path / "whisper-tiny", text=" bonjour le monde", language="fr")
    registry = Registry(tmp_path, engines=(whisper.engine,))
    with Host(registry, processes=1) as host, host.scope() as scope:
        lent = hear(scope.engine(Recognizer, registry.choose("recognize", language="fr")))
    assert text(lent) == "bonjour le monde"
    assert lent == hear(whisper.load(whisper.Options(), tmp_path))


def test_the_language_is_detected(make: Maker) -> None:
    """Under `auto` the likeliest language is taken, and its probability told."""
    found = hear(make(language="de"))
    assert found.language == "de"
    assert found.language_probability > 0.99


def test_a_wrong_language_is_told(make: Maker) -> None:
    """Who names a language gets it, with the probability that it was spoken."""
    found = hear(make(language="de"), language="fr")
    assert (found.language, text(found)) == ("fr", "hello world")
    assert found.language_probability < 0.01


def test_javanese_is_named_as_others_name_it(make: Maker) -> None:
    """Whisper's own code for Javanese does not leak out, and ours is understood."""
    engine = make(language="jw")
    assert hear(engine).language == "jv"
    assert hear(engine, language="jv").language_probability > 0.99


def test_a_language_that_the_model_lacks(make: Maker) -> None:
    """Models before version 3 have no Cantonese: that is said, not guessed at."""
    with pytest.raises(EngineUnavailable, match="yue") as caught:
        hear(make(), language="yue")
    assert caught.value.param == "language"


def test_an_english_only_model_is_honest(make: Maker) -> None:
    """It takes everything for English but tells that it hardly was; it refuses other languages."""
    engine = make("whisper-distil-large-v3", language="fr")
    found = hear(engine)
    assert found.language == "en"
    assert found.language_probability < 0.01
    with pytest.raises(EngineUnavailable):
        hear(engine, language="fr")


@pytest.mark.parametrize("sound", [SOUND[:0], np.zeros(SAMPLE_RATE, np.float32)], ids=["nothing", "silence"])
def test_silence_has_no_words(sound: Any, make: Maker) -> None:
    """Even a model that always hears something hears nothing in silence."""
    assert hear(make(), sound).words == ()


@pytest.mark.parametrize("length", [1, 200, 30 * SAMPLE_RATE])
def test_the_shortest_and_the_longest_chunk(length: int, make: Maker) -> None:
    """One sample is as good as thirty seconds."""
    words = hear(make(), np.resize(SOUND, length)).words
    assert [word.text for word in words] == ["hello", "world"]
    assert all(0 <= word.start <= word.end <= length / SAMPLE_RATE for word in words)


def test_an_endless_repetition_is_dropped(make: Maker) -> None:
    """A model caught in a loop has not heard anything."""
    assert hear(make(again=True)).words == ()


def test_what_was_probably_no_speech_is_dropped(make: Maker) -> None:
    """An unlikely text is believed where there was speech, and not where there probably was none."""
    assert text(hear(make("speech", likely=7.0))) == "hello world"
    assert hear(make("none", likely=7.0, silence=25.0)).words == ()
    assert text(hear(make("sure", silence=25.0))) == "hello world"


def test_keywords_are_put_into_the_prompt(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The spellings that a caller expects stand before the text as if they had been said."""
    engine, prompts = make(), []
    get_prompt = engine._whisper.get_prompt
    monkeypatch.setattr(
        engine._whisper, "get_prompt", lambda *a, **k: prompts.append(get_prompt(*a, **k)) or prompts[-1]
    )
    hear(engine)
    assert text(hear(engine, keywords=("Voxhall", "Ge'ez"))) == "hello world"
    plain, with_keywords = map(engine._whisper.hf_tokenizer.decode, prompts)
    assert (plain, with_keywords) == ("", " Voxhall, Ge'ez")


def test_the_best_model_that_is_here_is_taken(tmp_path: Path) -> None:
    """Under `auto` a larger model wins, and an English-only one comes last."""
    write_whisper(tmp_path / "whisper-tiny", text=" tiny")
    write_whisper(tmp_path / "whisper-distil-large-v3", text=" distilled")
    assert text(hear(whisper.load(whisper.Options(), tmp_path))) == "tiny"
    write_whisper(tmp_path / "whisper-small", text=" small")
    assert text(hear(whisper.load(whisper.Options(), tmp_path))) == "small"


def test_what_is_missing_is_said_with_its_remedy(tmp_path: Path) -> None:
    """Without a model the engine is not chosen, and the error names the command that fetches one."""
    with pytest.raises(EngineUnavailable, match="voxhall models pull whisper-small"):
        Registry(tmp_path, engines=(whisper.engine,)).choose("recognize", language="am")
    configured = Registry(tmp_path, {"whisper": {"model": "whisper-medium"}}, (whisper.engine,))
    assert "voxhall models pull whisper-medium" in (configured.missing(whisper.engine) or "")
    own = Registry(tmp_path, {"whisper": {"model": "our-own"}}, (whisper.engine,))
    assert "our-own" in (own.missing(whisper.engine) or "")
    with pytest.raises(EngineUnavailable):
        whisper.load(whisper.Options(), tmp_path)


def test_every_language_of_whisper_is_offered() -> None:
    """The list of languages is Whisper's own, but for the code of Javanese."""
    assert set(_LANGUAGE_CODES) - {"jw"} | {"jv"} == whisper.LANGUAGES
