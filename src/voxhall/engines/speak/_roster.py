"""The voices made of the one that is embedded.

What tells them apart for a listener is their pitch, and for a speaker embedding the length of the vocal tract: no two
are more alike than 0.8, where two renders of one voice are 0.98 (`benchmarks/voices.py`).
"""

from voxhall.domain.voice import Character, Shape

BASE = "joe"
CENTRE = 84.5
"""Hertz: its median."""

ROSTER = (
    Character(
        name="maeve",
        base=BASE,
        language="en",
        feminine=True,
        preview="I just, I want you to know how proud I am of you, and of everything you have done to get here.",
        shape=Shape(
            centre=CENTRE, pitch=2.1, range=1.1, tract=1.19, tone=(1.0, -1.0, -2.0, -2.0, -2.0, -2.0, -2.0, -2.0)
        ),
    ),
    Character(
        name="abraham",
        base=BASE,
        language="en",
        feminine=False,
        preview="I've finished analysing the document you uploaded, and three things stand out.",
        speed=0.94,
        shape=Shape(centre=CENTRE, pitch=0.9, tract=0.9, tone=(0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0)),
    ),
    Character(
        name="harry",
        base=BASE,
        language="en",
        feminine=False,
        preview="Hello, this is Harry. I'm calling you about the appointment you made for Thursday.",
    ),
    Character(
        name="ada",
        base=BASE,
        language="en",
        feminine=True,
        preview="There's no hurry at all. Sit down, have some tea, and tell me about it from the beginning.",
        speed=0.95,
        shape=Shape(centre=CENTRE, pitch=1.8, range=0.95, tract=1.11, breath=0.15),
    ),
    Character(
        name="june",
        base=BASE,
        language="en",
        feminine=True,
        preview="Oh, that's wonderful news! When do we start, and who else is coming along?",
        speed=1.04,
        shape=Shape(centre=CENTRE, pitch=2.65, range=1.15, tract=1.3, tone=(-2.0,)),
    ),
    Character(
        name="felix",
        base=BASE,
        language="en",
        feminine=False,
        preview="Right, here's the plan: we take the early train, and we're at the coast before noon.",
        speed=1.05,
        shape=Shape(centre=CENTRE, pitch=1.35, range=1.2, tract=1.045),
    ),
)
