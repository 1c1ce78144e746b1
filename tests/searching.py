"""Search providers, a reranker and a language model on this machine, which answer in the shapes of the real ones."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from upstream import Asked, Behaviour, Upstream, answer, serving_upstream

JSON = "Content-Type: application/json"

SEARXNG = {
    "query": "kelby",
    "number_of_results": 0,
    "results": [
        {
            "url": "https://example.com/kelby?utm_source=x",
            "title": "Kelby lighthouse",
            "content": "The lighthouse of Kelby was built in 1851 by the engineer Ada Thorne.",
            "engine": "bing",
            "parsed_url": ["https", "example.com", "/kelby", "", "", ""],
            "template": "default.html",
            "engines": ["bing", "duckduckgo"],
            "positions": [1, 2],
            "publishedDate": "2023-05-17T08:00:00",
            "score": 3.0,
            "category": "general",
        },
        {"url": "https://example.org/other", "title": "Other", "content": None, "engine": "bing", "score": 0.5},
        {"url": "ftp://example.org/file", "title": "No page", "content": "x", "engine": "bing", "score": 0.4},
    ],
    "answers": [],
    "corrections": [],
    "infoboxes": [],
    "suggestions": [],
    "unresponsive_engines": [["google", "timeout"]],
}
TAVILY = {
    "query": "kelby",
    "follow_up_questions": None,
    "answer": None,
    "images": [],
    "results": [
        {
            "title": "Kelby",
            "url": "https://www.example.com/kelby/",
            "content": "Kelby's lighthouse, built in 1851, has a lamp that could be seen from twenty miles away.",
            "score": 0.93,
            "raw_content": None,
            "published_date": "Wed, 17 May 2023 08:00:00 GMT",
        },
        {"title": "Museum", "url": "https://example.net/museum", "content": "The tower is a museum.", "score": 0.5},
    ],
    "response_time": 1.2,
    "request_id": "x",
}
BRAVE = {
    "type": "search",
    "query": {"original": "kelby", "more_results_available": True},
    "web": {
        "type": "search",
        "results": [
            {
                "title": "The <strong>Kelby</strong> light",
                "url": "https://example.com/kelby",
                "is_source_local": False,
                "description": "The <strong>Kelby</strong> tower &amp; house are a museum since 1974.",
                "page_age": "2023-05-17T08:00:00",
                "profile": {"name": "Example"},
                "language": "en",
            }
        ],
    },
}
BRAVE_NEWS = {"type": "news", "results": BRAVE["web"]["results"]}  # type: ignore[index]  # as written above


def told(body: object) -> Behaviour:
    """Answer with JSON."""
    return answer(200, json.dumps(body).encode(), JSON)


def query_of(asked: Asked) -> dict[str, str]:
    """Give the parameters of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.target).query).items()}


async def killed(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Break off in the middle of an answer, as a server does that is killed."""
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"results": [')
    await writer.drain()
    writer.transport.abort()


async def silent(asked: Asked, _: asyncio.StreamWriter) -> None:
    """Say nothing until the client goes away."""
    await asked.rest.read()


def judging(score: Callable[[str], float]) -> Behaviour:
    """Rerank as Cohere does, by a score for each text."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        texts = json.loads(asked.body)["documents"]
        ranked = sorted(range(len(texts)), key=lambda index: -score(texts[index]))
        results = [{"index": index, "relevance_score": score(texts[index])} for index in ranked]
        await told({"id": "x", "results": results, "meta": {"api_version": {"version": "2"}}})(asked, writer)

    return behave


@dataclass
class Model:
    """A language model that says what a test tells it to."""

    says: Callable[[list[dict[str, str]]], Sequence[str]]
    """Gives the pieces of its answer for the messages it is shown."""
    shown: list[list[dict[str, str]]] = field(default_factory=list)
    """The messages of every request."""
    breaks: bool = False
    """Whether it breaks off after its last piece."""
    lingers: bool = False
    """Whether it then says nothing until its client has gone."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client of one that lingers has gone."""

    async def behave(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Stream an answer as the chat completions API does."""
        request = json.loads(asked.body)
        self.shown.append(request["messages"])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for piece in self.says(request["messages"]):
            chunk = {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": request["model"],
                "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
            }
            writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
            await writer.drain()
        if self.lingers:
            await asked.rest.read()
            self.left.set()
        elif self.breaks:
            writer.transport.abort()
        else:
            writer.write(b"data: [DONE]\n\n")


def saying(text: str) -> Model:
    """Make a model that always says the same, a few letters at a time."""
    return Model(lambda _: [text[begin : begin + 7] for begin in range(0, len(text), 7)])


@asynccontextmanager
async def serving_model(model: Model) -> AsyncIterator[Upstream]:
    """Run a language model's server; its base URL is `/v1`."""
    async with serving_upstream() as upstream:
        upstream.behave["/v1/chat/completions"] = model.behave
        yield upstream
