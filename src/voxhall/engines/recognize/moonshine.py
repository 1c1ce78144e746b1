"""English recognition by moonshine tiny, whose weights the moonshine-voice wheel carries; see `_moonshine` for how."""

from pathlib import Path

from pydantic import BaseModel, Field

from voxhall.engines.protocols import Recognizer
from voxhall.engines.registry import Engine


class MoonshineOptions(BaseModel, extra="forbid"):
    """How hard to search."""

    beam: int = Field(default=4, ge=1, le=16, description="texts tried side by side; 1 is fastest")


def load(options: MoonshineOptions, _models: Path) -> Recognizer:
    """Load the weights; raises EngineUnavailable."""
    from voxhall.engines.recognize._moonshine import Moonshine  # noqa: PLC0415 - heavy

    return Moonshine(width=options.beam)


engine = Engine(
    name="moonshine",
    ability="recognize",
    summary="Moonshine tiny, English, small and fast",
    licence="MIT",
    load=load,
    options=MoonshineOptions,
    needs=("moonshine_voice", "onnxruntime", "pocketsphinx"),
    languages=frozenset({"en"}),
)
