"""Who writes answers: the operator's language model, and where there is none or it fails, sentences as they stand."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

from voxhall.domain.knowledge import Answer, Hit
from voxhall.domain.talk import Exchange
from voxhall.engines.host import Host
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Registry
from voxhall.errors import VoxhallError
from voxhall.log import logger
from voxhall.net.breaker import Breaker
from voxhall.net.chat import Chat, Said
from voxhall.pipelines.answer import write_answer
from voxhall.pipelines.compose import Style, compose, sources_of
from voxhall.pipelines.followup import history_of, standing_alone
from voxhall.services.waiting import work_within

log = logger(__name__)

Extract = Callable[[str, Sequence[Hit]], Awaitable[Answer]]
"""Writes an answer of nothing but sentences that were found."""
EXTRACTING_SECONDS = 30.0
"""That it may take, the wait for a free process and the engine's start included."""


def extractor(registry: Registry, host: Host) -> Extract:
    """Make the writer that there always is."""
    engine = registry.choose("embed")

    async def extract(query: str, hits: Sequence[Hit]) -> Answer:
        return await work_within(EXTRACTING_SECONDS, host, Embedder, engine, partial(write_answer, query, hits))

    return extract


class Writing:
    """Writes answers to questions from what was found."""

    def __init__(self, extract: Extract, chat: Chat | None) -> None:
        self._extract = extract
        self._chat = chat
        self._breaker = Breaker("the language model")

    async def meaning(self, query: str, earlier: Sequence[Exchange]) -> str:
        """Give a question as it makes sense without what was said before."""
        return await standing_alone(query, earlier, self._say if self._chat else None)

    async def write(
        self,
        query: str,
        hits: Sequence[Hit],
        *,
        earlier: Sequence[Exchange] = (),
        style: Style = "written",
    ) -> AsyncGenerator[str | Answer]:
        """Give the sentences of an answer as they are written, and at last the whole of it.

        `earlier` and `style` are for the language model.
        """
        if self._chat and hits and self._breaker.closed:
            writing = compose(
                self._speak,
                query,
                sources_of(hits),
                model=self._chat.model,
                history=history_of(earlier),
                style=style,
            )
            try:
                async with aclosing(writing):
                    async for part in writing:
                        yield part
            except VoxhallError as error:
                log.warning("the language model is missing", code=error.code)
            else:
                return
        answer = await self._extract(query, hits)
        yield answer.text
        yield answer

    async def _speak(self, messages: Sequence[Said]) -> AsyncGenerator[str]:
        """Ask the language model through its breaker, which looks at its first words only."""
        assert self._chat  # noqa: S101 - asked only where there is one
        async with aclosing(self._chat.stream(messages)) as stream:
            yield await self._breaker.ask(lambda: anext(stream, ""))
            async for piece in stream:
                yield piece

    async def _say(self, messages: Sequence[Said]) -> str:
        assert self._chat  # noqa: S101 - likewise
        chat = self._chat
        return await self._breaker.ask(lambda: chat.say(messages))
