"""Embeds texts with MiniLM: tokens, the network, the mean over a text's tokens."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Encoding, Tokenizer

from voxhall.engines.embed._bert import WIDTH, read_weights, write_graph
from voxhall.engines.onnx import open_session

LONGEST = 256
"""Tokens of a text that are read, as many as the model was trained with."""
BATCH_TOKENS = 2048
"""Tokens embedded at once, padding included: more are not faster, and take memory."""


class MiniLM:
    """The model with its tokenizer."""

    def __init__(self, graph: Path, tokenizer: Path) -> None:
        self._session = open_session(str(graph))
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def embed(self, texts: tuple[str, ...]) -> NDArray[np.float32]:
        """Give a vector of length 1 for each text, (n, 384)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        for batch in _batches([len(each.ids) for each in encoded]):
            vectors[batch] = self._mean([encoded[place] for place in batch])
        return vectors

    def _mean(self, encoded: Sequence[Encoding]) -> NDArray[np.float32]:
        length = max(len(each.ids) for each in encoded)
        ids = np.array([each.ids + [0] * (length - len(each.ids)) for each in encoded])
        mask = np.array([[1] * len(each.ids) + [0] * (length - len(each.ids)) for each in encoded])
        [states] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        total = np.einsum("ntw,nt->nw", states, mask.astype(np.float32))
        return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True), np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Put texts of like length together, so that little is padded; give their places."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def build(weights: Path, graph: Path) -> None:
    """Make the graph of the weights, with 8 bits for each, and keep it in a file, which appears when it is whole."""
    graph.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".minilm-", dir=graph.parent) as folder:
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        onnx.save(write_graph(read_weights(weights)), full)
        # seven bits: processors without VNNI add two products in 16 bits, which overflow with eight
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        small.replace(graph)
