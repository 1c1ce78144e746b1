"""What other servers find, as hits."""

import hashlib
import html
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from voxhall.domain.knowledge import Hit, Question

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TRACKING = re.compile(r"utm_\w+|gclid|fbclid|mc_[ce]id")


def hit(url: str, title: str, text: str, score: float, published: str | None) -> Hit | None:
    """Make a hit of what a server found; None where its address is none that people could open."""
    place = _bare(url)
    if place is None:
        return None
    identity = hashlib.sha256(place.encode()).hexdigest()[:32]
    return Hit(identity, url, _plain(title) or url, _plain(text), score, moment(published))


def since(question: Question) -> str | None:
    """Give the first day (UTC) that a question asks for, as in 2026-05-31."""
    first = question.since(time.time())
    return None if first is None else datetime.fromtimestamp(first, UTC).date().isoformat()


def moment(text: str | None) -> float | None:
    """Read a date in the form of ISO 8601 or of mail, as Unix seconds; without a zone it is in UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read((text or "").strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def _plain(text: str) -> str:
    """Give text without the tags and entities that mark what was searched for."""
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def _bare(url: str) -> str | None:
    """Write an address so that two of one page are equal: without what follows its readers."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    host = parts.netloc.lower().removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/"), query, ""))
