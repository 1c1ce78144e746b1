"""The local index and research without a server: for the command line and the library."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from voxhall.accounts.keys import Keys
from voxhall.domain.knowledge import Answer, Hit, Question, Topic
from voxhall.domain.record import Caller
from voxhall.ground import index_of, open_ground, researching, within
from voxhall.services.indexing import Indexing
from voxhall.services.knowledge import Knowledge
from voxhall.services.research import Asking, Research
from voxhall.settings import Settings


@dataclass(frozen=True, slots=True)
class Library:
    """What is needed to look after the local index, and to ask it."""

    knowledge: Knowledge
    research: Research
    indexing: Indexing
    caller: Caller
    """Acts for the account whose documents they are."""
    base_url: str
    """Where a server of these settings would show documents."""

    @property
    def asking(self) -> Asking:
        """Say who asks."""
        return Asking(self.caller, self.base_url)


@asynccontextmanager
async def open_library(settings: Settings) -> AsyncIterator[Library]:
    """Open only what is needed to look after the first admin's documents and the shared ones."""
    async with open_ground(settings) as ground:
        knowledge, indexing = index_of(ground)
        caller = await Keys(ground.database).first_admin()
        async with researching(ground, knowledge) as research:
            yield Library(knowledge, research, indexing, caller, settings.base_url)


def search_everywhere(text: str, *, limit: int = 10, topic: Topic = "general", days: int | None = None) -> list[Hit]:
    """Find passages in the index and by the configured providers, the best first, without a server.

    Raises InvalidInput, UpstreamFailed.
    """
    question = Question(text, limit, topic, days)

    async def search(library: Library) -> list[Hit]:
        return list((await library.research.search(library.asking, question)).hits)

    return within(open_library, search)


def answer_question(text: str, *, topic: Topic = "general", days: int | None = None) -> Answer:
    """Answer a question with citations of what `search_everywhere` finds; raises InvalidInput, UpstreamFailed."""
    question = Question(text, topic=topic, days=days)

    async def answer(library: Library) -> Answer:
        return await library.research.whole(library.asking, question)

    return within(open_library, answer)
