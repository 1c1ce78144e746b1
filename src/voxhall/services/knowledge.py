"""The local index: what an account has added to it, and what everybody shares; searched by words and by meaning."""

from voxhall.domain.document import Document, Source
from voxhall.domain.knowledge import Hit, Question
from voxhall.domain.record import Caller


class Knowledge:
    """The service that API handlers and the command line ask."""

    async def search(self, caller: Caller, question: Question, *, base_url: str) -> list[Hit]:
        """Find passages of the account's documents and of the shared ones, the best first.

        A hit's `url` is `{base_url}/knowledge/{id of its document}`.
        """
        raise NotImplementedError

    async def add(self, caller: Caller, source: Source, *, shared: bool = False) -> Document:
        """Queue a document; the same origin again is read again, and indexed again only if its text is new.

        Raises InvalidInput, AddressRefused, NotPermitted where who is no admin adds for everybody.
        """
        raise NotImplementedError

    async def list(self, caller: Caller, *, limit: int, offset: int) -> tuple[int, list[Document]]:
        """Give how many documents the caller sees, and some of them, the newest first."""
        raise NotImplementedError

    async def read(self, caller: Caller, document_id: str) -> tuple[Document, str]:
        """Give a document and its text, paragraphs apart by blank lines; raises NotFound."""
        raise NotImplementedError

    async def remove(self, caller: Caller, document_id: str) -> None:
        """Remove a document, and with a collection all that it holds; raises NotFound, NotPermitted."""
        raise NotImplementedError
