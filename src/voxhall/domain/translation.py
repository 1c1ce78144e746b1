"""Translation: languages of texts, what an account wants said in its own way, and what became of a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Book = Literal["glossary", "memory"]
"""A glossary holds terms, which are put into every translation; a memory holds sentences that were translated."""
Route = tuple[str, str]
"""The language a text is in and the one it is to be in, ISO 639 codes."""
MEMORY = "memory"
"""What stands for an engine where everything came out of the account's memory."""
NONE = "none"
"""Likewise where there was nothing to translate."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A language that a text may be in."""

    language: str
    """ISO 639 code."""
    probability: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A term or a sentence, and how an account has it translated."""

    route: Route
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """What an account wants said in its own way, of one route."""

    terms: Mapping[str, str]
    """Of its glossary."""
    memory: Mapping[str, str]
    """Of its memory, by the sentence with its spaces made one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that the memory knew."""

    source: str
    """As the memory has it."""
    target: str
    score: float
    """How alike the two are, 90 to 100; below 100 the translation is of a sentence that is only similar."""

    @property
    def kind(self) -> Literal["exact", "fuzzy"]:
        """Whether the memory knew this sentence or one much like it."""
        return "exact" if self.score == 100 else "fuzzy"  # noqa: PLR2004 - per cent


@dataclass(frozen=True, slots=True)
class Translation:
    """What became of a text."""

    text: str
    route: Route
    engine: str
    """Who translated it; `memory` where the account's memory knew all of it, `none` where there was nothing to do."""
    matches: tuple[Match, ...] = ()
    """What came out of the memory."""
