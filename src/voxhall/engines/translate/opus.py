"""OPUS-MT on CTranslate2: one small model for each direction, whichever have been fetched or copied here."""

import re
from pathlib import Path

from pydantic import BaseModel, Field

from voxhall.engines import weights
from voxhall.engines.registry import Directions, Engine, Weights
from voxhall.engines.translate._ctranslate import FILES, Model, Options, open_model
from voxhall.errors import EngineUnavailable

OFFERED = ("en-es", "es-en", "en-fr", "fr-en", "en-de", "de-en", "en-it", "it-en", "en-ru", "ru-en", "en-zh", "zh-en",
           "en-ar", "ar-en")  # fmt: skip
"""Directions whose models can be fetched by name."""
MODELS = tuple(
    Weights(f"opus-mt-{pair}", f"gaudi/opus-mt-{pair}-ctranslate2", 155, "CC-BY-4.0", FILES) for pair in OFFERED
)
NAME = re.compile(r"opus-mt-([a-z]{2,3})-([a-z]{2,3})")


class OpusOptions(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """How thoroughly its models search."""

    beam_size: int = Field(default=4, ge=1, le=16)
    """Hypotheses followed at a time."""


class Opus:
    """Models by direction, loaded when they are first needed."""

    def __init__(self, options: OpusOptions, models: Path) -> None:
        self._options = Options(beam_size=options.beam_size)
        self._models = models
        self._loaded: dict[tuple[str, str], Model] = {}

    def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """Translate sentences; raises EngineUnavailable for a direction whose model is not here."""
        route = (source, target)
        if route not in self._loaded:
            folder = weights.folder(f"opus-mt-{source}-{target}", self._models)
            if not folder.is_dir():
                raise EngineUnavailable(f"there is no model {folder.name!r} in {self._models}")
            self._loaded[route] = open_model(folder, self._options)
        return self._loaded[route].translate(texts)


def _directions(_options: OpusOptions, models: Path) -> tuple[Directions, ...]:
    found = [NAME.fullmatch(place.name) for place in sorted(models.glob("opus-mt-*")) if place.is_dir()]
    return tuple(Directions(frozenset({each[1]}), frozenset({each[2]})) for each in found if each)


def _missing(options: OpusOptions, models: Path) -> str | None:
    if _directions(options, models):
        return None
    return f"no model of it is here; fetch one with `voxhall models pull {MODELS[0].name}`"


engine = Engine(
    name="opus",
    ability="translate",
    summary="OPUS-MT of the University of Helsinki on CTranslate2, one small model for each direction",
    licence="CC-BY-4.0",
    load=Opus,
    options=OpusOptions,
    needs=("ctranslate2", "sentencepiece"),
    rank=12,
    weights=MODELS,
    directions=_directions,
    missing=_missing,
)
