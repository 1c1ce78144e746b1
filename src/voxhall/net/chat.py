"""A language model behind an OpenAI-compatible endpoint, asked by the official client."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import httpx2

from voxhall.errors import UpstreamFailed, UpstreamLimited, UpstreamTimeout

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

SECONDS = 60.0
"""Of silence after which the model is given up."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


class Chat:
    """The operator's language model; its address is theirs and passes no guard."""

    def __init__(self, url: str, model: str, key: str | None) -> None:
        self.model = model
        """What wrote it, in the words of answers."""
        self._url = url
        self._key = key

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI  # noqa: PLC0415 - takes a second to import

        # a key is sent in any case; servers that want none do not look
        return AsyncOpenAI(base_url=self._url, api_key=self._key or "none", timeout=SECONDS, max_retries=1)

    async def close(self) -> None:
        """Close its connections, if it was ever asked."""
        if "_client" in self.__dict__:
            await self._client.close()

    async def stream(self, messages: Sequence[Said], *, most: int = 1024) -> AsyncGenerator[str]:
        """Give what the model says as it says it, at most so many tokens.

        Raises UpstreamFailed, UpstreamLimited, UpstreamTimeout.
        """
        given: list[ChatCompletionMessageParam] = [_param(each) for each in messages]
        async with _explained():
            stream = await self._client.chat.completions.create(
                model=self.model, messages=given, temperature=0.0, max_tokens=most, stream=True
            )
            async with stream:
                async for chunk in stream:
                    if chunk.choices and (text := chunk.choices[0].delta.content):
                        yield text

    async def say(self, messages: Sequence[Said], *, most: int = 256) -> str:
        """Give all that the model says; raises what `stream` raises."""
        return "".join([text async for text in self.stream(messages, most=most)])


def _param(said: Said) -> "ChatCompletionMessageParam":
    match said.role:
        case "system":
            return {"role": "system", "content": said.text}
        case "user":
            return {"role": "user", "content": said.text}
        case "assistant":
            return {"role": "assistant", "content": said.text}


@asynccontextmanager
async def _explained() -> AsyncIterator[None]:
    """Say in our own errors what fails in the block."""
    from openai import APIError, APITimeoutError, RateLimitError  # noqa: PLC0415 - takes a second to import

    try:
        yield
    except (APITimeoutError, httpx2.TimeoutException):
        raise UpstreamTimeout("the language model takes too long to answer") from None
    except RateLimitError:
        raise UpstreamLimited("the language model asks to slow down") from None
    except (APIError, httpx2.HTTPError, ValueError) as error:
        raise UpstreamFailed(f"the language model failed ({type(error).__name__})") from None
