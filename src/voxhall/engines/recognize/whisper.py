"""Whisper through faster-whisper, for a hundred languages, with whichever model has been fetched.

Decoding is deterministic: where OpenAI's implementation samples at rising temperatures, a loop is heard once more with
repetition forbidden, so that a piece of work that was lost comes out the same when it is done again.
"""

import zlib
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from voxhall.domain.speech import UNKNOWN_LANGUAGE, Word
from voxhall.engines import weights
from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.registry import Engine, Weights
from voxhall.errors import EngineUnavailable

NO_SPEECH = 0.6
"""Above this probability of no speech, an unlikely text is not taken for speech (OpenAI, whisper/transcribe.py)."""
UNLIKELY = -1.0
"""Mean log probability of a token (likewise)."""
LOOPING = 2.4
"""Text that compresses better than this repeats itself (likewise)."""
NO_REPEAT = 3
"""Tokens in a row that may not come twice when a loop is heard once more."""
LONGEST = 448
"""Tokens of prompt and text together that Whisper's decoder has positions for."""
FRAME = 160
"""Samples between two spectrogram frames."""
OPENING, CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - faster-whisper's own punctuation
"""Punctuation that belongs to the word after it, and to the word before it."""

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id "
    "is it ja jv ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si "
    "sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh yue"
)
LANGUAGES = frozenset(_CODES.split())
WHISPERS_CODES = {"jv": "jw"}
"""Where Whisper's code for a language is not that of ISO 639-1."""

_FILES = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
MODELS = (
    Weights("whisper-large-v3", "Systran/faster-whisper-large-v3", 3090, "MIT", _FILES),
    Weights("whisper-large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620, "MIT", _FILES),
    Weights("whisper-medium", "Systran/faster-whisper-medium", 1530, "MIT", _FILES),
    Weights("whisper-small", "Systran/faster-whisper-small", 487, "MIT", _FILES),
    Weights("whisper-base", "Systran/faster-whisper-base", 148, "MIT", _FILES),
    Weights("whisper-tiny", "Systran/faster-whisper-tiny", 78, "MIT", _FILES),
    Weights("whisper-distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1516, "MIT", _FILES),
)
"""Best first; the last one knows only English."""
ENGLISH_ONLY = {"whisper-distil-large-v3"}
SUGGESTED = "whisper-small"
"""The best that keeps up with speech on one core."""


class Options(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """Which model, and how thoroughly it searches."""

    model: str = "auto"
    """A folder in the models folder that holds a multilingual Whisper for CTranslate2; `auto` takes the best one."""
    compute_type: Literal["int8", "int8_float32", "int16", "float32"] = "int8"
    """How CTranslate2 calculates."""
    beam_size: int = Field(default=5, ge=1, le=16)
    """Hypotheses followed at a time."""


class Whisper:
    """One loaded model."""

    def __init__(self, folder: Path, options: Options) -> None:
        from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy, and only needed once chosen

        self._name = folder.name
        self._beam_size = options.beam_size
        self._whisper = WhisperModel(str(folder), device="cpu", compute_type=options.compute_type, cpu_threads=1)

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Recognise one chunk of at most 30 s; raises EngineUnavailable for a language the model does not know."""
        if not samples.any():
            silent = UNKNOWN_LANGUAGE if language == "auto" else language
            return Recognition((), timed=True, language=silent, language_probability=0.0)
        encoded = self._encode(samples)
        language, probability = self._language(encoded, language)
        tokenizer = self._tokenizer(language)
        tokens = self._listen(encoded, tokenizer, keywords)
        words = self._words(encoded, tokenizer, tokens, len(samples)) if tokens else ()
        return Recognition(words, timed=True, language=language, language_probability=probability)

    def _encode(self, samples: Samples) -> Any:
        from faster_whisper.audio import pad_or_trim  # noqa: PLC0415 - its package is loaded by now

        return self._whisper.encode(pad_or_trim(self._whisper.feature_extractor(samples)[..., :-1]))

    def _language(self, encoded: Any, asked: str) -> tuple[str, float]:
        """Give the language to work in, and how likely it is that it was spoken."""
        [heard] = self._whisper.model.detect_language(encoded)
        ours = {theirs: code for code, theirs in WHISPERS_CODES.items()}
        likely = {ours.get(token[2:-2], token[2:-2]): float(probability) for token, probability in heard}
        known = {"en"} & likely.keys() if self._name in ENGLISH_ONLY else likely.keys()
        if asked == "auto":
            asked = max(known, key=lambda code: likely[code])
        if asked not in known:
            raise EngineUnavailable(f"the model {self._name!r} does not know language {asked!r}", param="language")
        return asked, likely[asked]

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - its package is loaded by now

        code = WHISPERS_CODES.get(language, language)
        return Tokenizer(self._whisper.hf_tokenizer, multilingual=True, task="transcribe", language=code)

    def _listen(self, encoded: Any, tokenizer: Any, keywords: tuple[str, ...]) -> list[int]:
        """Give the tokens of what was said; none for what was invented."""
        found = self._decode(encoded, tokenizer, keywords, no_repeat=0)
        if found.no_speech_prob > NO_SPEECH and _likelihood(found) < UNLIKELY:
            return []
        if _loops(tokenizer.decode(found.sequences_ids[0])):
            found = self._decode(encoded, tokenizer, keywords, no_repeat=NO_REPEAT)
            if _loops(tokenizer.decode(found.sequences_ids[0])) or _likelihood(found) < UNLIKELY:
                return []
        tokens: list[int] = found.sequences_ids[0]
        return tokens

    def _decode(self, encoded: Any, tokenizer: Any, keywords: tuple[str, ...], *, no_repeat: int) -> Any:
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - its package is loaded by now

        hotwords = ", ".join(keywords) or None
        prompt = self._whisper.get_prompt(tokenizer, [], without_timestamps=True, hotwords=hotwords)
        [result] = self._whisper.model.generate(
            encoded,
            [prompt],
            beam_size=self._beam_size,
            max_length=LONGEST,
            no_repeat_ngram_size=no_repeat,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return result

    def _words(self, encoded: Any, tokenizer: Any, tokens: list[int], length: int) -> tuple[Word, ...]:
        """Find when each word was said, by the decoder's attention to the sound."""
        duration = length / SAMPLE_RATE
        segment: dict[str, Any] = {"tokens": tokens, "seek": 0, "start": 0.0, "end": duration}
        frames = max(2, -(-length // FRAME))  # the attention has one column for two frames
        self._whisper.add_word_timestamps([[segment]], tokenizer, encoded, frames, OPENING, CLOSING, 0.0)
        return tuple(_word(found, duration) for found in segment["words"] if found["word"].strip())


def _word(found: dict[str, Any], duration: float) -> Word:
    start, end = np.clip([found["start"], found["end"]], 0.0, duration).tolist()
    return Word(found["word"].strip(), start, max(start, end), float(found["probability"]))


def _likelihood(found: Any) -> float:
    """Mean log probability of a token, the end of the text counted as one."""
    count = len(found.sequences_ids[0])
    return float(found.scores[0] * count / (count + 1))


def _loops(text: str) -> bool:
    written = text.encode()
    return len(written) > LOOPING * len(zlib.compress(written))


def missing(options: Options, models: Path) -> str | None:
    """Say which command fetches the model; None when it is here."""
    return weights.missing(options.model, models, MODELS, SUGGESTED)


def load(options: Options, models: Path) -> Whisper:
    """Load the chosen model; raises EngineUnavailable."""
    folder = weights.chosen(options.model, models, MODELS)
    if folder is None:
        raise EngineUnavailable(f"engine 'whisper' cannot be used: {missing(options, models)}")
    return Whisper(folder, options)


engine = Engine(
    name="whisper",
    ability="recognize",
    summary="OpenAI's Whisper on CTranslate2, 100 languages, with word times",
    licence="MIT",
    load=load,
    options=Options,
    needs=("faster_whisper",),
    languages=LANGUAGES,
    rank=10,
    weights=MODELS,
    missing=missing,
)
