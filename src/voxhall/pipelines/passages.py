"""A page cut into passages that are found and cited as one; and two ways of finding them made into one."""

from collections.abc import Iterator, Mapping

from voxhall.domain.document import Passage
from voxhall.domain.knowledge import Page
from voxhall.text.prose import sentences

LENGTH = 500
"""Characters of a passage, about: of 250, 500 and 1000 the best that one vector can stand for; see benchmarks."""
LONGEST = 1000
"""Characters of a passage at most; a sentence that is longer is cut between words."""
HEADING = 100
"""Characters of a paragraph that may be a heading."""
NO_HEADING = frozenset("\n|;$={}")
"""Signs of tables and commands."""
WORDS_SHARE = 0.5
"""What finding by words counts, the rest being meaning; between 0.4 and 0.7 little changes."""

_ENDS = tuple(".?!…።፧॥。？！؟:;,")


def cut(page: Page) -> list[Passage]:
    """Cut a page at paragraphs, long paragraphs at sentences; a heading begins a passage and stands in its title.

    The texts joined by blank lines have every word of the page, in order.
    """
    found: list[Passage] = []
    heading, texts = "", list[str]()

    def close() -> None:
        if text := "".join(texts).strip():
            found.append(Passage(f"{page.title} — {heading}" if heading else page.title, text))
        texts.clear()

    paragraphs = [part for each in page.text.split("\n\n") if (part := each.strip())]
    for place, paragraph in enumerate(paragraphs):
        if _is_heading(paragraph, paragraphs[place + 1] if place + 1 < len(paragraphs) else None):
            close()
            heading = "" if paragraph == page.title else paragraph
            texts.append(f"{paragraph}\n\n")
            continue
        for piece in _pieces(f"{paragraph}\n\n"):
            if texts and sum(map(len, texts)) + len(piece) > LENGTH and sum(map(len, texts)) > HEADING:
                close()
            texts.append(piece)
    close()
    return found


def _is_heading(paragraph: str, following: str | None) -> bool:
    return (
        len(paragraph) <= HEADING
        and following is not None
        and len(following) > len(paragraph)
        and not NO_HEADING.intersection(paragraph)
        and not paragraph.endswith(_ENDS)
    )


def _pieces(paragraph: str) -> Iterator[str]:
    """Give a paragraph whole if it is short, else its sentences."""
    if len(paragraph) <= LENGTH:
        yield paragraph
        return
    # by its signs alone: which language it is in is not known, and a cut after an abbreviation does no harm here
    for sentence in sentences(paragraph, ""):
        rest = sentence
        while len(rest) > LONGEST:
            at = max(rest.rfind(" ", LENGTH, LONGEST), rest.rfind("\n", LENGTH, LONGEST)) + 1 or LONGEST
            yield rest[:at]
            rest = rest[at:]
        yield rest


def fuse(by_words: Mapping[int, float], by_meaning: Mapping[int, float]) -> list[tuple[int, float]]:
    """Give passages by what they score in both ways together, the best first.

    The words' scores, of which the best counts as 1, and the cosines are averaged, as a convex combination of scores
    finds more than ranks do (Bruch, Gai, Ingber 2022, https://arxiv.org/abs/2210.11934; benchmarks measure both here).
    """
    most = max(by_words.values(), default=0.0) or 1.0
    scores = {
        passage: WORDS_SHARE * by_words.get(passage, 0.0) / most + (1 - WORDS_SHARE) * by_meaning.get(passage, 0.0)
        for passage in {**by_words, **by_meaning}
    }
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
