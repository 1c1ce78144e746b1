"""Kokoro through kokoro-onnx: natural voices in several languages, wherever its two files are."""

from pathlib import Path
from typing import Any

import numpy as np

from voxhall.domain.voice import Character
from voxhall.engines import weights
from voxhall.engines.protocols import Arrays, Samples, Style, Synthesizer, Utterance
from voxhall.engines.registry import Engine, NoOptions, Weights
from voxhall.engines.speak._pieces import Wish, piece_of, wish_of
from voxhall.engines.speak._roster import ROSTER

RATE = 24_000
SLOWEST, FASTEST = 0.5, 2.0
"""Speeds that the library takes."""
MODEL = Weights("kokoro-v1.0", "fastrtc/kokoro-onnx", 355, "Apache-2.0", files=("kokoro-v1.0.onnx", "voices-v1.0.bin"))
ESPEAK = {"en": "en-us", "zh": "cmn", "pt": "pt-br", "fr": "fr-fr"}
"""Languages that the library calls otherwise."""
NAMED = {
    "maeve": "af_heart",
    "abraham": "am_onyx",
    "harry": "bm_george",
    "ada": "bf_emma",
    "june": "af_nova",
    "felix": "am_puck",
}
"""Its voices that take the place of the embedded ones."""
OTHERS = (
    ("colette", "ff_siwis", "fr", True, "Bonjour, je suis ravie de faire votre connaissance."),
    ("dora", "ef_dora", "es", True, "Hola, me alegro mucho de conocerle."),
    ("alejo", "em_alex", "es", False, "Buenos días. Vamos a empezar por el principio."),
    ("sara", "if_sara", "it", True, "Buongiorno, sono molto lieta di conoscerla."),
    ("nicola", "im_nicola", "it", False, "Allora, cominciamo dall'inizio."),
    ("iris", "pf_dora", "pt", True, "Bom dia, é um prazer conhecê-lo."),
)
"""Name, its own name, language, whether feminine, preview."""


class Kokoro:
    """Speaks whole chunks; nothing is left to chance, so temperature and seed change nothing."""

    def __init__(self, folder: Path) -> None:
        from kokoro_onnx import Kokoro as Model  # noqa: PLC0415 - heavy, and only needed once chosen

        self._model: Any = Model(str(folder / "kokoro-v1.0.onnx"), str(folder / "voices-v1.0.bin"))

    def prepare(
        self, words: tuple[str, ...], voice: str, language: str, style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Plan an utterance as one piece; raises InvalidInput."""
        from voxhall.engines.espeak import open_espeak  # noqa: PLC0415 - native
        from voxhall.engines.speak._phonemes import pronounce  # noqa: PLC0415 - likewise

        phonemes = pronounce(open_espeak(), words, language).phonemes
        speed = min(max(style.speed, SLOWEST), FASTEST)
        wish: Wish = {"phonemes": phonemes, "voice": voice, "speed": speed, "language": ESPEAK.get(language, language)}
        return Utterance(RATE, (piece_of(wish),), None)

    def render(self, piece: Arrays) -> Samples:
        """Give the sound."""
        wish = wish_of(piece)
        sound, _ = self._model.create(
            wish["phonemes"], voice=wish["voice"], speed=wish["speed"], lang=wish["language"], is_phonemes=True
        )
        return np.asarray(sound, np.float32)


def _characters(_options: NoOptions) -> tuple[Character, ...]:
    own = tuple(
        Character(each.name, NAMED[each.name], "en", feminine=each.feminine, preview=each.preview)
        for each in ROSTER
        if each.name in NAMED
    )
    others = tuple(Character(n, base, language, feminine=f, preview=p) for n, base, language, f, p in OTHERS)
    return own + others


def _load(_options: NoOptions, models: Path) -> Synthesizer:
    return Kokoro(weights.folder(MODEL.name, models))


def _missing(_options: NoOptions, models: Path) -> str | None:
    return None if weights.present(MODEL, models) else f"no model is here: voxhall models pull {MODEL.name}"


engine = Engine(
    name="kokoro",
    ability="speak",
    summary="Kokoro, natural voices in several languages",
    licence="Apache-2.0",
    load=_load,
    needs=("kokoro_onnx", "espeakng_loader"),
    languages=frozenset({"en", *(language for _, _, language, _, _ in OTHERS)}),
    rank=10,
    weights=(MODEL,),
    characters=_characters,
    missing=_missing,
)
