"""The moonshine tiny-en network of the moonshine-voice wheel, run step by step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxhall.engines.bundled import bundled
from voxhall.engines.onnx import open_session
from voxhall.engines.protocols import Samples

BEGIN, END = 1, 2
"""Tokens around every text."""
SHA256 = {
    "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""Of the files in moonshine-voice 0.0.69."""
HEADS, HEAD_SIZE = 8, 36

Logits = NDArray[np.float32]
Cache = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the network heard in one chunk: shared by all texts that are tried on it."""

    samples: int
    hidden: NDArray[np.float32]
    """[1, positions, 288]."""
    cross: Cache
    """Keys and values over `hidden`; their batch of one serves any number of texts."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a batch of texts stands."""

    logits: Logits
    """[texts, vocabulary], for the next token of each."""
    memory: Cache
    """Keys and values of each text so far."""

    def picked(self, rows: list[int]) -> "Step":
        """Keep these texts, in this order, repeated where a row is."""
        return Step(self.logits[rows], {name: array[rows] for name, array in self.memory.items()})


class MoonshineModel:
    """An encoder and a decoder; pure functions of their arguments."""

    def __init__(self) -> None:
        """Check and load the files in the installed wheel; raises EngineUnavailable."""
        files = {name: _verified(name) for name in SHA256}
        self.tokenizer = files["tokenizer.bin"]
        self._encoder = open_session(files["encoder_model.ort"])
        self._decoder = open_session(files["decoder_model_merged.ort"])
        past = [put.name for put in self._decoder.get_inputs() if put.name.startswith("past_key_values")]
        self._memory = [name for name in past if ".decoder." in name]
        self._cross = [name for name in past if ".encoder." in name]

    def listen(self, samples: Samples) -> tuple[Hearing, Step]:
        """Encode a chunk and take the step from the begin token."""
        mask = np.ones((1, len(samples)), np.int64)
        [hidden] = self._encoder.run(None, {"input_values": samples[None], "attention_mask": mask})
        past = [*self._memory, *self._cross]
        unused = dict.fromkeys(past, np.zeros((1, HEADS, 1, HEAD_SIZE), np.float32))
        fresh = Hearing(len(samples), hidden, unused)
        logits, caches = self._run([BEGIN], fresh, {}, past, cached=False)
        cross = {name: caches[name] for name in self._cross}
        return Hearing(len(samples), hidden, cross), Step(logits, {name: caches[name] for name in self._memory})

    def step(self, hearing: Hearing, tokens: list[int], memory: Cache) -> Step:
        """Append one token to each text of a batch."""
        return Step(*self._run(tokens, hearing, memory, self._memory, cached=True))

    def _run(
        self, tokens: list[int], hearing: Hearing, memory: Cache, wanted: list[str], *, cached: bool
    ) -> tuple[Logits, Cache]:
        feed = {
            "input_ids": np.array(tokens, np.int64)[:, None],
            "encoder_hidden_states": hearing.hidden,
            "encoder_attention_mask": np.ones((1, hearing.samples), np.int64),
            "use_cache_branch": np.array([cached]),
        }
        outputs = ["logits", *(name.replace("past_key_values", "present") for name in wanted)]
        logits, *caches = self._decoder.run(outputs, feed | hearing.cross | memory)
        return logits[:, -1], dict(zip(wanted, caches, strict=True))


def _verified(name: str) -> bytes:
    how = "pip install --force-reinstall moonshine-voice==0.0.69"
    of = "the English recogniser"
    return bundled("moonshine_voice", f"assets/tiny-en/{name}", SHA256[name], of=of, remedy=how).read_bytes()
