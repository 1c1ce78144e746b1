"""What the script of a text tells about its language; Amharic and Tigrinya told apart by their groups of letters."""

import re
from collections import Counter
from functools import cache
from importlib.resources import files

from voxhall.text.scripts import ALSO, LANGUAGES, script_of

TABLE = "ethiopic.tsv"
"""Groups of letters and how much they speak for Tigrinya, made by `scripts/ethiopic_table.py` of the corpus HornMT."""
GROUPS = (1, 2, 3)
"""Lengths of the groups in letters."""
PART = 0.3
"""Of its letters that a text has in a script beside Latin, if it is in that script."""
SURE = 3.0
"""Log odds from which one of two languages is all but certain."""

_LETTERS = re.compile(r"[^\W\d_]+")
_OTHERS = re.compile(r"[^\u1200-\u135a]+")
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|<[^<>]{1,200}>")


def prose_of(text: str) -> str:
    """Leave out what is in no language: addresses and markup."""
    return _NOISE.sub(" ", text)


def script(text: str) -> str:
    """Name the script, as Unicode does, that a text is in; empty where it has no letters.

    Texts in other scripts hold Latin names and abbreviations, so another that has a good part of the letters is it.
    """
    counted: Counter[str] = Counter()
    for word in _LETTERS.findall(text):
        for letter in word:
            counted[script_of(letter)] += 1
    del counted[""]
    others = Counter({name: number for name, number in counted.items() if name != "LATIN"})
    for name, number in others.most_common(1):
        if number >= PART * counted.total():
            return name
    return counted.most_common(1)[0][0] if counted else ""


def by_script(text: str) -> tuple[str, float] | None:
    """Tell the language and how sure that is, 0 to 1, where the script tells it; None where a model has to."""
    known = script(prose_of(text))
    if known == "ETHIOPIC":
        return amharic_or_tigrinya(text)
    if known and known not in ALSO and known != "LATIN":
        return LANGUAGES[known], 1.0
    return None


def groups(text: str) -> list[str]:
    """Give the groups of Ethiopic letters in a text, word ends counted as letters."""
    bare = f" {_OTHERS.sub(' ', text).strip()} "
    return [bare[at : at + size] for size in GROUPS for at in range(len(bare) - size + 1)]


def amharic_or_tigrinya(text: str) -> tuple[str, float]:
    """Tell which of the two a text is in, and how sure that is, 0.5 to 1."""
    odds = sum(_weights().get(group, 0.0) for group in groups(text))
    return ("ti" if odds > 0 else "am"), min(1.0, 0.5 + abs(odds) / (2 * SURE))


@cache
def _weights() -> dict[str, float]:
    """Read the table: hundredths of the log odds, by group."""
    lines = (files("voxhall.text") / TABLE).read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {group.replace("_", " "): int(weight) / 100 for group, weight in rows}
