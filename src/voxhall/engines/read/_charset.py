"""Bytes become text: a byte order mark, then what the document or its server says, then what the bytes look like."""

import codecs
import re

from charset_normalizer import from_bytes

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
"""What a page says of itself in its first kilobytes."""
HEAD = 4096
"""Bytes in which a page may say it; browsers look at 1024, real pages often say it later."""
SAMPLE = 200_000
"""Bytes from which a charset is guessed."""
WINDOWS = {"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "cp819"}
"""Names that mean windows-1252 on the web (Encoding Standard, 4.2)."""


def decoded(data: bytes, charset: str | None) -> str:
    """Read bytes as text; `charset` is what the server said. Letters that cannot be read become U+FFFD."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    found = DECLARED.search(data[:HEAD])
    said = (charset, found[1].decode("ascii", "ignore") if found else None, "utf-8")
    for name in filter(None, said):
        text = _strictly(data, name)
        if text is not None:
            return text
    guess = from_bytes(data[:SAMPLE]).best()
    return data.decode(guess.encoding if guess else "utf-8", "replace")


def _strictly(data: bytes, name: str) -> str | None:
    """Read bytes in a charset that they were said to be in; None where that cannot be."""
    try:
        codec = codecs.lookup("windows-1252" if name.lower() in WINDOWS else name)
        # a page that was found by reading it as ASCII is not in UTF-16, whatever it says
        return None if codec.name.startswith(("utf-16", "utf-32")) else data.decode(codec.name)
    except (LookupError, ValueError, AttributeError):
        return None
