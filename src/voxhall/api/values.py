"""Values as the JSON of every dialect has them."""

from typing import overload

from voxhall.domain.speech import UNKNOWN_LANGUAGE


@overload
def rounded(value: float, digits: int = 3) -> float: ...
@overload
def rounded(value: float | None, digits: int = 3) -> float | None: ...
def rounded(value: float | None, digits: int = 3) -> float | None:
    """Write a number, seconds to the millisecond; null where it is not known."""
    return None if value is None else round(value, digits)


def known_language(code: str | None) -> str | None:
    """Write a language; null where it is not known."""
    return None if code == UNKNOWN_LANGUAGE else code
