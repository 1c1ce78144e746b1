"""A cross-encoder of the operator's own, as an ONNX file with its tokenizer: judges a text beside the question."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from voxhall.engines.protocols import Reranker
from voxhall.engines.registry import Engine

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

FILES = ("model.onnx", "tokenizer.json")
BATCH = 8
"""Texts judged at once."""


class Options(BaseModel, extra="forbid"):
    """Where the model is."""

    folder: Path | None = None
    """Holds `model.onnx` and `tokenizer.json`, as an export for sequence classification with one label writes them."""
    longest: int = Field(default=512, ge=16, le=8192)
    """Tokens of question and text together; the text is cut."""


class CrossEncoder:
    """The model with its tokenizer."""

    def __init__(self, session: "InferenceSession", tokenizer: "Tokenizer") -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = [each.name for each in session.get_inputs()]

    def rerank(self, query: str, texts: tuple[str, ...]) -> NDArray[np.float32]:
        """Give how well each text answers, (n,); more is better."""
        parts = [self._judge(query, texts[begin : begin + BATCH]) for begin in range(0, len(texts), BATCH)]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def _judge(self, query: str, texts: tuple[str, ...]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode_batch([(query, text) for text in texts])
        feed = {
            "input_ids": np.array([each.ids for each in encoded]),
            "attention_mask": np.array([each.attention_mask for each in encoded]),
            "token_type_ids": np.array([each.type_ids for each in encoded]),
        }
        [logits, *_] = self._session.run(None, {name: feed[name] for name in self._inputs})
        # a model with two labels says in the second how fitting a text is
        return np.asarray(logits, np.float32).reshape(len(texts), -1)[:, -1]


def _load(options: Options, _models: Path) -> Reranker:
    from tokenizers import Tokenizer  # noqa: PLC0415 - heavy

    from voxhall.engines.onnx import open_session  # noqa: PLC0415 - likewise

    model, tokens = (str((options.folder or Path()) / name) for name in FILES)
    tokenizer = Tokenizer.from_file(tokens)
    tokenizer.enable_truncation(options.longest, strategy="only_second")
    tokenizer.enable_padding()
    return CrossEncoder(open_session(model), tokenizer)


def _missing(options: Options, _models: Path) -> str | None:
    if options.folder is None:
        return "set VOXHALL_ENGINE_OPTIONS__CROSSENCODER__FOLDER to a folder with model.onnx and tokenizer.json"
    absent = [name for name in FILES if not (options.folder / name).is_file()]
    return f"{options.folder} has no {' and no '.join(absent)}" if absent else None


engine = Engine(
    name="crossencoder",
    ability="rerank",
    summary="A cross-encoder of your own in ONNX, any language that it knows",
    licence="of the model",
    load=_load,
    options=Options,
    needs=("onnxruntime", "tokenizers"),
    missing=_missing,
)
