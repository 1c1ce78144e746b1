"""Telephone numbers, digit by digit in their groups."""

import re

from voxhall.text.english.numerals import digits
from voxhall.text.rules import Match, rule

_SEPARATOR = r"[\s.-]"


def _phone(match: Match) -> str:
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(_group(group) for group in re.findall(r"\d+", match[0]))


def _group(group: str) -> str:
    return "eight hundred" if group == "800" else " ".join(digits(group))


RULES = (
    rule(rf"(?:\+?1{_SEPARATOR}?)?\(\d{{3}}\)\s?\d{{3}}{_SEPARATOR}\d{{4}}", _phone),
    rule(rf"(?:\+?1{_SEPARATOR})?\d{{3}}{_SEPARATOR}\d{{3}}{_SEPARATOR}\d{{4}}", _phone),
    rule(rf"\+\d{{1,3}}(?:{_SEPARATOR}?\(?\d{{2,4}}\)?){{2,5}}", _phone),
    rule(r"\+\d{7,15}", _phone),
    rule(r"\d{3}-\d{4}", _phone),
)
