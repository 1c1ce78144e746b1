"""An answer made of sentences that stand in what was found, each cited; or none, where nothing there answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.knowledge import Answer, Citation, Hit
from voxhall.engines.protocols import Embedder
from voxhall.text.prose import spans
from voxhall.text.terms import STOP_WORDS, index_key, meant_for_latin

MODEL = "extractive-1"
NOT_FOUND = "Nothing in the sources that were searched answers this question."
SENTENCES = 3
"""That an answer has at most."""
READ = 8
"""Hits whose sentences are looked at, the best first."""
SHORTEST, LONGEST = 20, 600
"""Characters of a sentence that can be cited; others are headings and tables."""
MEANING, WORDS, PLACE = 0.7, 0.3, 0.01
"""What a sentence's likeness to the question counts, the share of the question's words in it, and each hit before."""
LEAST = 0.46
"""Score of the best sentence below which nothing answers; tuned so that hardly any off-topic question is answered."""
LEAST_WORDS = 0.5
"""Share of the question's words, likewise, in a script whose meaning the model does not know."""
NEAR = 0.6
"""Of the best sentence's score that another one needs to stand beside it."""
SAME = 0.9
"""Cosine above which two sentences say the same."""

_MARKERS = re.compile(r"\s*\[\d+(?:\s*[,;\u2013-]\s*\d+)*\]")
"""A source's own references, which would read as ours."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that could be cited."""

    hit: int
    """Counts from 0."""
    text: str


def write_answer(question: str, hits: Sequence[Hit], embedder: Embedder) -> Answer:
    """Answer a question by at most three sentences of the hits, in their order, each marked `[n]` as its source is.

    `[n]` is the rank of a citation; all citations are marked somewhere. Where no sentence is near enough to the
    question the answer says so and has no citations. Raises what the embedder raises.
    """
    sentences = [
        _Sentence(number, _MARKERS.sub("", " ".join(hit.text[begin:end].split())))
        for number, hit in enumerate(hits[:READ])
        for begin, end in spans(hit.text, "en" if meant_for_latin(hit.text) else "")
        if SHORTEST <= end - begin <= LONGEST
    ]
    chosen = _chosen(question, sentences, embedder) if sentences else []
    if not chosen:
        return Answer(question, NOT_FOUND, (), MODEL)
    ranks = {hit: rank for rank, hit in enumerate(dict.fromkeys(each.hit for each in chosen), start=1)}
    text = " ".join(f"{each.text} [{ranks[each.hit]}]" for each in chosen)
    citations = tuple(Citation(hits[hit].title, hits[hit].url, hits[hit].score, rank) for hit, rank in ranks.items())
    return Answer(question, text, citations, MODEL)


def _chosen(question: str, sentences: Sequence[_Sentence], embedder: Embedder) -> list[_Sentence]:
    """Give the sentences that answer, none twice, in the order of the hits."""
    shares = _shares(question, sentences)
    vectors: NDArray[np.float32] | None = None
    if meant_for_latin(question):
        vectors = embedder.embed((question, *(each.text for each in sentences)))
        scores = MEANING * (vectors[1:] @ vectors[0]) + WORDS * shares
        least = LEAST
    else:
        scores, least = shares, LEAST_WORDS
    best = float(scores.max())
    if best < least:
        return []
    scores = scores - PLACE * np.array([each.hit for each in sentences])
    taken: list[int] = []
    for place in np.argsort(-scores, kind="stable"):
        if len(taken) == SENTENCES or scores[place] < NEAR * best:
            break
        if not any(_same(sentences, vectors, int(place), other) for other in taken):
            taken.append(int(place))
    return [sentences[place] for place in sorted(taken)]


def _shares(question: str, sentences: Sequence[_Sentence]) -> NDArray[np.float32]:
    """Give the share of the question's words that each sentence has; words count as the same by their beginnings."""
    wanted = {_stem(word) for word in index_key(question).split() if word not in STOP_WORDS}
    had = ({_stem(word) for word in index_key(each.text).split()} for each in sentences)
    return np.array([len(wanted & words) / max(1, len(wanted)) for words in had], np.float32)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s)\Z", "", word) if len(word) > len("sings") else word.removesuffix("s")


def _same(sentences: Sequence[_Sentence], vectors: NDArray[np.float32] | None, one: int, other: int) -> bool:
    if vectors is None:
        return sentences[one].text == sentences[other].text
    return float(vectors[one + 1] @ vectors[other + 1]) > SAME
