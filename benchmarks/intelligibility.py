"""How well each built-in voice is understood: fifty sentences as people write them, and twenty Harvard sentences.

    python benchmarks/intelligibility.py

The whole way from the written text, one take each, nothing rendered again. Words and phonemes are those that the
embedded recogniser mishears; it mishears people as well, 7 % of the words of read speech.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import jiwer
import numpy as np
from scipy.signal import resample_poly

from voxhall.domain.voice import Order, Spoken
from voxhall.engines.host import Host
from voxhall.engines.protocols import SAMPLE_RATE
from voxhall.engines.registry import Registry
from voxhall.pipelines.script import Chunk, write_script
from voxhall.pipelines.speak import SPEECH_RATE, Tools, speak
from voxhall.services.cast import Cast
from voxhall.text.phonemes import error_rate
from voxhall.text.spoken import spoken

VARIED = """The invoice of $1,249.99 is due on March 3rd, 2026.
Call me at (555) 867-5309 before 6 p.m. today.
Dr. Elizabeth Warren met Mr. Thompson at 10:30 a.m.
King Henry VIII had six wives, and Louis XIV had two.
The temperature fell to -5 °C, which is 23 °F.
We drove 350 miles at 65 mph on Interstate 40.
About 3/4 of the students passed, and 1/4 failed.
The company earned €2.5 million in the first quarter.
Chapter IV begins on page 87 of volume 2.
Flight 1492 to Boston leaves at 7:45 in the morning.
She was born on July 4th, 1976, in Chicago.
The FBI and the CIA sent their reports to the White House.
Add 250 g of flour, 2 eggs and 1/2 cup of milk.
The file is 3.5 GB, so it won't fit on the disk.
Visit example.com for more information.
Please write to support@example.org about your order.
World War II ended in 1945, 81 years ago.
The ratio of men to women is 3:2.
NASA launched the rocket at 5:09 p.m. on Wednesday.
His height is 6'2", and he weighs 180 lbs.
The vote was 51-49, closer than in 2024.
Prices rose by 7.3% over the last 12 months.
The 21st century began on January 1, 2001.
I live at 221 Baker St. near St. Mary's Church.
Mrs. Anderson teaches physics, chemistry, etc.
The meeting is in room 305 on the 2nd floor.
It takes 15-20 minutes by bus, or 5 min. by car.
The population of the city is 1,250,000 people.
My password has 12 letters and no numbers.
No. 7 won the race in 9.58 seconds.
He paid £40 for the tickets and $15 for parking.
The 1980s were better than the '90s, he said.
Prof. Martinez wrote the book with Jane Miller.
The distance is 42.195 km, or 26.2 miles.
Open Mon.-Fri. from 9:00 to 17:30.
Her score was 98 out of 100, i.e. nearly perfect.
The U.S. Senate has 100 members.
Version 2.0 was released on 11/15/2025.
About 60% of the water is used for farming.
Turn left after 500 m, then right at the bridge.
The CEO of the bank resigned on Friday.
It was built in 1889 and is 330 meters tall.
Michael and Stephanie ordered 3 pizzas and 2 salads.
The answer is 12 x 12 = 144.
We need 8 chairs, 2 tables and a 60-inch screen.
The package weighs 5 kg and costs $20 to ship.
He ran the marathon in 3h 45m.
Is it true that the store closes at 8 tonight?
There were 1,000 guests, 20 waiters and one cook.
Thank you for calling, my name is Jennifer.""".splitlines()
HARVARD = """The birch canoe slid on the smooth planks.
Glue the sheet to the dark blue background.
It's easy to tell the depth of a well.
These days a chicken leg is a rare dish.
Rice is often served in round bowls.
The juice of lemons makes fine punch.
The box was thrown beside the parked truck.
The hogs were fed chopped corn and garbage.
Four hours of steady work faced us.
A large size in stockings is hard to sell.
The boy was there when the sun rose.
A rod is used to catch pink salmon.
The source of the huge river is the clear spring.
Kick the ball straight and follow through.
Help the woman get back to her feet.
A pot of tea helps to pass the evening.
Smoky fires lack flame and heat.
The soft cushion broke the man's fall.
The salt breeze came across from the sea.
The girl at the booth sold fifty bonds.""".splitlines()


def misheard(voice: str, texts: Iterable[str], tools: Tools) -> tuple[float, float]:
    """Give the shares of words and of phonemes that are misheard."""
    words: list[tuple[str, str]] = []
    phonemes: list[tuple[str, str]] = []
    for number, text in enumerate(texts):
        script = write_script(text, "en", {})
        order = Order(voice, text, seed=number, verify=False)
        sound = np.concatenate([each for each in speak(script, tools, order) if not isinstance(each, Spoken)])
        samples = resample_poly(sound, SAMPLE_RATE, SPEECH_RATE).astype(np.float32)
        heard = " ".join(w.text for w in tools.recognizers["en"].recognize(samples, language="en", keywords=()).words)
        written = " ".join(item.spoken for item in script if isinstance(item, Chunk))
        words.append((_plain(written), _plain(heard)))
        expected, got = tools.phonemizer.phonemes((written, heard), "en")
        phonemes.append((expected, got))
    said, got = (list(column) for column in zip(*words, strict=True))
    lengths = [len(expected) for expected, _ in phonemes]
    rates = [min(1.0, error_rate(expected, heard)) for expected, heard in phonemes]
    return jiwer.wer(said, got), float(np.average(rates, weights=lengths))


def _plain(text: str) -> str:
    """Give words as they are said, compounds and spelled letters apart."""
    return " ".join(word for part in text.replace(".", " ").replace("-", " ").split() for word in spoken(part))


def main() -> None:
    """Measure every voice."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder))
        cast = Cast(registry)
        with Host(registry) as host, host.scope() as scope:
            for voice in cast.voices:
                tools = cast.tools(scope, voice, ())
                for name, texts in (("written", VARIED), ("Harvard", HARVARD)):
                    by_word, by_phoneme = misheard(voice.id, texts, tools)
                    print(f"{voice.id}, {name}: words {by_word:.1%}, phonemes {by_phoneme:.1%}", flush=True)


if __name__ == "__main__":
    main()
