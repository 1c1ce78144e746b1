"""pocket-tts: speaks with the voice of a clip, wherever its package (with torch) and its weights are."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from voxhall.engines import weights
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Samples, Style, Synthesizer, Utterance
from voxhall.engines.registry import Engine, Weights
from voxhall.engines.speak._pieces import piece_of, wish_of
from voxhall.errors import InvalidInput

MODEL = Weights("pocket-tts", "kyutai/pocket-tts", 400, "CC-BY-4.0", files=("languages/english/*",))
USUAL_TEMPERATURE = 0.9
KEPT = 8
"""Voices whose states are kept in memory."""


class Options(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """Which model."""

    config: str = "config.yaml"
    """The model's own configuration within its folder, whose weights and tokenizer are files beside it."""


class Pocket:
    """Speaks whole chunks; it has one speed."""

    def __init__(self, config: Path) -> None:
        import torch  # noqa: PLC0415 - heavy, and only needed once chosen
        from pocket_tts import TTSModel  # noqa: PLC0415 - likewise

        self._torch: Any = torch
        self._model: Any = TTSModel.load_model(config=config)
        self._usual = self._model.temp
        self._states: dict[str, Any] = {}

    def prepare(
        self, words: tuple[str, ...], _voice: str, _language: str, style: Style, reference: Samples | None
    ) -> Utterance:
        """Plan an utterance as one piece; raises InvalidInput without a clip of the voice."""
        if reference is None:
            raise InvalidInput("this engine speaks only with the voice of a clip", param="voice")
        wish = {
            "text": " ".join(word.strip("[]") for word in words),
            "temperature": self._usual * style.temperature / USUAL_TEMPERATURE,
            "seed": float(np.random.SeedSequence(style.seed).generate_state(1)[0]),
        }
        return Utterance(self._model.sample_rate, ({**piece_of(wish), "reference": reference},), None)

    def render(self, piece: Arrays) -> Samples:
        """Give the sound."""
        wish = wish_of(piece)
        state = self._state(piece["reference"].astype(np.float32))
        self._torch.manual_seed(int(wish["seed"]))
        self._model.temp = wish["temperature"]
        return np.asarray(self._model.generate_audio(state, wish["text"]).numpy(), np.float32)

    def _state(self, reference: Samples) -> Any:
        """Give what the model makes of a clip; the same voice is asked for again and again."""
        digest = hashlib.sha256(reference.tobytes()).hexdigest()
        if digest not in self._states:
            if len(self._states) >= KEPT:
                del self._states[next(iter(self._states))]
            clip = self._torch.from_numpy(_resampled(reference, self._model.sample_rate))[None]
            self._states[digest] = self._model.get_state_for_audio_prompt(clip, truncate=True)
        return self._states[digest]


def _resampled(samples: Samples, rate: int) -> Samples:
    from scipy.signal import resample_poly  # noqa: PLC0415 - slow to import

    return np.asarray(resample_poly(samples, rate, SAMPLE_RATE), np.float32)


def _config(options: Options, models: Path) -> Path:
    return weights.folder(MODEL.name, models) / options.config


def _load(options: Options, models: Path) -> Synthesizer:
    return Pocket(_config(options, models))


def _missing(options: Options, models: Path) -> str | None:
    config = _config(options, models)
    if config.is_file():
        return None
    return f"no model is here: put its configuration and the files that it names into {config.parent}"


engine = Engine(
    name="pocket",
    ability="speak",
    summary="pocket-tts, which clones",
    licence="MIT; weights CC-BY-4.0",
    load=_load,
    options=Options,
    needs=("pocket_tts", "torch"),
    languages=frozenset({"en"}),
    rank=5,
    weights=(MODEL,),
    clones=True,
    missing=_missing,
)
