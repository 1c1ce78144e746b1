"""Research: what is found for a question, answers that cite it, and conversations of such questions."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from voxhall.domain.knowledge import Answer, Hit, Question
from voxhall.domain.record import Caller
from voxhall.domain.research import Conversation, Found, Message
from voxhall.domain.talk import Exchange
from voxhall.errors import NotFound
from voxhall.log import logger
from voxhall.net.breaker import Breaker
from voxhall.pipelines.compose import Style
from voxhall.pipelines.followup import REMEMBERED
from voxhall.pipelines.research import Provider, ask_all
from voxhall.services.knowledge import Knowledge
from voxhall.services.providers import CONSIDERED, Judging, Web
from voxhall.services.writing import Writing
from voxhall.stores import conversations as table
from voxhall.stores.database import Database

log = logger(__name__)

READ = 10
"""Hits of which an answer is written, and that are kept with a message."""
LOCAL_SECONDS = 30.0
"""That the local index may take: its engine may have to be loaded first."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, where answers lead back to, and what was said before."""

    caller: Caller
    base_url: str
    earlier: tuple[Exchange, ...] = ()


class Research:
    """The service that API handlers ask."""

    def __init__(self, database: Database, knowledge: Knowledge, web: Web, judging: Judging, writing: Writing) -> None:
        self._database = database
        self._knowledge = knowledge
        self._web = web
        self._judging = judging
        self._writing = writing
        self._local = Breaker("local")

    @property
    def cohere_ready(self) -> bool:
        """Whether Cohere is configured and answers."""
        return self._web.cohere_ready

    @property
    def tavily_ready(self) -> bool:
        """Whether Tavily is configured and answers."""
        return self._web.tavily_ready

    async def search(self, asking: Asking, question: Question) -> Found:
        """Ask every provider, and put what they find in order; raises UpstreamFailed when none answers."""
        wide = replace(question, limit=max(question.limit, CONSIDERED))
        local = Provider(partial(self._search_local, asking), self._local, LOCAL_SECONDS)
        hits = await ask_all((local, *self._web.providers), wide, now=time.time())
        judged, reranked = await self._judging.judge(question.text, hits)
        return Found(tuple(judged[: question.limit]), reranked)

    async def answer(
        self, asking: Asking, question: Question, *, style: Style = "written"
    ) -> AsyncGenerator[str | Found | Answer]:
        """Give what was found, then the sentences of an answer as they are written, and at last the whole of it.

        Follow-up questions are understood in the context of `asking.earlier`. Raises UpstreamFailed.
        """
        meant = replace(question, text=await self._writing.meaning(question.text, asking.earlier))
        found = await self.search(asking, meant)
        yield found
        parts = self._writing.write(meant.text, found.hits, earlier=asking.earlier, style=style)
        async with aclosing(parts):
            async for part in parts:
                yield replace(part, query=question.text) if isinstance(part, Answer) else part

    async def whole(self, asking: Asking, question: Question) -> Answer:
        """Give an answer at once; raises UpstreamFailed."""
        return (await self._answered(asking, question))[1]

    async def _search_local(self, asking: Asking, question: Question) -> Sequence[Hit]:
        return await self._knowledge.search(asking.caller, question, base_url=asking.base_url)

    async def begin(self, caller: Caller) -> Conversation:
        """Begin a conversation."""
        async with self._database.write() as connection:
            return await table.insert_row(connection, caller.account_id, time.time())

    async def conversations(self, caller: Caller, *, limit: int, offset: int) -> tuple[int, list[Conversation]]:
        """Give how many the account has, and some of them without messages, the newest first."""
        async with self._database.read() as connection:
            return await table.page(connection, caller.account_id, limit=limit, offset=offset)

    async def conversation(self, caller: Caller, uid: str) -> Conversation:
        """Give one with all its messages; raises NotFound."""
        async with self._database.read() as connection:
            found = await table.find(connection, caller.account_id, uid)
            if found is None:
                raise _missing(uid)
            messages = await table.messages_of(connection, uid)
        return replace(found, messages=messages, message_count=len(messages))

    async def forget(self, caller: Caller, uid: str) -> None:
        """Remove one with its messages; raises NotFound."""
        async with self._database.write() as connection:
            if not await table.remove(connection, caller.account_id, uid):
                raise _missing(uid)

    async def tell(self, asking: Asking, uid: str, query: str) -> Message:
        """Answer a question within a conversation, in its context; raises NotFound, UpstreamFailed."""
        async with self._database.read() as connection:
            if await table.find(connection, asking.caller.account_id, uid) is None:
                raise _missing(uid)
            said = await table.messages_of(connection, uid, last=REMEMBERED)
        earlier = tuple(Exchange(each.meant, each.answer) for each in said)
        meant = await self._writing.meaning(query, earlier)
        # it makes sense alone now: nothing is left to be understood from before
        found, answer = await self._answered(replace(asking, earlier=()), Question(meant, READ))
        message = Message(
            uid=str(uuid4()),
            query=query,
            meant=meant,
            answer=answer.text,
            citations=answer.citations,
            results=found.hits,
            created_at=time.time(),
        )
        async with self._database.write() as connection:
            if not await table.hold(connection, asking.caller.account_id, uid):
                raise _missing(uid)
            await table.insert_message(connection, uid, message)
        return message

    async def _answered(self, asking: Asking, question: Question) -> tuple[Found, Answer]:
        """Give what was found and the whole answer."""
        parts = [part async for part in self.answer(asking, question)]
        found = next(part for part in parts if isinstance(part, Found))
        return found, next(part for part in parts if isinstance(part, Answer))


def _missing(uid: str) -> NotFound:
    return NotFound(f"there is no conversation {uid!r}")
