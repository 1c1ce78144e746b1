"""Sounds that are not words, by signal processing, described; see `_acoustic` for how."""

from pathlib import Path

from voxhall.engines.registry import Engine, NoOptions


def _load(_options: NoOptions, _models: Path) -> object:
    from voxhall.engines.sounds._acoustic import Acoustic  # noqa: PLC0415 - heavy

    return Acoustic()


engine = Engine(
    name="acoustic",
    ability="sounds",
    summary="pauses, laughter, breaths, coughs and noises by the shape of their sound",
    licence="Apache-2.0",
    load=_load,
    needs=("numpy", "scipy"),
)
