"""How different the built-in voices are, how well each is understood, and what shaping costs.

    PYTHONPATH=tests python benchmarks/voices.py

Two renders of one voice with different seeds show how alike the same person is. Words and phonemes are those that the
embedded recogniser mishears in twenty sentences, with one take each.
"""

import time
from functools import cache
from pathlib import Path

import jiwer
import numpy as np

from shaped import RATE, heard, shaper, synthesizer
from voxhall.domain.voice import Character, Shape
from voxhall.engines.phonemize import espeak
from voxhall.engines.protocols import Phonemizer, Recognizer, Samples, Style
from voxhall.engines.recognize import moonshine
from voxhall.engines.registry import NoOptions
from voxhall.engines.speak._roster import BASE, ROSTER
from voxhall.engines.speaker import Embedder
from voxhall.text.phonemes import error_rate

SENTENCES = tuple(
    """The birch canoe slid on the smooth planks before the sun had risen over the lake.
Glue the sheet to the dark blue background, and wait until it is completely dry.
These days a chicken leg is a rare dish, although nobody knows why.
I'm calling you about the appointment you made for Thursday afternoon.
The box was thrown beside the parked truck, and the driver never noticed.
Four hours of steady work faced us when we finally reached the village.
A large size in stockings is hard to sell in a small town.
The boy was there when the sun rose, and he stayed until the evening.
A rod is used to catch pink salmon in the rivers of the north.
The source of the huge river is the clear spring behind the old church.
Help the woman get back to her feet before the train leaves the station.
A pot of tea helps to pass the evening when the weather is cold.
Smoky fires lack flame and heat, but they keep the insects away.
The soft cushion broke the man's fall, and everybody laughed.
The salt breeze came across from the sea and filled the whole house.
I've finished analysing the document you uploaded, and three things stand out.
We think the meeting should begin at nine, because the director leaves early.
She asked whether the museum would be open on the first day of January.
Nobody believed him when he said that the bridge had already collapsed.
Please remember to lock the kitchen door and to water the plants tomorrow.""".splitlines()
)
EMBEDDED = 8
"""Sentences that a voice is recognised by."""

Words = tuple[str, ...]


@cache
def spoken(speed: float = 1.0, seed: int = 0) -> tuple[Samples, ...]:
    """Speak the sentences with the base."""
    plans = [synthesizer().prepare(Words(s.split()), BASE, "en", Style(speed=speed, seed=(seed,))) for s in SENTENCES]
    return tuple(np.concatenate([synthesizer().render(piece) for piece in plan.pieces]) for plan in plans)


def shaped(sounds: tuple[Samples, ...], shape: Shape) -> tuple[Samples, ...]:
    """Give sounds a shape."""
    return tuple(shaper().reshape(sound, RATE, shape) for sound in sounds)


@cache
def tools() -> tuple[Recognizer, Phonemizer, Embedder]:
    """Load what listens."""
    options = moonshine.MoonshineOptions()
    return moonshine.load(options, Path()), espeak.engine.load(NoOptions(), Path()), Embedder()  # type: ignore[return-value]


def misheard(sounds: tuple[Samples, ...]) -> tuple[float, float]:
    """Give the share of words and of phonemes that are heard otherwise."""
    recognizer, phonemizer, _ = tools()
    results = [recognizer.recognize(heard(sound), language="en", keywords=()) for sound in sounds]
    texts = [" ".join(word.text for word in result.words) for result in results]
    words = jiwer.wer(list(map(plain, SENTENCES)), list(map(plain, texts)))
    pairs = [phonemizer.phonemes(pair, "en") for pair in zip(SENTENCES, texts, strict=True)]
    return words, float(np.mean([error_rate(expected, got) for expected, got in pairs]))


def plain(text: str) -> str:
    """Strip what is not said."""
    return "".join(
        c if c.isalnum() or c == "'" else " " for c in text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def embedded(sounds: tuple[Samples, ...]) -> Samples:
    """Give the speaker embedding of the first sentences."""
    return tools()[2].embed(np.concatenate([heard(sound) for sound in sounds[:EMBEDDED]]))


def measured(voice: Character) -> Samples:
    """Print a voice's line; give its embedding."""
    base = spoken(voice.speed)
    began = time.process_time()
    sounds = shaped(base, voice.shape)
    cost = (time.process_time() - began) / (sum(map(len, base)) / RATE)
    words, phonemes = misheard(sounds)
    print(f"{voice.name:10} words misheard {words:6.1%}, phonemes {phonemes:6.1%}, shaping {cost:.3f} CPU s per s")
    return embedded(sounds)


def main() -> None:
    """Measure all, and print the tables."""
    vectors = {voice.name: measured(voice) for voice in ROSTER}
    print(f"{'':10}", *(f"{name:>8}" for name in vectors))
    for name, vector in vectors.items():
        print(f"{name:10}", *(f"{float(vector @ other):8.2f}" for other in vectors.values()))
    print(f"harry, two seeds {float(vectors['harry'] @ embedded(spoken(seed=1))):.2f}")


if __name__ == "__main__":
    main()
