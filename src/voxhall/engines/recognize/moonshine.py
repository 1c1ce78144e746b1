"""English recognition by moonshine tiny, whose weights the moonshine-voice wheel carries."""

from pathlib import Path

from pydantic import BaseModel, Field

from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.registry import Engine


class MoonshineOptions(BaseModel, extra="forbid"):
    """How hard to search."""

    beam: int = Field(default=4, ge=1, le=16, description="texts tried side by side; 1 is fastest")


TOKENS_PER_SECOND = 8.0
"""English is spoken at up to six; more is a loop."""
SHORTEST = 0.1
"""Seconds below which nothing can be said."""


class Moonshine:
    """One chunk in, words out; stateless."""

    def __init__(self, options: MoonshineOptions) -> None:
        from voxhall.engines.recognize import _beam, _moonshine_model, _moonshine_words  # noqa: PLC0415 - heavy

        self._search = _beam.search
        self._model = _moonshine_model.MoonshineModel(_moonshine_model.bundled_folder())
        self._vocabulary = _moonshine_words.Vocabulary(self._model.tokenizer)
        self._beam = options.beam

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:  # noqa: ARG002
        """Recognise one chunk."""
        duration = len(samples) / SAMPLE_RATE
        if duration < SHORTEST:
            return Recognition((), timed=False, language="en", language_probability=0.5)
        texts = self._search(self._model, samples, width=self._beam, tokens_per_second=TOKENS_PER_SECOND)
        words = self._vocabulary.words(texts[0].tokens, duration)
        return Recognition(words, timed=False, language="en", language_probability=0.9)


def load(options: MoonshineOptions, _models: Path) -> Moonshine:
    """Load the weights; raises EngineUnavailable."""
    return Moonshine(options)


engine = Engine(
    name="moonshine",
    ability="recognize",
    summary="Moonshine tiny, English, small and fast",
    licence="MIT",
    load=load,
    options=MoonshineOptions,
    needs=("moonshine_voice", "onnxruntime", "pocketsphinx"),
    languages=frozenset({"en"}),
)
