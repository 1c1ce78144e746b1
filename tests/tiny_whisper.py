"""A Whisper small enough to be made on the spot, which says what it is told to.

Each token that it knows leads to one other: a token's embedding is a direction of its own, and the output layer turns
that direction into the token that follows. Its attention is random, so that words get times, but writes nothing back.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from ctranslate2.specs.model_spec import visit_spec
from ctranslate2.specs.whisper_spec import WhisperSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

WIDTH = 32
MELS = 80
NEVER = "<|never|>"
"""Stands for the empty token by which CTranslate2 tells that a model knows many languages."""
CERTAIN = 20.0
"""How much likelier one token is than any other, in logits."""
LANGUAGES = [f"<|{code}|>" for code in _LANGUAGE_CODES if code != "yue"]
TASKS = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
TIMES = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
SHAPES = {
    "conv1/weight": (WIDTH, MELS, 3),
    "conv2/weight": (WIDTH, WIDTH, 3),
    "self_attention/linear_0/weight": (3 * WIDTH, WIDTH),
    "/attention/linear_1/weight": (2 * WIDTH, WIDTH),
}
"""Of the layers that are not square, by the end of their name."""
SILENT = ("self_attention/linear_1/weight", "/attention/linear_2/weight", "ffn/linear_1/weight")
"""The layers through which a block would write back."""


def write_whisper(  # noqa: PLR0913 - what tests want to differ
    folder: Path,
    *,
    text: str = " hello world",
    language: str = "en",
    again: bool = False,
    likely: float = CERTAIN,
    silence: float = 0.0,
) -> None:
    """Write a model that hears `text`, whatever the sound, and `again` and again if wished.

    No word may stand in it twice. `likely` and `silence` are the logits of the text and of there being no speech.
    """
    tokenizer = _tokenizer(text)
    tokens = tokenizer.encode(text).ids
    end, start, none = map(tokenizer.token_to_id, ("<|endoftext|>", "<|startoftranscript|>", "<|nospeech|>"))
    chain = [tokenizer.token_to_id("<|notimestamps|>"), *tokens, tokens[0] if again else end]
    links = [(token, following, likely) for token, following in pairwise(chain)]
    links += [(start, tokenizer.token_to_id(f"<|{language}|>"), CERTAIN), (start, none, silence)]
    spec = _spec(tokenizer.get_vocab_size(), links)
    vocabulary = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    spec.register_vocabulary(["" if token == NEVER else token for token in vocabulary])
    spec.config.lang_ids = [tokenizer.token_to_id(code) for code in LANGUAGES]
    spec.config.alignment_heads = [(0, 0), (0, 1)]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [end]
    spec.validate()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS}))


def _tokenizer(text: str) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator([text], trainers.BpeTrainer(initial_alphabet=alphabet, show_progress=False))
    special = [NEVER, "<|endoftext|>", "<|startoftranscript|>", *LANGUAGES, *TASKS, *TIMES]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special])
    return tokenizer


def _spec(size: int, links: list[tuple[int, int, float]]) -> WhisperSpec:
    spec = WhisperSpec(1, 2, 1, 2)
    random = np.random.default_rng(0)
    embeddings, projection = np.zeros((2, size, WIDTH), np.float32)
    directions = {token: direction for direction, token in enumerate(dict.fromkeys(token for token, _, _ in links))}
    for token, following, logit in links:
        embeddings[token, directions[token]] = 1
        projection[following, directions[token]] = logit / np.sqrt(WIDTH)  # layer normalisation makes the 1 a sqrt(32)
    spec.decoder.embeddings.weight, spec.decoder.projection.weight = embeddings, projection
    spec.encoder.position_encodings.encodings = random.normal(size=(1500, WIDTH)).astype(np.float32)
    spec.decoder.position_encodings.encodings = np.zeros((448, WIDTH), np.float32)

    def fill(layer: object, name: str, value: object) -> None:
        attribute = name.rpartition("/")[-1]
        if value is None and attribute == "weight":
            shape = next((shape for end, shape in SHAPES.items() if name.endswith(end)), (WIDTH, WIDTH))
            layer.weight = random.normal(size=shape).astype(np.float32) * (not name.endswith(SILENT))
        elif value is None:
            setattr(layer, attribute, np.full(WIDTH, float(attribute == "gamma"), np.float32))

    visit_spec(spec, fill)
    return spec
