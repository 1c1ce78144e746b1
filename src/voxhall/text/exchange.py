"""Glossaries and memories in the forms in which programs hand them on: TMX 1.4 and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from xml.parsers import expat

from voxhall.domain.translation import Phrase
from voxhall.errors import InvalidInput

COLUMNS = ("src_lang", "tgt_lang", "source", "target")
MOST = 100_000
"""Phrases of one file."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def to_csv(phrases: Iterable[Phrase]) -> str:
    """Write a table with the columns src_lang, tgt_lang, source, target."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows((*each.route, each.source, each.target) for each in phrases)
    return file.getvalue()


def from_csv(text: str) -> list[Phrase]:
    """Read such a table; raises InvalidInput, which names the line."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise InvalidInput(f"the table has no column {', '.join(lacking)}; it needs {', '.join(COLUMNS)}")
        found = [_phrase([row[name] or "" for name in COLUMNS], reader.line_num) for row in reader]
    except csv.Error as error:
        raise InvalidInput(f"line {reader.line_num} is no CSV: {error}") from error
    return _bounded(found)


def _phrase(values: Sequence[str], line: int) -> Phrase:
    if not all(value.strip() for value in values):
        raise InvalidInput(f"line {line} lacks a value; each of {', '.join(COLUMNS)} is needed")
    source_language, target_language, source, target = (value.strip() for value in values)
    return Phrase((_code(source_language), _code(target_language)), source, target)


def to_tmx(phrases: Iterable[Phrase]) -> str:
    """Write TMX 1.4, a unit for each phrase."""
    units = "".join(
        f'<tu srclang="{each.route[0]}">'
        + "".join(
            f'<tuv xml:lang="{language}"><seg>{_escaped(text)}</seg></tuv>'
            for language, text in zip(each.route, (each.source, each.target), strict=True)
        )
        + "</tu>\n"
        for each in phrases
    )
    head = (
        'creationtool="voxhall" creationtoolversion="1" segtype="sentence" o-tmf="voxhall" adminlang="en" '
        'srclang="*all*" datatype="plaintext"'
    )
    begin = f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header {head}/>\n<body>\n'
    return f"{begin}{units}</body>\n</tmx>\n"


def from_tmx(data: bytes) -> list[Phrase]:
    """Read TMX of any version; of a unit in several languages each leads to each other from its source.

    Raises InvalidInput; entities of the document's own are refused.
    """
    reader = _Tmx()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InvalidInput(f"line {error.lineno} is no XML: {expat.errors.messages[error.code]}") from error
    except (LookupError, ValueError) as error:
        raise InvalidInput("the file is in an encoding that cannot be read; use UTF-8") from error
    if not reader.is_tmx:
        raise InvalidInput("the file is XML, but no TMX: it does not begin with <tmx>")
    return _bounded(reader.found)


class _Tmx:
    """What has been read of a file so far."""

    def __init__(self) -> None:
        self.found: list[Phrase] = []
        self.is_tmx = False
        self._from = ""
        self._unit_from = ""
        self._unit: dict[str, str] = {}
        self._language = ""
        self._segment: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name == "tmx":
            self.is_tmx = True
        elif name == "header":
            self._from = attributes.get("srclang", "")
        elif name == "tu":
            self._unit, self._unit_from = {}, attributes.get("srclang", self._from)
        elif name == "tuv":
            self._language = _code(attributes.get("xml:lang") or attributes.get("lang") or "")
        elif name == "seg":
            self._segment = []

    def text(self, text: str) -> None:
        """Take the words of a segment, and what is said within its inline elements."""
        if self._segment is not None:
            self._segment.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name == "seg" and self._segment is not None:
            self._unit.setdefault(self._language, " ".join("".join(self._segment).split()))
            self._segment = None
        elif name == "tu":
            self.found += self._phrases()
            if len(self.found) > MOST:
                _bounded(self.found)

    def _phrases(self) -> Iterator[Phrase]:
        languages = [language for language, text in self._unit.items() if language and text]
        first = _code(self._unit_from) if self._unit_from.strip("*") not in {"", "all"} else ""
        for source in [first] if first in languages else languages[:1]:
            for target in languages:
                if target != source:
                    yield Phrase((source, target), self._unit[source], self._unit[target])


def _code(language: str) -> str:
    """Give the ISO 639 code of a tag such as `en-US`."""
    return language.replace("_", "-").partition("-")[0].strip().lower()


def _escaped(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text), quote=False)


def _refuse_entity(name: str, *_: object) -> None:
    raise InvalidInput(f"the file declares the entity {name[:40]!r}; such files are not read")


def _bounded(found: list[Phrase]) -> list[Phrase]:
    if len(found) > MOST:
        raise InvalidInput(f"the file has over {MOST} phrases; send it in parts")
    return found
