"""Glossaries and memories are handed on as TMX and CSV."""

import pytest

from voxhall.domain.translation import Phrase
from voxhall.errors import InvalidInput
from voxhall.text.exchange import from_csv, from_tmx, to_csv, to_tmx

PHRASES = [
    Phrase(("en", "am"), 'A "quoted", <b>bold</b> & long\nline', "ሰላም"),
    Phrase(("am", "en"), "ሰላም", "peace"),
    Phrase(("en", "ar"), "peace", "سلام"),
]


def test_what_is_written_can_be_read() -> None:
    """Quotes, markup, lines and every script; TMX makes lines one."""
    assert from_csv(to_csv(PHRASES)) == PHRASES
    read = from_tmx(to_tmx(PHRASES).encode())
    assert [(each.route, each.target) for each in read] == [(each.route, each.target) for each in PHRASES]
    assert read[0].source == 'A "quoted", <b>bold</b> & long line'


def test_tmx_of_other_programs() -> None:
    """With a document type, regions in the codes, several languages in a unit, inline elements, and UTF-16."""
    text = (
        '<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header srclang="EN-US"/><body>'
        '<tu><tuv xml:lang="fr_FR"><seg>Bonjour <bpt i="1"/>monde</seg></tuv><tuv xml:lang="en-US"><seg>Hello world'
        '</seg></tuv><tuv lang="de"><seg>Hallo Welt</seg></tuv></tu></body></tmx>'
    )
    expected = [Phrase(("en", "fr"), "Hello world", "Bonjour monde"), Phrase(("en", "de"), "Hello world", "Hallo Welt")]
    assert from_tmx(text.encode()) == expected
    assert from_tmx(text.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")) == expected


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tmx><body>&b;</body></tmx>'
FILE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx><body><tu><tuv><seg>&a;</seg></tuv></tu></body></tmx>'
)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (BOMB, "entity 'a'"),
        (FILE, "entity 'a'"),
        ("<tmx><body>", "no XML"),
        ("<html></html>", "no TMX"),
        ("", "no XML"),
        ("\0", "no XML"),
        ('<?xml version="1.0" encoding="klingon"?><tmx/>', "XML|encoding"),
    ],
)
def test_what_is_no_tmx_is_refused(document: str, said: str) -> None:
    """Entities, which can fill the memory or read files, above all."""
    with pytest.raises(InvalidInput, match=said):
        from_tmx(document.encode())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "src_lang"),
        ("src_lang,tgt_lang,source\nen,am,x", "target"),
        ("src_lang,tgt_lang,source,target\nen,am,x,", "line 2"),
        ("src_lang,tgt_lang,source,target\nen,am", "line 2"),
        ('src_lang,tgt_lang,source,target\nen,am,"x', "no CSV"),
    ],
)
def test_what_is_no_table_is_refused(table: str, said: str) -> None:
    """With the line, or the column that is missing."""
    with pytest.raises(InvalidInput, match=said):
        from_csv(table)
