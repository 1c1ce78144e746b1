"""Decoding with PyAV, described; see `_pyav` for how."""

from pathlib import Path

from pydantic import BaseModel, Field

from voxhall.engines.registry import Engine


class Options(BaseModel, extra="forbid"):
    """Options of the decoder."""

    bit_rate: int = Field(default=28_000, ge=6_000, le=256_000)
    """Bits per second of the stored Opus."""
    memory: int = Field(default=200, ge=64)
    """Megabytes that one recording may take to decode; enforced on Linux."""


def load(options: Options, _models: Path) -> object:
    """Make the decoder."""
    from voxhall.engines.decode._pyav import PyAvDecoder  # noqa: PLC0415 - heavy

    return PyAvDecoder(options)


engine = Engine(
    name="pyav",
    ability="decode",
    summary="every container and codec that FFmpeg's libraries decode",
    licence="BSD-3-Clause (PyAV), LGPL-2.1+ and GPL parts (FFmpeg in its wheel)",
    load=load,
    options=Options,
    needs=("av",),
)
