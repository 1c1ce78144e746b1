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
WINDOW = 32
"""Frames judged at a time, a second; after each it is seen whether anybody has spoken."""
QUIET = 0.3
"""Probability below which nobody speaks."""
REST = 62
"""Frames (2 s) without speech after which the network forgets who has spoken: it becomes deaf to voices that are
softer, or noisier, than those before. Of a stream of strangers 24 of 1000 words fewer are wrong (ever-changing
speakers, a second of silence between them), of a stream of one speaker none more."""
SILENCE = np.zeros((1, 1, 128), np.float32)
"""What the network remembers at first."""
MODEL_SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"


class Silero:
    """A recurrent network over frames; all memory of a stream is in the state that the caller keeps."""

    def __init__(self, model: bytes) -> None:
        from voxhall.engines.onnx import open_session  # noqa: PLC0415 - heavy, and only needed once chosen

        self._session = open_session(model)

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream; `state` is None for its first block."""
        state = state or _silence()
        frames = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME)
        found = [np.zeros(0, np.float32)]
        for begin in range(0, len(frames), WINDOW):
            probabilities, state = self._judge(frames[begin : begin + WINDOW], state)
            found.append(probabilities)
        return VadFrames(np.concatenate(found), state)

    def _judge(self, frames: Samples, state: Arrays) -> tuple[Samples, Arrays]:
        before = np.concatenate([state["context"], frames[:-1, -CONTEXT:]])
        feed = {"input": np.concatenate([before, frames], axis=1), "h": state["h"], "c": state["c"]}
        probabilities, h, c = self._session.run(None, feed)
        loud = np.flatnonzero(probabilities >= QUIET)
        quiet = np.array(len(frames) - 1 - loud[-1] if len(loud) else state["quiet"] + len(frames))
        memory = {"h": h, "c": c} if quiet < REST else {"h": SILENCE, "c": SILENCE}
        return probabilities, {**memory, "context": frames[-1:, -CONTEXT:].copy(), "quiet": quiet}


def _silence() -> Arrays:
    return {"h": SILENCE, "c": SILENCE, "context": np.zeros((1, CONTEXT), np.float32), "quiet": np.array(0)}


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
