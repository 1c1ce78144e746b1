"""Silero voice activity detection, version 6, whose ONNX model the faster-whisper wheel carries."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from voxhall.engines.protocols import Arrays, Samples, VadFrames
from voxhall.engines.registry import Engine
from voxhall.errors import EngineUnavailable

FRAME = 512
"""Samples judged at a time, 32 ms."""
CONTEXT = 64
"""Samples before a frame that the model also sees."""
MODEL_SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"


class Silero:
    """A recurrent network over frames; all memory of a stream is in the state that the caller keeps."""

    def __init__(self, model: bytes) -> None:
        from voxhall.engines.onnx import open_session  # noqa: PLC0415 - heavy, and only needed once chosen

        self._session = open_session(model)

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream; `state` is None for its first block."""
        state = state or _silence()
        padded = np.pad(samples, (0, -len(samples) % FRAME))
        if not len(padded):
            return VadFrames(np.zeros(0, np.float32), state)
        frames = padded.reshape(-1, FRAME)
        before = np.concatenate([state["context"], frames[:-1, -CONTEXT:]])
        feed = {"input": np.concatenate([before, frames], axis=1), "h": state["h"], "c": state["c"]}
        probabilities, h, c = self._session.run(None, feed)
        return VadFrames(probabilities, {"h": h, "c": c, "context": frames[-1:, -CONTEXT:].copy()})


def _silence() -> Arrays:
    memory = np.zeros((1, 1, 128), np.float32)
    return {"h": memory, "c": memory, "context": np.zeros((1, CONTEXT), np.float32)}


def load(_options: BaseModel, _models: Path) -> Silero:
    """Read the model from the wheel without importing its package; raises EngineUnavailable."""
    package = find_spec("faster_whisper")
    folders = (package.submodule_search_locations or []) if package else []
    paths = [path for folder in folders if (path := Path(folder) / "assets" / "silero_vad_v6.onnx").exists()]
    model = paths[0].read_bytes() if paths else b""
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise EngineUnavailable("the silero model is missing or altered: pip install --force-reinstall faster-whisper")
    return Silero(model)


engine = Engine(
    name="silero",
    ability="vad",
    summary="Silero voice activity detection v6, any language",
    licence="MIT",
    load=load,
    needs=("faster_whisper", "onnxruntime"),
)
