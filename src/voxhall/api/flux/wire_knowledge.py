"""The JSON of the local index, an addition of ours to the Flux dialect."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from voxhall.domain.document import TRANSCRIPTS, Document, DocumentState, Kind, Source
from voxhall.text.times import iso_utc

Address = Annotated[str, Field(min_length=1, max_length=2048)]


class NewDocument(BaseModel, extra="forbid"):
    """What is to be added: one of a page, a site by its sitemap, or the account's own transcripts."""

    url: Address | None = None
    sitemap: Address | None = None
    transcripts: Literal[True] | None = None
    shared: bool = False
    """Whether everybody finds it; for admins."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.url, self.sitemap, self.transcripts)) != 1:
            raise ValueError("should have one of url, sitemap and transcripts; files are sent as a form with `file`")
        return self

    def to_source(self) -> Source:
        """Give it in our own words."""
        if self.url is not None:
            return Source("url", self.url)
        return Source("sitemap", self.sitemap) if self.sitemap is not None else Source("transcripts", TRANSCRIPTS)


class SharedField(BaseModel):
    """What may stand in a form beside the file."""

    shared: bool = False


class DocumentProgress(BaseModel):
    """How far the reading of a document is."""

    done: int
    total: int


class DocumentResponse(BaseModel):
    """Something in the index."""

    id: str
    kind: Kind
    title: str
    origin: str | None
    """Where it came from; null for the operator's files."""
    url: str
    """Where people can read it."""
    status: DocumentState
    error: str | None
    progress: DocumentProgress | None
    """While it is running: pages of a site, transcripts of an account, passages of a document."""
    shared: bool
    passages: int
    published_at: str | None
    created_at: str
    indexed_at: str | None
    collection: str | None


class DocumentText(DocumentResponse):
    """A document with its text."""

    content: str


class DocumentList(BaseModel):
    """A page of what is in the index."""

    documents: list[DocumentResponse]
    total: int
    page: int
    page_size: int


def document(found: Document, base_url: str) -> DocumentResponse:
    """Write a document."""
    moments = {"published_at": found.published, "created_at": found.created_at, "indexed_at": found.indexed_at}
    written = {name: iso_utc(moment) for name, moment in moments.items()}
    return DocumentResponse.model_validate(
        {
            "id": found.id,
            "kind": found.kind,
            "title": found.title,
            "origin": None if found.kind == "file" else found.origin,
            "url": f"{base_url}/knowledge/{found.id}",
            "status": found.state,
            "error": found.error,
            "progress": found.progress and {"done": found.progress.done, "total": found.progress.total},
            "shared": found.shared,
            "passages": found.passages,
            "collection": found.collection,
            **written,
        }
    )


def text(found: Document, content: str, base_url: str) -> DocumentText:
    """Write a document with its text."""
    return DocumentText(**document(found, base_url).model_dump(), content=content)
