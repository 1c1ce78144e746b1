"""A document becomes a page: what is said to be in it decides nothing but how plain text is meant.

Reading is an engine's ability and happens in an engine process, as decoding audio does. What reads web pages, PDF and
Word files are large parsers, partly native, of bytes that strangers chose: they have taken seconds and gigabytes of
small files, and such a file may then end one piece of work, not the web process or its event loop.
"""

import re
import unicodedata
from dataclasses import replace
from email.message import Message
from pathlib import PurePosixPath

from voxhall.domain.knowledge import Page
from voxhall.engines.protocols import DocumentForm, Reader
from voxhall.errors import TooLarge, UnreadableDocument

LONGEST = 32 * 2**20
"""Bytes of a document that is read."""
SECONDS = 60.0
"""That reading one may take: the deadline with which a reader is to be borrowed."""
TITLE = 300
"""Characters of a title."""
TYPES: dict[str, DocumentForm] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
}
SUFFIXES: dict[str, DocumentForm] = {
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}
"""The names of files that can be read, and what they mean where no type is given, or none that says much."""
VAGUE = {"", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-download"}
FOREIGN = {"audio", "video", "image", "font"}
"""Families of types that hold no text."""

_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n"} | {0x7F: None}
_SPACES = re.compile(r"[^\S\n]+")
_BLANKS = re.compile(r"\n\s*\n\s*")


def read_page(reader: Reader, data: bytes, content_type: str | None, name: str, url: str | None = None) -> Page:
    """Read a document, borrowed `reader` and all; without a title of its own it has its file's name.

    `content_type` is as a server gives it, parameters included; `name` is the file's. A page without any text is
    given as it is. Raises UnreadableDocument, TooLarge, EngineFailed when reading takes too long, EngineLost.
    """
    if len(data) > LONGEST:
        raise TooLarge(f"the document is larger than the {LONGEST >> 20} MiB that are read")
    if not data:
        raise UnreadableDocument("the document is empty")
    form, charset = _form(content_type, name)
    page = reader.read(data, form, charset, url)
    return replace(page, title=_line(page.title)[:TITLE] or name, text=_tidy(page.text))


def _form(content_type: str | None, name: str) -> tuple[DocumentForm, str | None]:
    """Tell what a document claims to be, and in which charset; raises UnreadableDocument."""
    message = Message()
    message["content-type"] = (content_type or "").replace("\n", " ").replace("\r", " ")
    kind = message.get_content_type() if content_type else ""
    if kind.partition("/")[0] in FOREIGN:
        raise UnreadableDocument(f"there is no text in {kind[:100]!r}")
    form = TYPES.get(kind)
    if form is None and kind in VAGUE:
        form = SUFFIXES.get(PurePosixPath(name).suffix.lower())
    return form or "text", message.get_content_charset()


def _line(text: str) -> str:
    return " ".join(text.translate(_CONTROLS).split())


def _tidy(text: str) -> str:
    """Give the same text without controls, with plain spaces, and paragraphs apart by one blank line."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_CONTROLS)
    return _BLANKS.sub("\n\n", _SPACES.sub(" ", plain)).strip()
