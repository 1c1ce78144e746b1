"""A Kokoro made on the spot: the files and inputs of the real one, and a hum for each phoneme."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HUM = 600
"""Samples of sound for each phoneme."""


def write_kokoro(folder: Path) -> None:
    """Write a model whose sound is a wave for each phoneme, and its voices."""
    folder.mkdir(parents=True)
    wave = np.sin(np.arange(HUM) / 8).astype(np.float32)
    nodes = [
        helper.make_node("Cast", ["tokens"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["numbers", "column"], ["rows"]),
        helper.make_node("Mul", ["rows", "scale"], ["levels"]),
        helper.make_node("Mul", ["levels", "wave"], ["waves"]),
        helper.make_node("Reshape", ["waves", "flat"], ["audio"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([-1, 1]), "column"),
        numpy_helper.from_array(np.array([-1]), "flat"),
        numpy_helper.from_array(np.float32(0.005), "scale"),
        numpy_helper.from_array(wave[None], "wave"),
    ]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, None]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [None])]
    graph = helper.make_graph(nodes, "kokoro", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "kokoro-v1.0.onnx")
    voices = {name: np.zeros((510, 1, 256), np.float32) for name in ("af_heart", "am_onyx", "bm_george", "bf_emma")}
    with (folder / "voices-v1.0.bin").open("wb") as file:
        np.savez(file, **voices)  # type: ignore[arg-type]  # the stubs know no keywords of arrays
