"""Texts in another language: line by line, sentence by sentence, what an account knows before what an engine says.

Sentences of all texts go to the engine together. What is not to be translated is hidden from it behind marks; where it
loses one, or a number, it is asked again with numbers hidden too, and at last for what stands between the marks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from voxhall.domain.translation import MEMORY, NONE, Match, Phrases, Route, Translation
from voxhall.engines.protocols import Translator
from voxhall.text import keeping
from voxhall.text.prose import sentences

FUZZY = 90
"""Per cent of likeness from which a sentence of the memory is taken for the one at hand."""
LONGEST = 600
"""Characters that go to an engine at once; a sentence that is longer is cut after a clause, or at a space."""
BATCH = 32
"""Sentences that go to an engine at once: no piece of work takes long, and taking more gains nothing."""

_PIECE = re.compile(rf".{{1,{LONGEST}}}(?<=[,;:፣፤，；、])\s+|.{{1,{LONGEST}}}(?:\s+|\Z)|.{{1,{LONGEST}}}", re.DOTALL)
_WHOLE = Phrases({}, {})


@dataclass(slots=True)
class _Segment:
    """A sentence with the space around it."""

    before: str
    text: str
    after: str
    said: str | None = None
    match: Match | None = None


@dataclass(slots=True)
class _Text:
    segments: list[_Segment] = field(default_factory=list)


def translate(
    texts: Sequence[str], route: Route, translator: Translator, engine: str, phrases: Phrases = _WHOLE
) -> list[Translation]:
    """Translate texts with an engine of that name; paragraphs, lines and the space around sentences stay.

    Raises what the engine raises.
    """
    taken = [_Text(list(_segments(text, route[0]))) for text in texts]
    waiting = [segment for text in taken for segment in text.segments if keeping.has_words(segment.text)]
    _remember(waiting, phrases.memory)
    _ask([segment for segment in waiting if segment.said is None], route, translator, phrases.terms)
    return [_translation(text, route, engine) for text in taken]


def _segments(text: str, language: str) -> Iterator[_Segment]:
    for line in text.splitlines(keepends=True):
        for sentence in _unbroken(sentences(line, language), line):
            for piece in _PIECE.findall(sentence) if len(sentence) > LONGEST else [sentence]:
                bare = piece.strip()
                begin = piece.index(bare) if bare else len(piece)
                yield _Segment(piece[:begin], bare, piece[begin + len(bare) :])


def _unbroken(pieces: Iterable[str], line: str) -> Iterator[str]:
    """Join sentences of a line that would end within a tag or an address."""
    kept = [match.span() for match in keeping.MARKUP.finditer(line)]
    end, joined = 0, ""
    for piece in pieces:
        joined += piece
        end += len(piece)
        if not any(begin < end < last for begin, last in kept):
            yield joined
            joined = ""


def _remember(segments: Iterable[_Segment], memory: Mapping[str, str]) -> None:
    """Take sentences from the memory: the same ones, or ones much alike that have the same numbers."""
    if not memory:
        return
    for segment in segments:
        plain = plainly(segment.text)
        if plain in memory:
            segment.match = Match(plain, memory[plain], 100.0)
        elif near := process.extractOne(plain, memory.keys(), scorer=fuzz.ratio, score_cutoff=FUZZY):
            source, score, _ = near
            if keeping.same_numbers(source, plain):
                segment.match = Match(source, memory[source], min(99.9, round(score, 1)))
        if segment.match:
            segment.said = segment.match.target


def sentence_lengths(texts: Iterable[str], language: str) -> tuple[int, int]:
    """Give the lengths of the shortest and the longest sentence of texts; nothing where there is none."""
    found = [len(plainly(each.text)) for text in texts for each in _segments(text, language) if each.text]
    return min(found, default=0), max(found, default=0)


def plainly(text: str) -> str:
    """Write a sentence as a memory keeps it, its spaces made one."""
    return " ".join(text.split())


def _ask(segments: list[_Segment], route: Route, translator: Translator, terms: Mapping[str, str]) -> None:
    for numbers in (False, True):
        masker = keeping.Masker(terms, numbers=numbers)
        masked = [masker.mask(segment.text) for segment in segments]
        answers = _batched([each.text for each in masked], route, translator)
        for segment, each, answer in zip(segments, masked, answers, strict=True):
            said = each.restore(answer)
            if said is not None and (numbers or _kept_numbers(each, answer)):
                segment.said = said
        segments = [segment for segment in segments if segment.said is None]
    _ask_piecewise(segments, route, translator, masker)


def _kept_numbers(masked: keeping.Masked, answer: str) -> bool:
    marks = keeping.MARK
    return keeping.same_numbers(marks.sub("", masked.text), marks.sub("", answer))


def _ask_piecewise(segments: list[_Segment], route: Route, translator: Translator, masker: keeping.Masker) -> None:
    """Translate what stands between the things that are kept."""
    cut = [masker.mask(segment.text).pieces() for segment in segments]
    wanted = [piece.strip() for pieces in cut for piece in pieces[::2] if keeping.has_words(piece)]
    answers = iter(_batched(wanted, route, translator))
    for segment, pieces in zip(segments, cut, strict=True):
        said = []
        for at, piece in enumerate(pieces):
            if at % 2 or not keeping.has_words(piece):
                said.append(piece)
            else:
                bare = piece.strip()
                begin = piece.index(bare)
                said.append(piece[:begin] + next(answers) + piece[begin + len(bare) :])
        segment.said = "".join(said)


def _batched(texts: list[str], route: Route, translator: Translator) -> list[str]:
    """Translate texts, each once, those of like length together."""
    order = sorted({text for text in texts if keeping.has_words(keeping.MARK.sub("", text))}, key=len, reverse=True)
    known = {text: text for text in texts}
    for begin in range(0, len(order), BATCH):
        batch = tuple(order[begin : begin + BATCH])
        said = (each.strip() for each in translator.translate(batch, *route))
        known.update(zip(batch, said, strict=True))
    return [known[text] for text in texts]


def _translation(text: _Text, route: Route, engine: str) -> Translation:
    said = "".join(each.before + (each.text if each.said is None else each.said) + each.after for each in text.segments)
    matches = tuple(each.match for each in text.segments if each.match)
    asked = any(each.said is not None and each.match is None for each in text.segments)
    found = Translation(said, route, engine, matches)
    return found if asked else replace(found, engine=MEMORY if matches else NONE)
