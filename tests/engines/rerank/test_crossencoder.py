"""A cross-encoder of one's own."""

from pathlib import Path

import numpy as np
import pytest

from tiny_crossencoder import write_crossencoder
from voxhall.engines.host import Host
from voxhall.engines.protocols import Reranker
from voxhall.engines.registry import Registry
from voxhall.engines.rerank.crossencoder import engine
from voxhall.errors import EngineUnavailable


def test_texts_are_judged_beside_the_question(tmp_path: Path) -> None:
    """In an engine process, more texts than are judged at once, of different lengths, in the order given."""
    folder = write_crossencoder(tmp_path / "mine")
    registry = Registry(tmp_path, {"crossencoder": {"folder": str(folder)}}, (engine,))
    texts = ("dogs bark", "the fish swim", "cats purr", "", *["fish " * 30] * 9)
    with Host(registry, processes=1) as host:
        chosen = registry.choose("rerank")
        scores = host.scope().engine(Reranker, chosen).rerank("why do cats purr", texts)
    assert scores.dtype == np.float32
    assert scores.tolist() == [0, 0, 2, 0, *[0] * 9]


def test_long_texts_are_cut_and_not_the_question(tmp_path: Path) -> None:
    """What lies beyond the longest input does not count."""
    folder = write_crossencoder(tmp_path / "mine")
    registry = Registry(tmp_path, {"crossencoder": {"folder": str(folder), "longest": 16}}, (engine,))
    with Host(registry, processes=1) as host:
        reranker = host.scope().engine(Reranker, registry.choose("rerank"))
        assert reranker.rerank("cats purr", ("cats purr", "fish " * 40 + "cats purr")).tolist() == [2, 0]


@pytest.mark.parametrize("files", [None, (), ("model.onnx",)], ids=["no folder", "an empty one", "half of it"])
def test_without_a_model_it_is_not_chosen(files: tuple[str, ...] | None, tmp_path: Path) -> None:
    """And it says what to do."""
    for name in files or ():
        (tmp_path / name).touch()
    options = {} if files is None else {"crossencoder": {"folder": str(tmp_path)}}
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json"):
        Registry(tmp_path, options, (engine,)).choose("rerank")
