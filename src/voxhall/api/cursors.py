"""Where a page ended, in a form that nobody should read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import TypeVar

from voxhall.errors import InvalidInput, NotFound

Place = TypeVar("Place")


def encode(place: str) -> str:
    """Write a cursor."""
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode(cursor: str, read: Callable[[str], Place]) -> Place:
    """Read a cursor; `read` raises ValueError or NotFound where it holds no place. Raises InvalidInput."""
    try:
        return read(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except (ValueError, NotFound):
        raise InvalidInput(f"cursor {cursor[:60]!r} was not given by an earlier page", param="cursor") from None
