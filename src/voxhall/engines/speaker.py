"""Who speaks, in numbers: the speaker models that moonshine's shared library carries, pyannote's community-1."""

import ctypes
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voxhall.engines.fbank import LENGTH, log_mel
from voxhall.engines.onnx import open_session, thawed
from voxhall.engines.protocols import Samples
from voxhall.errors import EngineUnavailable

LIBRARY = "libmoonshine.so"
NAMESPACE = "_ZN9cppannote19embedded_community1"
SEGMENTATION = "21segmentation_ort_data"
"""PyanNet: ten seconds of samples to the activity of three speakers in 589 frames."""
EMBEDDING = "18embedding_ort_data"
"""WeSpeaker's ResNet34: 80 log mel energies per frame, and weights, to 256 numbers."""
MAGIC = b"ORTM"
"""What an ORT file has at its fifth byte."""


class Embedder:
    """Gives voices as vectors whose cosine says how alike they are."""

    def __init__(self) -> None:
        self._model = load_embedding()

    def embed(self, samples: Samples) -> NDArray[np.float32]:
        """Give the unit vector of one person's speech; zeros where it is too short to be anybody's."""
        if len(samples) < 2 * LENGTH:
            return np.zeros(256, np.float32)
        features = log_mel(samples)
        inputs = {"fbank": features[None], "weights": np.ones((1, len(features)), np.float32)}
        vector: NDArray[np.float32] = np.nan_to_num(self._model.run(None, inputs)[0][0])
        return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9))


def load_segmentation() -> onnxruntime.InferenceSession:
    """Open the model that tells who is active; raises EngineUnavailable when it is not what it should be."""
    return open_session(_exported(SEGMENTATION))


def load_embedding() -> onnxruntime.InferenceSession:
    """Likewise the model that tells voices apart; nearly all convolutions, so it pays to thaw it."""
    return open_session(thawed(_exported(EMBEDDING)))


def _exported(symbol: str) -> bytes:
    library = _library()
    try:
        size = ctypes.c_size_t.in_dll(library, f"{NAMESPACE}{_with_suffix(symbol, '_size')}E").value
        data = bytes((ctypes.c_ubyte * size).in_dll(library, f"{NAMESPACE}{symbol}E"))
    except ValueError as error:
        raise EngineUnavailable("this version of moonshine-voice carries no speaker models; install 0.0.69") from error
    if data[4:8] != MAGIC:
        raise EngineUnavailable("the speaker models of moonshine-voice are not in the format known; install 0.0.69")
    return data


def _with_suffix(symbol: str, suffix: str) -> str:
    """Give the mangled name (its length first) of a longer name."""
    name = symbol.lstrip("0123456789") + suffix
    return f"{len(name)}{name}"


def _library() -> Any:
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise EngineUnavailable("the package moonshine-voice is not installed")
    return ctypes.CDLL(str(Path(spec.origin).parent / LIBRARY))
