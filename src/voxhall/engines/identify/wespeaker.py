"""Voices as vectors by WeSpeaker's ResNet34, described; see `engines.speaker` for how."""

from pathlib import Path

from voxhall.engines.protocols import Identifier
from voxhall.engines.registry import Engine, NoOptions


def _load(_options: NoOptions, _models: Path) -> Identifier:
    from voxhall.engines.speaker import Embedder  # noqa: PLC0415 - heavy

    return Embedder()


engine = Engine(
    name="wespeaker",
    ability="identify",
    summary="WeSpeaker ResNet34 speaker embeddings, any language",
    licence="CC-BY-4.0",
    load=_load,
    needs=("moonshine_voice", "onnxruntime"),
)
