"""A translation model in CTranslate2's form, with the pieces of words that it was trained on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field

from voxhall.engines import weights
from voxhall.engines.registry import Weights
from voxhall.errors import EngineFailed, EngineUnavailable

FILES = ("config.json", "model.bin", "shared_vocabulary.*", "*_vocabulary.*", "*.model", "*.spm", "tokenizer.json")
END = "</s>"
BATCH_TOKENS = 2048
"""Tokens that are worked on at once; sentences of like length go together."""
LONGEST = 512
"""Tokens of one translation at most, as NLLB was trained."""
GROWTH, ROOM = 2, 16
"""A translation has at most so many times the tokens of the longest text beside it, and some more: loops end there."""


class Options(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """Which model, and how thoroughly it searches."""

    model: str = "auto"
    """A folder in the models folder; `auto` takes the best one."""
    compute_type: Literal["int8", "int8_float32", "int16", "float32"] = "int8"
    """How CTranslate2 calculates."""
    beam_size: int = Field(default=4, ge=1, le=16)
    """Hypotheses followed at a time."""


class Pieces(Protocol):
    """Cuts words into pieces and puts them together again."""

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """Give the pieces of each text."""
        ...

    def join(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        """Give the text of each list of pieces."""
        ...


class _SentencePiece:
    def __init__(self, cutting: Path, joining: Path) -> None:
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - only where a model is used

        self._cutter: Any = SentencePieceProcessor(str(cutting))
        self._joiner: Any = SentencePieceProcessor(str(joining))

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        return [list(pieces) for pieces in self._cutter.encode(list(texts), out_type=str)]

    def join(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return [self._joiner.decode_pieces(list(each)) for each in pieces]


class _Tokenizer:
    """What Hugging Face makes of a SentencePiece model, for folders without the model itself."""

    def __init__(self, file: Path) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 - likewise

        self._tokenizer: Any = Tokenizer.from_file(str(file))

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        return [each.tokens for each in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def join(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        ids = [[self._tokenizer.token_to_id(piece) for piece in each] for each in pieces]
        return [self._tokenizer.decode([number for number in each if number is not None]) for each in ids]


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model."""

    pieces: Pieces
    translator: Any
    beam_size: int
    ends_itself: bool
    """Whether CTranslate2 adds the end of a sentence."""

    def translate(
        self, texts: tuple[str, ...], *, before: str | None = None, target_prefix: str | None = None, front: str = ""
    ) -> tuple[str, ...]:
        """Translate texts; `front` goes before each text, the token `before` before its pieces.

        The translation begins with the token `target_prefix`, which is dropped. Raises EngineFailed.
        """
        cut = self.pieces.cut([front + text for text in texts])
        ending = [] if self.ends_itself else [END]
        beginning = [before] if before else []
        longest = min(LONGEST, GROWTH * max(map(len, cut), default=0) + ROOM)
        prefix = [[target_prefix]] * len(texts) if target_prefix else None
        try:
            results = self.translator.translate_batch(
                [[*beginning, *pieces, *ending] for pieces in cut],
                target_prefix=prefix,
                beam_size=self.beam_size,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                max_decoding_length=longest,
                disable_unk=True,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"the translation model failed with {type(error).__name__}") from error
        skipped = len(prefix[0]) if prefix else 0
        return tuple(self.pieces.join([each.hypotheses[0][skipped:] for each in results]))


def open_model(folder: Path, options: Options) -> Model:
    """Load a model; raises EngineUnavailable where the folder lacks what it takes."""
    from ctranslate2 import Translator  # noqa: PLC0415 - heavy, and only needed once chosen

    if not (folder / "model.bin").is_file():
        raise EngineUnavailable(f"the folder of the model {folder.name!r} has no model.bin in it")
    pieces = _pieces(folder)
    config = json.loads((folder / "config.json").read_text()) if (folder / "config.json").is_file() else {}
    translator = Translator(
        str(folder), device="cpu", compute_type=options.compute_type, inter_threads=1, intra_threads=1
    )
    return Model(pieces, translator, options.beam_size, bool(config.get("add_source_eos")))


def _pieces(folder: Path) -> Pieces:
    if (folder / "source.spm").is_file() and (folder / "target.spm").is_file():
        return _SentencePiece(folder / "source.spm", folder / "target.spm")
    if found := sorted([*folder.glob("*.model"), *folder.glob("*.spm")]):
        return _SentencePiece(found[0], found[0])
    if (folder / "tokenizer.json").is_file():
        return _Tokenizer(folder / "tokenizer.json")
    raise EngineUnavailable(
        f"the folder of the model {folder.name!r} has neither a SentencePiece model nor tokenizer.json"
    )


def load(options: Options, models: Path, known: Sequence[Weights], name: str) -> Model:
    """Load the chosen model of the engine `name`; raises EngineUnavailable."""
    folder = weights.chosen(options.model, models, known)
    if folder is None:
        raise EngineUnavailable(f"engine {name!r} cannot be used: there is no model of it in {models}")
    return open_model(folder, options)
