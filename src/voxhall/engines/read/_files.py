"""What PDF and Word files say."""

import io
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from voxhall.domain.knowledge import Page
from voxhall.errors import UnreadableDocument

UNPACKED = 200 * 2**20
"""Bytes that a Word file may unpack to; zipfile unpacks no more of a part than the archive says."""
RATIO = 200
"""Times that a Word file may grow when it is unpacked; real ones grow some ten times."""
CHARACTERS = 20_000_000
"""Characters of a document that are read."""
BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    OSError,
)
"""What the libraries raise for broken files, besides their own errors."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes, most: int) -> Page:
    """Read at most so many pages of a PDF; raises UnreadableDocument."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument("the PDF is locked with a password")
        text = "\n\n".join(_pages(reader, most))
        facts = reader.metadata
        title = (facts.title if facts else "") or ""
        created = facts.creation_date if facts else None
    except (*BROKEN, NotImplementedError, zipfile.BadZipFile) as error:
        raise UnreadableDocument(f"the PDF is broken and cannot be read ({type(error).__name__})") from error
    return Page(title.strip(), text, _moment(created))


def _pages(reader: PdfReader, most: int) -> Iterator[str]:
    """Give what each page says; one that is broken says nothing, as in a viewer."""
    left = CHARACTERS
    for number in range(min(len(reader.pages), most)):
        try:
            text = reader.pages[number].extract_text()[:left].strip()
        except (*BROKEN, NotImplementedError):
            continue
        left -= len(text)
        yield text
        if left <= 0:
            return


def read_docx(data: bytes) -> Page:
    """Read a Word file, its tables row by row; raises UnreadableDocument."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > UNPACKED or size > max(len(data), 10_000) * RATIO:
        raise UnreadableDocument("the Word file unpacks to far more than any text")
    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n\n".join(filter(None, _paragraphs(document)))
        facts = document.core_properties
        title, created = facts.title or "", facts.modified or facts.created
    except (*BROKEN, PackageNotFoundError, zipfile.BadZipFile, etree.LxmlError, NotImplementedError) as error:
        raise UnreadableDocument(f"the Word file is broken and cannot be read ({type(error).__name__})") from error
    return Page(title.strip(), text[:CHARACTERS], _moment(created))


def _paragraphs(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from (" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in block.rows)
        else:
            yield block.text.strip()


def _moment(date: datetime | None) -> float | None:
    """Give a date as Unix seconds; without a zone it is in UTC."""
    try:
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() if date else None
    except (ValueError, OverflowError):
        return None
