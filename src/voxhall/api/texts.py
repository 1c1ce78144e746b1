"""Text that callers send, the same in every database."""

from typing import Annotated

from pydantic import AfterValidator


def _plain(text: str) -> str:
    # SQLite would keep it, PostgreSQL does not
    if "\0" in text:
        raise ValueError("holds a NUL character, which no text does")
    return text


PlainText = Annotated[str, AfterValidator(_plain)]
