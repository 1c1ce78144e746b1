"""Rules that say a written expression: a pattern, and a function that puts its match into words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Match = re.Match[str]
CLOSING = r".,;:!?…\"')\]}>»*_~።፧፣፤፥፦।॥。、？！，；：؟،؛"
"""Marks that may follow an expression without belonging to it."""
END = rf"(?=[{CLOSING}]{{0,8}}(?:[\s—…]|–\s|--|\Z))"
"""Where an expression may end; every rule's pattern is bound to it."""
NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,11}|\d{1,40})(?:\.\d{1,40})?|\.\d{1,40}"
"""A number as English writes it."""
AROUND = 80
"""Characters before and after an expression that may tell its meaning."""

_BEFORE = re.compile(r"([^\W_](?:[\w.'&]{0,38}[\w.])?)[^\w\s.?!]{0,2}\s{1,3}[\"'(\[]{0,2}\Z")
_LAST = re.compile(r"[\"')\]]{0,3}\s{0,9}\Z")
_AFTER = re.compile(r"[\"')\],;:]{0,3}\s{1,3}[\"'(]?([^\W\d_]{1,40})")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of expression."""

    pattern: re.Pattern[str]
    say: Callable[[Match], str | None]
    """Gives the words, or nothing where the match means something else."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a language needs to be read."""

    rules: tuple[Rule, ...]
    """In the order in which they are tried."""
    word: Callable[[str], str]
    """Says what no rule knows; empty for what is silent."""


def rule(pattern: str, say: Callable[[Match], str | None]) -> Rule:
    """Make a rule whose expressions end where words end."""
    return Rule(re.compile(f"(?:{pattern}){END}"), say)


def table(words: Iterable[str]) -> str:
    """Give a pattern for any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def word_before(match: Match) -> str:
    """Give the word before an expression, if it is in the same sentence."""
    found = _BEFORE.search(match.string[max(0, match.start() - AROUND) : match.start()])
    return found[1] if found else ""


def word_after(match: Match) -> str:
    """Give the word after an expression, if it follows directly."""
    found = _AFTER.match(match.string[match.end() : match.end() + AROUND])
    return found[1] if found else ""


def last(match: Match) -> str:
    """Give the full stop of an abbreviation that ends a sentence only where the text ends."""
    return "." if match[0].endswith(".") and _LAST.match(match.string, match.end()) else ""


def said(rules: tuple[Rule, ...], text: str, start: int) -> tuple[str, int] | None:
    """Give the words of the first rule that knows the expression at a place, and where it ends."""
    for each in rules:
        match = each.pattern.match(text, start)
        words = each.say(match) if match else None
        if match and words:
            return words, match.end()
    return None
