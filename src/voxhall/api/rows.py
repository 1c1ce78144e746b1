"""Ids that are the numbers of rows."""

from voxhall.errors import NotFound

DIGITS = 18
"""That a number may have and still be one of 64 bits."""


def row_number(given: str, kind: str, *, prefix: str = "") -> int:
    """Read an id; anything that cannot be one of that kind is simply not found."""
    digits = given.removeprefix(prefix)
    if not (given.startswith(prefix) and digits.isascii() and digits.isdigit()) or len(digits) > DIGITS:
        raise NotFound(f"there is no {kind} {given[:40]!r}")
    return int(digits)
