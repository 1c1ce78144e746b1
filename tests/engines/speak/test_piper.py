"""The embedded voice: cut into parts, it still is the voice, and it streams."""

import numpy as np
import pytest

from voxhall.engines.espeak import open_espeak
from voxhall.engines.protocols import Style, Synthesizer, Utterance
from voxhall.engines.registry import NoOptions
from voxhall.engines.speak import piper
from voxhall.engines.speak._graph import HOP
from voxhall.engines.speak._phonemes import pronounce
from voxhall.errors import EngineUnavailable, InvalidInput

WORDS = ("The", "birch", "canoe", "slid", "on", "the", "smooth", "planks,", "and", "nobody", "saw", "it.")


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """The loaded voice."""
    engine: Synthesizer = piper.engine.load(NoOptions(), tmp_path_factory.mktemp("none"))  # type: ignore[assignment]
    return engine


def plan(voice: Synthesizer, words: tuple[str, ...] = WORDS, **style: object) -> Utterance:
    """Plan an utterance."""
    return voice.prepare(words, "joe", "en", Style(**style), None)  # type: ignore[arg-type]


def sound(voice: Synthesizer, utterance: Utterance) -> np.ndarray:
    """Give all of its sound."""
    return np.concatenate([voice.render(piece) for piece in utterance.pieces])


def test_the_pieces_join_to_what_one_piece_would_be(voice: Synthesizer) -> None:
    """To within a ten-thousandth of full scale: nobody hears the seam."""
    utterance = plan(voice)
    first, rest = utterance.pieces
    before, count = (int(n) for n in rest["frames"])
    whole = {
        "prior": np.concatenate([first["prior"][:, : int(first["frames"][1])], rest["prior"][:, before:]], axis=1),
        "frames": np.array([0, int(first["frames"][1]) + count]),
    }
    np.testing.assert_allclose(sound(voice, utterance), voice.render(whole), atol=1e-4)


def test_the_first_piece_is_short(voice: Synthesizer) -> None:
    """So that there is something to be heard at once."""
    [first, _] = plan(voice).pieces
    assert 0.1 < len(voice.render(first)) / 22050 < 0.4


def test_a_seed_decides_and_no_heat_leaves_nothing_to_it(voice: Synthesizer) -> None:
    """The same seed gives the same samples; without temperature every seed does."""
    once, again, other = (sound(voice, plan(voice, seed=seed)) for seed in ((1,), (1,), (2,)))
    np.testing.assert_array_equal(once, again)
    assert len(once) != len(other) or np.abs(once - other).max() > 0.01
    cold = [sound(voice, plan(voice, seed=(seed,), temperature=0.0)) for seed in (1, 2)]
    np.testing.assert_array_equal(*cold)


def test_speed_is_a_multiple(voice: Synthesizer) -> None:
    """As far as whole frames for each phoneme allow."""
    slow, fast = (len(sound(voice, plan(voice, speed=speed))) for speed in (0.75, 1.5))
    assert 1.5 < slow / fast < 2.1


def test_word_times_sum_to_the_sound(voice: Synthesizer) -> None:
    """Each word ends where the next begins, the last one with the sound."""
    utterance = plan(voice)
    words = utterance.words or ()
    assert [a.end for a in words[:-1]] == [b.start for b in words[1:]]
    assert words[-1].end == pytest.approx(len(sound(voice, utterance)) / 22050, abs=3 * HOP / 22050)
    assert all(0.04 < word.seconds < 1.2 for word in words)


def test_phonemes_that_are_given_are_said(voice: Synthesizer) -> None:
    """A word in brackets sounds as its phonemes, not as its letters."""
    spelled = pronounce(open_espeak(), ("Say", "[[kənˈuː]],", "please."), "en")
    assert "kənˈuː," in spelled.phonemes
    assert spelled.phonemes[spelled.starts[1] :].startswith("kənˈuː")
    assert len(sound(voice, plan(voice, ("[[kənˈuː]].",)))) > 2000


@pytest.mark.parametrize("words", [("...",), ("!?",), ("",)])
def test_nothing_to_say_is_an_error(words: tuple[str, ...], voice: Synthesizer) -> None:
    """Rather than noise."""
    with pytest.raises(InvalidInput, match="nothing"):
        plan(voice, words)


def test_an_altered_model_is_not_loaded(monkeypatch: pytest.MonkeyPatch, voice: Synthesizer) -> None:
    """It says how to get the right one."""
    del voice
    monkeypatch.setattr(piper, "SHA256", dict.fromkeys(piper.SHA256, "0" * 64))
    with pytest.raises(EngineUnavailable, match="pip install"):
        piper._verified("en_US-joe-medium.onnx.json")
