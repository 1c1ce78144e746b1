"""An NLLB small enough to be made on the spot, which says after you what it is given, piece by piece.

One direction of its vectors stands for each token and one for each place. Its encoder changes nothing; its decoder
looks at the place in the source where it is itself, and says the token that is there. So a translation is the text
itself, whatever the languages, and a test sees what went through tokens, prefixes and batches.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.model_spec import visit_spec
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

PLACES = 320
"""Tokens that a translation may have; its search may look at twice as many as the text has."""
SHARPNESS = 8.0
"""How much more the decoder looks at its own place than at any other, and says one token than any other."""
LANGUAGES = ("eng_Latn", "amh_Ethi", "tir_Ethi", "spa_Latn", "fra_Latn", "arb_Arab")
LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'\"-()[]{}<>/=%&@#*+_áéíóúñ¿¡"
    "ሀለሐመሠረሰሸቀበተቸኀነኘአከኸወዐዘዠየደጀገጠጨጰጸፀፈፐሰላምዓለደናነህዛሬእንዴት።፧፣سلامعيكمبا؟"
)
"""What it can write."""


def write_nllb(folder: Path) -> None:
    """Write a model in CTranslate2's form, with its SentencePiece model."""
    folder.mkdir(parents=True)
    pieces = _sentencepiece(folder / "sentencepiece.bpe.model")
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *pieces, *LANGUAGES, "<mask>"]
    spec = _spec(tokens)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.add_source_bos = False
    spec.config.add_source_eos = False
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.config.decoder_start_token = "</s>"
    spec.validate()
    spec.save(str(folder))


def _sentencepiece(place: Path) -> list[str]:
    """Train the pieces: every letter, and the words of a few sentences."""
    spaced = " ".join(LETTERS)
    model = BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter([spaced, LETTERS, "hello world", "the cat sat on the mat"] * 4),
        model_writer=model,
        model_type="bpe",
        vocab_size=len(set(LETTERS)) + 60,
        character_coverage=1.0,
        bos_id=-1,
        pad_id=-1,
        eos_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    place.write_bytes(model.getvalue())
    processor = SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(number) for number in range(1, len(processor))]


def _spec(tokens: list[str]) -> TransformerSpec:
    size, width = len(tokens), len(tokens) + PLACES
    spec = TransformerSpec.from_config((1, 1), num_heads=1, pre_norm=True)
    embeddings = np.eye(size, width, dtype=np.float32)
    places = np.zeros((PLACES, width), np.float32)
    places[:, size:] = np.eye(PLACES, dtype=np.float32)
    looks = np.zeros((width, width), np.float32)
    looks[size:, size:] = np.eye(PLACES, dtype=np.float32) * SHARPNESS
    says = np.zeros((width, width), np.float32)
    says[:size, :size] = np.eye(size, dtype=np.float32)
    spec.encoder.embeddings[0].weight = embeddings
    spec.encoder.scale_embeddings = False
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.scale_embeddings = False
    spec.decoder.projection.weight = embeddings * SHARPNESS
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = places
    attention = spec.decoder.layer[0].attention
    attention.linear[0].weight = looks
    attention.linear[1].weight = np.concatenate([looks, says])
    attention.linear[2].weight = says * SHARPNESS

    def fill(layer: object, name: str, value: object) -> None:
        if value is not None:
            return
        attribute = name.rpartition("/")[-1]
        if attribute == "weight":
            rows = 3 * width if name.endswith("self_attention/linear_0/weight") else width
            layer.weight = np.zeros((rows, width), np.float32)
        elif attribute in {"bias", "beta", "gamma"}:
            rows = (
                3 * width
                if "self_attention/linear_0" in name
                else 2 * width
                if "/attention/linear_1" in name
                else width
            )
            rows = size if "projection" in name else rows
            setattr(layer, attribute, np.full(rows, float(attribute == "gamma"), np.float32))

    visit_spec(spec, fill)
    return spec
