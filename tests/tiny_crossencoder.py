"""A cross-encoder of one matrix: a text fits a question as far as it has its words. For tests."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "cats", "dogs", "purr", "bark", "fish", "swim", "the", "why", "do")
MEANINGLESS = 4
"""The first so many are marks."""


def write_crossencoder(folder: Path) -> Path:
    """Write `model.onnx` and `tokenizer.json` as an export of a real one would have them; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    onnx.save(_model(), folder / "model.onnx")
    return folder


def _model() -> onnx.ModelProto:
    """Count each word on either side, multiply, and add up."""
    table = np.eye(len(WORDS), dtype=np.float32)
    table[:MEANINGLESS] = 0
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2]), "last"),
        numpy_helper.from_array(np.array([1]), "tokens"),
        numpy_helper.from_array(np.float32(1), "one"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["token_type_ids"], ["second"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["attention_mask"], ["there"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["one", "second"], ["first"]),
        helper.make_node("Mul", ["first", "there"], ["asked"]),
        helper.make_node("Mul", ["second", "there"], ["given"]),
    ]
    for side in ("asked", "given"):
        nodes += [
            helper.make_node("Unsqueeze", [side, "last"], [f"{side}_wide"]),
            helper.make_node("Mul", ["words", f"{side}_wide"], [f"{side}_words"]),
            helper.make_node("ReduceSum", [f"{side}_words", "tokens"], [f"{side}_counts"], keepdims=0),
        ]
    nodes += [
        helper.make_node("Mul", ["asked_counts", "given_counts"], ["common"]),
        helper.make_node("ReduceSum", ["common", "tokens"], ["logits"], keepdims=1),
    ]
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in names]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 1])]
    graph = helper.make_graph(nodes, "overlap", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
