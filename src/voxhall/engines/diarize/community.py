"""Diarization by pyannote's community-1 models, described; see `_community` for how."""

from pathlib import Path

from voxhall.engines.registry import Engine, NoOptions


def _load(_options: NoOptions, _models: Path) -> object:
    from voxhall.engines.diarize._community import Community  # noqa: PLC0415 - heavy

    return Community()


engine = Engine(
    name="community",
    ability="diarize",
    summary="pyannote community-1 segmentation and WeSpeaker embeddings, clustered by runs of solo speech",
    licence="CC-BY-4.0",
    load=_load,
    needs=("moonshine_voice", "onnxruntime", "scipy"),
)
