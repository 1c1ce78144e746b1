"""Voice matching by speaker embedding, described; see `_matching` for how."""

from pathlib import Path

from voxhall.engines.protocols import Cloner
from voxhall.engines.registry import Engine, NoOptions


def _load(_options: NoOptions, _models: Path) -> Cloner:
    from voxhall.engines.clone._matching import Matching  # noqa: PLC0415 - heavy

    return Matching()


engine = Engine(
    name="matching",
    ability="clone",
    summary="pitch, vocal tract and tone of a voice brought near to another's, judged by WeSpeaker; approximate",
    licence="BSD-3-Clause AND CC-BY-4.0",
    load=_load,
    needs=("moonshine_voice", "onnxruntime", "pyworld", "scipy"),
)
