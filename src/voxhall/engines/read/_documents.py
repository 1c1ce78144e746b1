"""Reads a document of any form it knows, within a bound of memory."""

import io
import zipfile
from collections.abc import Callable

from voxhall.domain.knowledge import Page
from voxhall.engines.memory import limited_memory
from voxhall.engines.protocols import DocumentForm
from voxhall.engines.read._charset import decoded
from voxhall.engines.read._files import read_docx, read_pdf
from voxhall.engines.read._markdown import read_markdown
from voxhall.engines.read._web import read_web
from voxhall.engines.read.documents import Options
from voxhall.errors import UnreadableDocument

BEGINNING = 1024
"""Bytes in which a PDF says that it is one; readers accept rubbish before that."""
BINARY = b"\x00\x01\x02\x03\x04\x05\x06\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a"
"""Bytes that no text has."""
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""Byte order marks: after them zeroes are no sign of a binary file."""


class Documents:
    """One reader for all forms: what the bytes are decides, not what they are said to be."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def read(self, data: bytes, form: DocumentForm, charset: str | None, url: str | None) -> Page:
        """Read a document; raises UnreadableDocument."""
        try:
            with limited_memory(self._options.memory << 20):
                return self._reading(data, form, charset, url)()
        except (MemoryError, RecursionError) as error:
            raise UnreadableDocument("the document needs more memory to read than any text should") from error

    def _reading(self, data: bytes, form: DocumentForm, charset: str | None, url: str | None) -> Callable[[], Page]:
        if b"%PDF-" in data[:BEGINNING]:
            return lambda: read_pdf(data, self._options.pages)
        if data.startswith(b"PK\x03\x04") and _is_word(data):
            return lambda: read_docx(data)
        if form in {"pdf", "docx"}:
            raise UnreadableDocument(f"the bytes are no {form.upper()} document, though they are said to be one")
        if not data.startswith(MARKS) and data[:BEGINNING].translate(None, BINARY) != data[:BEGINNING]:
            raise UnreadableDocument("the bytes are neither text nor a document of a kind that is read here")
        if form == "html":
            return lambda: read_web(data, charset, url)
        text = decoded(data, charset)
        if form == "markdown":
            return lambda: read_markdown(text)
        if text[:BEGINNING].lstrip().lower().startswith(("<!doctype html", "<html")):
            return lambda: read_web(data, charset, url)
        return lambda: Page("", text)


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
