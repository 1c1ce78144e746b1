"""What the local index is made of: documents, where they come from, and what became of them."""

from dataclasses import dataclass, field
from typing import Literal

from voxhall.domain.work import Progress

INDEX = "index"
"""The kind of job that reads a document and indexes it."""
CRAWL = "crawl"
"""The kind of job that reads a site: for hours, most of which it waits."""

Kind = Literal["file", "url", "sitemap", "transcripts", "transcript"]
"""A sitemap and an account's transcripts are collections: they hold documents, and have no text of their own."""
DocumentState = Literal["queued", "running", "ready", "failed"]
COLLECTIONS = ("sitemap", "transcripts")
TRANSCRIPTS = "transcripts"
"""The origin of the collection of an account's finished transcripts; adding it is what opts in."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from."""

    kind: Kind
    origin: str
    """The address of a page or sitemap, or the name of a file; the same origin added again replaces what it gave."""
    data: bytes | None = field(default=None, repr=False)
    """A file's content."""
    content_type: str | None = None
    """What the file is said to be; a hint."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something that was added to the index, as people see it."""

    id: str
    """Tells nothing; stays the same when its origin is added again."""
    shared: bool
    """Whether everybody finds it, not only its account."""
    kind: Kind
    origin: str
    """Of a file that the operator added, its path: for the operator's eyes only."""
    title: str
    state: DocumentState
    error: str | None
    """Why it failed; what was indexed of it before stays."""
    published: float | None
    """Unix seconds; None where that is not known."""
    passages: int
    created_at: float
    """Unix seconds."""
    indexed_at: float | None
    """When its text was last found to be new."""
    collection: str | None = None
    """The id of the collection that it belongs to."""
    progress: Progress | None = None
    """While it is running: of a collection its documents, else its passages."""


@dataclass(frozen=True, slots=True)
class Period:
    """When something is to have been published."""

    since: float | None = None
    """Unix seconds; what is known to be older is left out."""
    dated: bool = False
    """Whether that of which it is not known is left out, too."""

    def __bool__(self) -> bool:
        """Tell whether anything is left out."""
        return self.dated or self.since is not None

    def admits(self, published: float | None) -> bool:
        """Tell whether what was published then, or at a time not known, is meant."""
        return not self.dated if published is None else self.since is None or published >= self.since


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is found and cited as one."""

    title: str
    """The document's, and the heading under which it stands."""
    text: str
