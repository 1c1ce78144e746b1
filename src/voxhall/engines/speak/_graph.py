"""A voice of the VITS family, exported by Piper as one ONNX graph, cut into three that can be run one by one.

The whole graph draws its noise itself and gives the sound of a sentence at once. Cut, the noise is ours, so that a
seed decides it, the length of every phoneme is known before there is any sound, and what takes most of the time, the
flow and the vocoder, can be run on a part of the frames: the first sound comes after a fifth of a second's, not all.
(VITS: Kim, Kong, Son 2021, https://arxiv.org/abs/2106.06103)
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from voxhall.engines.onnx import open_session

Floats = NDArray[np.float32]

HOP = 256
"""Samples per frame."""
VOCODER_REACH = 10
"""Frames to either side that the vocoder needs; others change a sound by less than a ten-millionth of full scale."""
REACH = VOCODER_REACH + 16
"""Frames to either side that flow and vocoder need, by the same measure."""

_DURATION_NOISE = "/dp/RandomNormalLike_output_0"
_MEANS, _LOG_DEVIATIONS = "/enc_p/Split_output_0", "/enc_p/Split_output_1"
_DURATIONS = "/Ceil_output_0"
_PRIOR, _MASK = "/Add_output_0", "/Cast_2_output_0"
_POSTERIOR = "/flow/flows.0/Concat_output_0"
_LATENT = "/Mul_7_output_0"
_SOUND = "output"


class Vits:
    """The three parts."""

    def __init__(self, path: Path) -> None:
        model = onnx.load(path)
        self._text = open_session(_cut(model, ("input", "input_lengths", "scales", _DURATION_NOISE), _TEXT_OUTPUTS))
        self._flow = open_session(_cut(model, (_PRIOR, _MASK), (_POSTERIOR,)))
        self._vocoder = open_session(_cut(model, (_LATENT,), (_SOUND,)))

    def plan(
        self, ids: NDArray[np.int64], random: np.random.Generator, *, length: float, noise: float, rhythm: float
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Plan the sound of phonemes, but for what the flow makes of it.

        Args:
            ids: The phonemes' numbers, (n,).
            random: Where the noise comes from.
            length: A multiple of the usual duration.
            noise: How much the sound varies, the usual being 0.667.
            rhythm: How much durations vary, the usual being 0.8.

        Returns:
            Frames (192, frames), and each phoneme's number of frames, (n,).
        """
        feed = {
            "input": ids[None],
            "input_lengths": np.array([len(ids)]),
            "scales": np.array([noise, length, rhythm], np.float32),
            _DURATION_NOISE: random.standard_normal((1, 2, len(ids))).astype(np.float32),
        }
        means, deviations, durations = self._text.run(None, feed)
        frames = durations[0, 0].astype(np.int64)
        mean, deviation = (np.repeat(each[0], frames, axis=1) for each in (means, np.exp(deviations)))
        prior = mean + deviation * noise * random.standard_normal(mean.shape).astype(np.float32)
        return prior.astype(np.float32), frames

    def sound(self, prior: Floats, first: int, count: int) -> Floats:
        """Give the samples, `HOP` for each, of `count` frames from the `first` of these on.

        The others, `REACH` to either side where there are as many, are needed beside them.
        """
        mask = np.ones((1, 1, prior.shape[1]), np.float32)
        [latent] = self._flow.run(None, {_PRIOR: prior[None], _MASK: mask})
        begin = max(0, first - VOCODER_REACH)
        [sound] = self._vocoder.run(None, {_LATENT: latent[:, :, begin : first + count + VOCODER_REACH]})
        samples = np.asarray(sound, np.float32).reshape(-1)
        return samples[(first - begin) * HOP : (first - begin + count) * HOP]


_TEXT_OUTPUTS = (_MEANS, _LOG_DEVIATIONS, _DURATIONS)


def _cut(model: onnx.ModelProto, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> bytes:
    """Make a model of those nodes that lead from some values to others."""
    makers = {output: node for node in model.graph.node for output in node.output}
    needed, waiting = set(inputs), list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += makers[name].input if name in makers else ()
    nodes = [node for node in model.graph.node if needed.difference(inputs).intersection(node.output)]
    weights = [weight for weight in model.graph.initializer if weight.name in needed]
    known = {value.name: value for value in model.graph.input}
    graph = onnx.helper.make_graph(
        nodes, "part", [known.get(n) or _floats(n) for n in inputs], [_floats(n) for n in outputs], weights
    )
    part = onnx.helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    return bytes(part.SerializeToString())


def _floats(name: str) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
