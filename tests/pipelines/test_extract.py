"""Documents of every form become pages; what is none gets a clear error, in bounded time and memory."""

import codecs
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from documents import SENTENCES, article, pdf, pdf_bomb, word, word_bomb
from recordings import BECKETT
from voxhall.engines.host import Host
from voxhall.engines.protocols import Reader
from voxhall.engines.registry import Registry
from voxhall.errors import TooLarge, UnreadableDocument
from voxhall.pipelines.extract import LONGEST, read_page

TEXT = "\n\n".join(SENTENCES)
PEAK = """
import sys
from voxhall.engines.read._documents import Documents
from voxhall.engines.read.documents import Options
from voxhall.errors import UnreadableDocument
reader = Documents(Options(memory=256))
try:
    reader.read(("<p>" + "<b>x</b>" * 750_000).encode(), "html", None, None)
except UnreadableDocument:
    pass
print(reader.read(b"fine", "text", None, None).text)
print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""
"""Prints what a reader still reads, and its process's peak memory in KiB."""
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The reader, in an engine process as everywhere."""
    registry = Registry(tmp_path_factory.mktemp("models"))
    with Host(registry, processes=1) as host, host.scope() as scope:
        yield scope.engine(Reader, registry.choose("read"))


def test_a_web_page_is_its_article(reader: Reader) -> None:
    """Navigation and footers are left out; title and date are told."""
    head = '<meta property="article:published_time" content="2023-05-17T08:00:00Z">'
    page = read_page(reader, article(head=head).encode(), "text/html; charset=utf-8", "kelby")
    assert page.title == "The lighthouse of Kelby"
    assert all(sentence in page.text for sentence in SENTENCES)
    assert "\n\n" in page.text
    assert "Shop" not in page.text
    assert "Cookie" not in page.text
    assert page.published == datetime(2023, 5, 17, tzinfo=UTC).timestamp()
    assert not page.needs_javascript


@pytest.mark.parametrize("declared", ["text/html; charset=windows-1251", "text/html; charset=utf-8", "text/html"])
@pytest.mark.parametrize("meta", ['<meta charset="windows-1251">', '<meta charset="utf-8">', ""])
def test_letters_survive_what_servers_and_pages_say_wrongly(declared: str, meta: str, reader: Reader) -> None:
    """A charset that is declared wrongly, or not at all, is found out."""
    russian = "Маяк построили в середине девятнадцатого века, и до сих пор он стоит на высоком берегу моря. " * 4
    page = read_page(reader, article(russian, head=meta).encode("cp1251"), declared, "page.html")
    assert "Маяк построили" in page.text


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None),
        (codecs.BOM_UTF8 + TEXT.encode(), "latin-1"),
        (TEXT.encode(), "no-such-charset"),
        (TEXT.encode(), "base64"),
    ],
)
def test_marks_win_and_unknown_charsets_do_no_harm(data: bytes, charset: str | None, reader: Reader) -> None:
    """A byte order mark is believed; a name that means no charset is not."""
    said = f"text/plain; charset={charset}" if charset else "text/plain"
    assert read_page(reader, data, said, "kelby.txt").text == TEXT


def test_a_page_that_only_scripts_fill_says_so(reader: Reader) -> None:
    """Its text is empty, and it is noted that a browser would see more."""
    shell = (
        '<html><head><title>Shop</title></head><body><div id="root"></div><script src="a.js"></script></body></html>'
    )
    page = read_page(reader, shell.encode(), "text/html", "shop")
    assert (page.title, page.text, page.needs_javascript) == ("Shop", "", True)


def test_a_short_page_is_no_application(reader: Reader) -> None:
    """Little text alone is no sign of scripts."""
    page = read_page(reader, b"<html><body><p>Closed today.</p></body></html>", "text/html", "note.html")
    assert (page.text, page.title, page.needs_javascript) == ("Closed today.", "note.html", False)


def test_a_pdf_gives_its_pages_title_and_date(reader: Reader) -> None:
    """Also where the server calls it something else."""
    data = pdf(*SENTENCES, title="Kelby")
    for said in ("application/pdf", "application/octet-stream", "text/html"):
        page = read_page(reader, data, said, "a.pdf")
        assert (page.title, page.text) == ("Kelby", TEXT)
        assert page.published == datetime(2024, 2, 29, 12, tzinfo=UTC).timestamp()


def test_a_word_file_gives_paragraphs_and_tables(reader: Reader) -> None:
    """In their order; rows cell by cell."""
    page = read_page(reader, word(*SENTENCES, title="Kelby", rows=(("year", "lamp"), ("1851", "oil"))), None, "k.docx")
    assert (page.title, page.text) == ("Kelby", f"{TEXT}\n\nyear | lamp\n\n1851 | oil")


def test_markdown_loses_its_markup(reader: Reader) -> None:
    """Its first heading is the title; code and tables stay readable."""
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    source = f"# Kelby *light*\n\nSee [the map](https://example.com).\n\n```\nmake serve\n```\n\n{table}"
    page = read_page(reader, source.encode(), "text/plain", "kelby.md")
    assert page.title == "Kelby light"
    assert page.text == "Kelby light\n\nSee the map.\n\nmake serve\n\na | b\n\n1 | 2"
    named = read_page(reader, b'---\ntitle: "Named"\n---\n# Other\n', "text/markdown", "x")
    assert (named.title, named.text) == ("Named", "Other")


@pytest.mark.parametrize(
    ("data", "said", "name", "why"),
    [
        (PNG, "text/html", "page.html", "neither text"),
        (PNG, None, "photo", "neither text"),
        (BECKETT.read_bytes()[:5000], "text/plain", "a.txt", "neither text"),
        (b"hello", "image/png", "a.png", "no text in 'image/png'"),
        (b"", "text/html", "page.html", "empty"),
        (b"<p>hello</p>", "application/pdf", "a.pdf", "no PDF"),
        (b"PK\x03\x04 broken", None, "a.docx", "no DOCX"),
        (pdf("x")[:120], "application/pdf", "a.pdf", "broken"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 50, "application/pdf", "a.pdf", "broken"),
        (pdf("secret", password="x"), "application/pdf", "a.pdf", "password"),
        (word("x")[:2000] + word("x")[2500:], None, "a.docx", "no DOCX|broken"),
    ],
    ids=range(11),
)
def test_what_is_no_document_gets_a_clear_error(
    data: bytes, said: str | None, name: str, why: str, reader: Reader
) -> None:
    """Whatever it is said to be."""
    with pytest.raises(UnreadableDocument, match=why):
        read_page(reader, data, said, name)


def test_a_document_that_is_too_large_is_not_read(reader: Reader) -> None:
    """The limit is named."""
    with pytest.raises(TooLarge, match="32 MiB"):
        read_page(reader, b"x" * (LONGEST + 1), "text/plain", "a.txt")


def test_a_word_file_that_unpacks_to_far_too_much_is_refused(reader: Reader) -> None:
    """Before it is unpacked."""
    with pytest.raises(UnreadableDocument, match="unpacks"):
        read_page(reader, word_bomb(210), None, "bomb.docx")


def test_a_pdf_whose_page_unpacks_to_far_too_much_says_nothing_there(reader: Reader) -> None:
    """The other pages are read."""
    data = pdf_bomb("after the bomb", megabytes=100)
    assert len(data) < 1 << 20
    assert read_page(reader, data, "application/pdf", "bomb.pdf").text == "after the bomb"


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000 + "deep",
        "<p>" + "word " * 400_000 + "</p>",
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><p>&b;&b;</p>",
        "<table>" * 5000 + "<tr><td>x",
        "<html><head><title>" + "t" * 1_000_000,
        "<noscript>" + "<a" * 50_000,
    ],
    ids=["deep", "long", "entities", "tables", "title", "open"],
)
def test_hostile_pages_end(hostile: str, reader: Reader) -> None:
    """They give a page or an error of ours, before the deadline of the borrowed engine."""
    try:
        page = read_page(reader, hostile.encode(), "text/html", "page.html")
    except UnreadableDocument:
        return
    assert len(page.title) <= 300


def test_a_document_takes_only_so_much_memory() -> None:
    """A page of six megabytes of tags would take half a gigabyte; it is given up, and the next is read."""
    result = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    text, peak = result.stdout.split()
    assert text == "fine"
    assert int(peak) < (256 + 200) << 10
