"""NLLB-200 on CTranslate2: among two hundred languages, Amharic, Tigrinya, Oromo and Somali among them."""

from pathlib import Path

from voxhall.engines import weights
from voxhall.engines.registry import Directions, Engine, Weights
from voxhall.engines.translate import _ctranslate as ctranslate
from voxhall.engines.translate._ctranslate import FILES, Model, Options
from voxhall.engines.translate._flores import CODES

LICENCE = "CC-BY-NC-4.0 (not for commercial use)"
MODELS = (
    Weights("nllb-200-3.3b", "OpenNMT/nllb-200-3.3B-ct2-int8", 3380, LICENCE, FILES),
    Weights("nllb-200-distilled-1.3b", "OpenNMT/nllb-200-distilled-1.3B-ct2-int8", 1400, LICENCE, FILES),
    Weights("nllb-200-distilled-600m", "JustFrederik/nllb-200-distilled-600M-ct2-int8", 645, LICENCE, FILES),
)
"""Best first."""
SUGGESTED = "nllb-200-distilled-600m"
LANGUAGES = frozenset(CODES)


class Nllb:
    """One loaded model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """Translate sentences; both languages are named by tokens."""
        return self._model.translate(texts, before=CODES[source], target_prefix=CODES[target])


def load(options: Options, models: Path) -> Nllb:
    """Load the chosen model; raises EngineUnavailable."""
    return Nllb(ctranslate.load(options, models, MODELS, "nllb"))


def _directions(_options: Options, _models: Path) -> tuple[Directions, ...]:
    return (Directions(LANGUAGES, LANGUAGES),)


def _missing(options: Options, models: Path) -> str | None:
    return weights.missing(options.model, models, MODELS, SUGGESTED)


engine = Engine(
    name="nllb",
    ability="translate",
    summary="Meta's NLLB-200 on CTranslate2, for research and other use that is not commercial",
    licence=LICENCE,
    load=load,
    options=Options,
    needs=("ctranslate2", "sentencepiece"),
    languages=LANGUAGES,
    rank=10,
    weights=MODELS,
    directions=_directions,
    missing=_missing,
)
