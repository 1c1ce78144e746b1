"""MADLAD-400 on CTranslate2: over four hundred languages, free for any use; larger and slower than NLLB."""

from pathlib import Path

from voxhall.domain.languages import NAMES
from voxhall.engines import weights
from voxhall.engines.registry import Directions, Engine, Weights
from voxhall.engines.translate import _ctranslate as ctranslate
from voxhall.engines.translate._ctranslate import FILES, Model, Options

MODELS = (Weights("madlad400-3b-mt", "santhosh/madlad400-3b-ct2", 2950, "Apache-2.0", FILES),)
SUGGESTED = "madlad400-3b-mt"
UNKNOWN = {"ak", "ki", "kg", "luo", "li", "lij", "lmo", "scn", "sc", "vec", "fur", "min", "ast", "kab", "ks"}
"""Languages that it saw too little of, or not at all (arXiv 2309.04662, appendix)."""
LANGUAGES = frozenset(NAMES) - UNKNOWN
ITS_CODES = {"he": "iw", "tl": "fil"}
"""Where its code is not that of ISO 639."""


class Madlad:
    """One loaded model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:  # noqa: ARG002 - it hears
        """Translate sentences; only the language they are to be in is named, within the text."""
        return self._model.translate(texts, front=f"<2{ITS_CODES.get(target, target)}> ")


def load(options: Options, models: Path) -> Madlad:
    """Load the chosen model; raises EngineUnavailable."""
    return Madlad(ctranslate.load(options, models, MODELS, "madlad"))


def _directions(_options: Options, _models: Path) -> tuple[Directions, ...]:
    return (Directions(LANGUAGES, LANGUAGES),)


def _missing(options: Options, models: Path) -> str | None:
    return weights.missing(options.model, models, MODELS, SUGGESTED)


engine = Engine(
    name="madlad",
    ability="translate",
    summary="Google's MADLAD-400 on CTranslate2, free for any use",
    licence="Apache-2.0",
    load=load,
    options=Options,
    needs=("ctranslate2", "sentencepiece"),
    languages=LANGUAGES,
    rank=8,
    weights=MODELS,
    directions=_directions,
    missing=_missing,
)
