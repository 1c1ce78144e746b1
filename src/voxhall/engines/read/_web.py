"""The article of a web page, by trafilatura; by readability where that finds little.

On the 80 annotated pages of two public benchmarks `favor_precision` without comments is better than trafilatura's
defaults in both kinds of annotation; see benchmarks/README.md.
"""

import logging
import re
from datetime import UTC, datetime

from lxml import etree, html
from readability import Document
from trafilatura import bare_extraction

from voxhall.domain.knowledge import Page
from voxhall.engines.read._charset import decoded
from voxhall.errors import UnreadableDocument

LITTLE = 200
"""Characters under which an article was probably missed."""
LONGEST = 8_000_000
"""Characters of a page that is read; one of 12 million made to be hostile took 23 s and a gigabyte."""
APPLICATION = re.compile(
    r"""<(?:div|main)\s[^>]*\bid\s*=\s*["']?(?:root|app|__next|__nuxt|main-app|application)\b"""
    r"""|<app-root\b|<noscript[^>]*>[^<]*(?:<[^>]*>[^<]*){0,5}?(?:javascript|enable\s+js)""",
    re.IGNORECASE,
)
"""How pages look that a script fills in, or that ask for scripts."""
BREAKS = re.compile(r"\n+")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("readability").setLevel(logging.CRITICAL)


def read_web(data: bytes, charset: str | None, url: str | None) -> Page:
    """Read a web page; an honest empty page where it has no text. Raises UnreadableDocument."""
    source = decoded(data, charset).replace("\x00", "")
    if len(source) > LONGEST:
        raise UnreadableDocument(f"the web page is longer than the {LONGEST} characters that are read")
    found = bare_extraction(source, url=url, include_comments=False, favor_precision=True, with_metadata=True)
    title, text, published = "", "", None
    if found is not None and not isinstance(found, dict):
        title, text, published = found.title or "", found.text or "", _moment(found.date)
    if len(text) < LITTLE:
        article = _article(source)
        text = article if len(article) > len(text) else text
    return Page(
        title=" ".join((title or _title(source)).split()),
        text=BREAKS.sub("\n\n", text).strip(),
        published=published,
        needs_javascript=len(text) < LITTLE and "<script" in source.lower() and bool(APPLICATION.search(source)),
    )


def _article(source: str) -> str:
    """Give what readability takes for the article; empty where it finds none."""
    try:
        tree = html.fromstring(Document(source).summary(html_partial=True))
    except (etree.LxmlError, ValueError, TypeError):  # its Unparseable is a ValueError
        return ""
    blocks = (" ".join(text.split()) for text in etree.XPath("//text()")(tree))
    return "\n".join(block for block in blocks if block)


def _title(source: str) -> str:
    found = re.search(r"<title[^>]{0,200}>([^<]{1,1000})", source, re.IGNORECASE)
    return found[1] if found else ""


def _moment(date: str | None) -> float | None:
    """Give a date as Unix seconds, its midnight in UTC."""
    try:
        return datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp() if date else None
    except ValueError:
        return None
