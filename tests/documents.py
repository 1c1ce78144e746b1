"""Documents that tests read: made here, of every form, honest and hostile."""

import io
import zipfile
import zlib

import docx
from docx.document import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, EncodedStreamObject, NameObject

SENTENCES = (
    "The lighthouse of Kelby was built in 1851 by the engineer Ada Thorne.",
    "Its lamp could be seen from twenty miles away, and it burned whale oil until electricity came in 1912.",
    "Since the keepers left in 1974 the tower has been a museum, which opens every summer.",
)


def article(*paragraphs: str, title: str = "The lighthouse of Kelby", head: str = "") -> str:
    """Write a web page as sites do: navigation, an article, a footer."""
    body = "".join(f"<p>{each}</p>" for each in paragraphs or SENTENCES)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/shop'>Shop</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        "<footer><p>All rights reserved. Cookie settings.</p></footer></body></html>"
    )


def pdf(*pages: str, title: str = "", password: str = "") -> bytes:
    """Write a PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(600, 800)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 700 Td ({text}) Tj ET".encode())
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        page[NameObject("/Contents")] = writer._add_object(content)
    if title:
        writer.add_metadata({"/Title": title, "/CreationDate": "D:20240229120000Z"})
    if password:
        writer.encrypt(password, algorithm="AES-256")
    return _saved(writer)


def pdf_bomb(text: str, *, megabytes: int) -> bytes:
    """Write a PDF of a few kilobytes whose first page unpacks to a lot."""
    writer = PdfWriter(io.BytesIO(pdf("", text)))
    stream = EncodedStreamObject()
    stream._data = zlib.compress(b"0 g\n" * (megabytes << 18), 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _saved(writer)


def word(*paragraphs: str, title: str = "", rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """Write a Word file."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    document.core_properties.title = title
    return _saved(document)


def word_bomb(megabytes: int) -> bytes:
    """Write a Word file of a few hundred kilobytes that unpacks to a lot."""
    honest = zipfile.ZipFile(io.BytesIO(word("x")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in honest.namelist():
            data = honest.read(name)
            archive.writestr(name, data + b" " * (megabytes << 20) if name == "word/document.xml" else data)
    return out.getvalue()


def _saved(document: Document | PdfWriter) -> bytes:
    out = io.BytesIO()
    if isinstance(document, PdfWriter):
        document.write(out)
    else:
        document.save(out)
    return out.getvalue()
