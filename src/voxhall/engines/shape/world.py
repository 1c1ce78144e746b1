"""Shaping by the WORLD vocoder, described; see `voxhall.engines.vocoder` and `_cues` for how."""

from pathlib import Path

from voxhall.engines.protocols import Shaper
from voxhall.engines.registry import Engine, NoOptions


def _load(_options: NoOptions, _models: Path) -> Shaper:
    from voxhall.engines.shape._world import World  # noqa: PLC0415 - heavy

    return World()


engine = Engine(
    name="world",
    ability="shape",
    summary="WORLD vocoder: pitch, vocal tract, breath and tone of a voice, and sounds that are not words",
    licence="BSD-3-Clause",
    load=_load,
    needs=("pyworld", "scipy"),
)
