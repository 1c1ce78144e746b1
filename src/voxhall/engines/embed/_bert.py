"""The graph of MiniLM, a BERT of six layers, written out from its weights, for which no torch is needed.

(MiniLM: Wang et al. 2020, https://arxiv.org/abs/2002.10957)
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH = 6, 12, 384
HEAD_WIDTH = WIDTH // HEADS
EPSILON = 1e-12
"""Of the normalisations, as the model's configuration says."""
MASKED = -1e9
"""What is added to the attention that padding would get."""
OPSET, IR = 20, 9
"""The first with Gelu; and what goes with it."""

Weights = dict[str, NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """Read the float32 tensors of a safetensors file: a length, a description in JSON, and their bytes."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    described = json.loads(data[8 : 8 + length])
    return {
        name: np.frombuffer(data[8 + length + at["data_offsets"][0] : 8 + length + at["data_offsets"][1]], np.float32)
        .reshape(at["shape"])
        for name, at in described.items()
        if at.get("dtype") == "F32"
    }  # fmt: skip


def write_graph(weights: Weights) -> onnx.ModelProto:
    """Make the model: `input_ids` and `attention_mask`, both (texts, tokens), to `last_hidden_state`."""
    graph = _Graph(weights)
    state = graph.embed()
    bias = graph.attention_bias()
    for layer in range(LAYERS):
        state = graph.layer(f"encoder.layer.{layer}.", state, bias)
    graph.node("Identity", [state], "last_hidden_state")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
    made = helper.make_graph(graph.nodes, "minilm", inputs, [output], list(graph.constants.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    # there is nothing to simplify: without this mark the quantizer advises to
    helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    return model


class _Graph:
    """Nodes and constants as they are put together; each method gives the name of what it computes."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._weights = weights

    def node(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        name = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, name: str, value: NDArray[Any] | np.float32) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def normal(self, state: str, name: str) -> str:
        parts = [state, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.node("LayerNormalization", parts, axis=-1, epsilon=EPSILON)

    def linear(self, state: str, name: str) -> str:
        turned = self.constant(f"{name}.turned", self._weights[f"{name}.weight"].T)
        return self.node("Add", [self.node("MatMul", [state, turned]), self.weight(f"{name}.bias")])

    def embed(self) -> str:
        """Words, places, and the one type of text that there is."""
        words = self.node("Gather", [self.weight("embeddings.word_embeddings.weight"), "input_ids"])
        places = self._weights["embeddings.position_embeddings.weight"]
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        length = self.node("Shape", ["input_ids"], start=1, end=2)
        zero = self.constant("zero", np.array([0]))
        used = self.node("Slice", [self.constant("places", places + kinds[0]), zero, length, zero])
        return self.normal(self.node("Add", [words, used]), "embeddings.LayerNorm")

    def attention_bias(self) -> str:
        mask = self.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        padding = self.node("Sub", [self.constant("one", np.float32(1)), mask])
        bias = self.node("Mul", [padding, self.constant("masked", np.float32(MASKED))])
        return self.node("Unsqueeze", [bias, self.constant("over_heads", np.array([1, 2]))])

    def layer(self, name: str, state: str, bias: str) -> str:
        """One block: attention, then a network on each token, each added to what it was given."""
        attended = self.linear(self.attention(f"{name}attention.self.", state, bias), f"{name}attention.output.dense")
        state = self.normal(self.node("Add", [state, attended]), f"{name}attention.output.LayerNorm")
        inner = self.node("Gelu", [self.linear(state, f"{name}intermediate.dense")])
        worked = self.linear(inner, f"{name}output.dense")
        return self.normal(self.node("Add", [state, worked]), f"{name}output.LayerNorm")

    def attention(self, name: str, state: str, bias: str) -> str:
        query, value = (self.heads(state, f"{name}{part}", [0, 2, 1, 3]) for part in ("query", "value"))
        key = self.heads(state, f"{name}key", [0, 2, 3, 1])
        scale = self.constant("scale", np.float32(1 / np.sqrt(HEAD_WIDTH)))
        scores = self.node("Mul", [self.node("MatMul", [query, key]), scale])
        shares = self.node("Softmax", [self.node("Add", [scores, bias])], axis=-1)
        mixed = self.node("Transpose", [self.node("MatMul", [shares, value])], perm=[0, 2, 1, 3])
        return self.node("Reshape", [mixed, self.constant("together", np.array([0, 0, WIDTH]))])

    def heads(self, state: str, name: str, order: list[int]) -> str:
        apart = self.constant("apart", np.array([0, 0, HEADS, HEAD_WIDTH]))
        return self.node("Transpose", [self.node("Reshape", [self.linear(state, name), apart])], perm=order)
