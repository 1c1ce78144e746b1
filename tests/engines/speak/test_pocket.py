"""The adapter of pocket-tts, on a model that stands in for it: the real one needs torch, half a gigabyte."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from voxhall.engines.protocols import Samples, Style
from voxhall.engines.registry import Registry
from voxhall.engines.speak import pocket
from voxhall.errors import InvalidInput

CLIP = np.linspace(-0.5, 0.5, 16_000, dtype=np.float32)


class Tensor:
    """An array with the few methods that are used."""

    def __init__(self, array: Samples) -> None:
        self.array = array

    def __getitem__(self, index: None) -> "Tensor":
        """Add an axis."""
        return Tensor(self.array[index])

    def numpy(self) -> Samples:
        """Give the array."""
        return self.array


class Model:
    """Remembers how it was called; its sound tells seed, temperature and state."""

    sample_rate = 24_000
    temp = 0.3
    seed = 0
    states = 0
    loaded: Path

    @classmethod
    def load_model(cls, *, config: Path) -> "Model":
        """Load."""
        made = cls()
        made.loaded = config
        return made

    def get_state_for_audio_prompt(self, clip: Tensor, *, truncate: bool) -> int:
        """Count the voices."""
        assert truncate
        assert clip.array.shape == (1, 24_000)
        self.states += 1
        return self.states

    def generate_audio(self, state: int, text: str) -> Tensor:
        """Speak."""
        return Tensor(np.array([state, len(text), self.temp, Model.seed % 1000], np.float32))


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pocket.Pocket:
    """The adapter around the stand-in."""

    def manual_seed(seed: int) -> None:
        Model.seed = seed

    monkeypatch.setitem(
        sys.modules, "torch", SimpleNamespace(Tensor=Tensor, from_numpy=Tensor, manual_seed=manual_seed)
    )
    monkeypatch.setitem(sys.modules, "pocket_tts", SimpleNamespace(TTSModel=Model))
    return pocket.Pocket(tmp_path / "config.yaml")


def spoken(speaker: pocket.Pocket, clip: Samples, **style: object) -> Samples:
    """Speak a word."""
    utterance = speaker.prepare(("Hello.",), "", "en", Style(**style), clip)  # type: ignore[arg-type]
    return speaker.render(utterance.pieces[0])


def test_a_clip_is_taken_in_once(speaker: pocket.Pocket) -> None:
    """However often it speaks; another clip is another voice."""
    assert [spoken(speaker, clip)[0] for clip in (CLIP, CLIP, CLIP / 2, CLIP)] == [1, 1, 2, 1]


def test_temperature_is_relative_to_the_model_s_own_and_a_seed_decides(speaker: pocket.Pocket) -> None:
    """What is usual here is what the model's makers prefer."""
    usual, hot = (spoken(speaker, CLIP, temperature=temperature)[2] for temperature in (0.9, 1.8))
    assert (usual, hot) == pytest.approx((0.3, 0.6))
    one, same, other = (spoken(speaker, CLIP, seed=seed)[3] for seed in ((1,), (1,), (2,)))
    assert one == same != other


def test_it_speaks_only_with_a_clip(speaker: pocket.Pocket) -> None:
    """It has no voice of its own."""
    with pytest.raises(InvalidInput, match="clip"):
        speaker.prepare(("Hello.",), "", "en", Style(), None)


def test_without_a_model_it_says_where_to_put_one(tmp_path: Path) -> None:
    """Once its package is there."""
    assert str(tmp_path) in (pocket.engine.missing(pocket.Options(), tmp_path) or "")
    assert Registry(tmp_path).missing(pocket.engine) is not None
