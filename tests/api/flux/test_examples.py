"""Every example of the document, as written; only the address is put in, and what the examples leave open."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from serving import Server, serving, wait_for

HOST = "https://flux-production-9c9e.up.railway.app"
UNKNOWN = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
CITATION = {"title": "string", "url": "http://example.com", "score": 0, "rank": 0}
RESULT = {"id": "string", "url": "http://example.com", "title": "string", "snippet": "string", "score": 0, "rank": 0}
MESSAGE = {
    "id": UNKNOWN,
    "query": "string",
    "answer": "string",
    "citations": [CITATION],
    "results": [RESULT],
    "created_at": "2019-08-24T14:15:22Z",
}
CONVERSATION = {"id": UNKNOWN, "created_at": "2019-08-24T14:15:22Z", "message_count": 0, "messages": [MESSAGE]}
CONTENT = {"url": "http://example.com", "title": "string", "content": "string", "word_count": 0, "success": True}
ERROR = {"error": "string", "code": "string"}

POST_MESSAGE = (
    f'curl -X POST "{HOST}/conversations/{UNKNOWN}/messages" \\  -H "Content-Type: application/json" \\'
    '  -d \'{    "query": "string"  }\''
)
EXAMPLES: tuple[tuple[str, int, object], ...] = (
    (f'curl -X GET "{HOST}/search?q=string"', 200, {
        "query": "string", "results": [RESULT], "total": 0, "reranked": True,
    }),
    (f'curl -X GET "{HOST}/answer?q=string"', 200, {
        "query": "string", "answer": "string", "citations": [CITATION], "model": "string",
    }),
    (f'curl -X GET "{HOST}/contents?urls=string"', 200, [CONTENT]),
    (f'curl -X GET "{HOST}/conversations"', 200, {
        "conversations": [{"id": UNKNOWN, "created_at": "2019-08-24T14:15:22Z", "message_count": 0}],
        "total": 0, "page": 0, "page_size": 0,
    }),
    (f'curl -X POST "{HOST}/conversations"', 201, CONVERSATION),
    (f'curl -X GET "{HOST}/conversations/{UNKNOWN}"', 200, CONVERSATION),
    (
        POST_MESSAGE,
        201,
        MESSAGE,
    ),
    (f'curl -X DELETE "{HOST}/conversations/{UNKNOWN}"', 204, None),
)  # fmt: skip
"""What is sent, its status, and the shape of what comes."""


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, with one document."""
    with serving(tmp_path_factory.mktemp("examples")) as running:
        indexed(running, "string.txt", b"A string is a sequence of characters.")
        yield running


def indexed(server: Server, name: str, data: bytes) -> str:
    """Add a file and wait until it can be found; give its address."""
    path = f"/knowledge/{server.post('/knowledge', files={'file': (name, data)}).json()['id']}"
    wait_for(lambda: server.get(path).json()["status"] == "ready" or None, seconds=60)
    return path


@pytest.fixture(scope="module")
def conversation(flux: Server) -> str:
    """The id of a conversation with a message."""
    uid: str = flux.post("/conversations").json()["id"]
    assert flux.post(f"/conversations/{uid}/messages", json={"query": "What is a string?"}).status_code == 201
    return uid


def same_shape(given: Any, documented: Any) -> None:
    """Hold every documented field, and the kind of its value, against what came."""
    if isinstance(documented, dict):
        assert set(documented) <= set(given), f"lacks {set(documented) - set(given)}"
        for name, value in documented.items():
            same_shape(given[name], value)
    elif isinstance(documented, list):
        assert isinstance(given, list)
        for each in given:
            same_shape(each, documented[0])
    elif isinstance(documented, bool):
        assert isinstance(given, bool)
    elif isinstance(documented, int):
        assert isinstance(given, int | float)
    elif documented == UNKNOWN:
        UUID(given)
    elif documented == "2019-08-24T14:15:22Z":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", given)
    else:
        assert isinstance(given, str)


def curl(command: str, server: Server, base: str) -> tuple[int, str]:
    """Run an example as a person would."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    # the document lost its line ends: what is left of them is a backslash and spaces
    command = re.sub(r"\\\s+", " ", command.replace(HOST, server.url + base))
    command = command.replace("curl ", "curl -s -w '%{http_code}' ", 1)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return int(done.stdout[-3:]), done.stdout[:-3]


@pytest.mark.parametrize("base", ["", "/flux"])
@pytest.mark.parametrize(("command", "status", "shape"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_example(  # noqa: PLR0913, PLR0917 - an example, and where it is run
    command: str, status: int, shape: object, base: str, flux: Server, conversation: str
) -> None:
    """Without a key, as the document has none; at the root and at the dialect's mount."""
    if "DELETE" in command:
        conversation = flux.post("/conversations").json()["id"]
    given, body = curl(command.replace(UNKNOWN, conversation), flux, base)
    assert given == status
    if shape is None:
        assert body == ""
        assert flux.get(f"/conversations/{conversation}").status_code == 404
    else:
        same_shape(json.loads(body), shape)


def test_health(flux: Server) -> None:
    """Exactly the documented fields at the mount; the same among others at the root."""
    status, body = curl(f'curl -X GET "{HOST}/health"', flux, "/flux")
    assert (status, json.loads(body)) == (200, {"status": "ok", "cohere_ready": False, "tavily_ready": False})
    same_shape(flux.get("/health").json(), {"status": "ok", "cohere_ready": True, "tavily_ready": True})


@pytest.mark.parametrize("base", ["", "/flux"])
def test_an_unknown_conversation(base: str, flux: Server) -> None:
    """The documented id is nobody's here: the documented error."""
    status, body = curl(EXAMPLES[5][0], flux, base)
    assert status == 404
    assert set(json.loads(body)) == set(ERROR)


def test_the_specification_describes_the_document(flux: Server) -> None:
    """Its paths, limits and defaults, at the mount and merged at the root."""
    own = flux.get("/flux/openapi.json").json()["paths"]
    assert set(own) <= set(flux.get("/openapi.json").json()["paths"])
    named = {each["name"]: each["schema"] for each in own["/search"]["get"]["parameters"]}
    assert set(named) == {"q", "limit", "topic", "days"}
    assert named["q"]["maxLength"] == 500
    assert (named["limit"]["minimum"], named["limit"]["maximum"], named["limit"]["default"]) == (1, 20, 10)
    assert "201" in own["/conversations"]["post"]["responses"]
    assert "text/event-stream" in own["/answer"]["get"]["responses"]["200"]["content"]


def test_a_conversation_from_its_beginning_to_its_end(flux: Server) -> None:
    """The second question only makes sense after the first; then it is gone with its messages."""
    begun = flux.post("/conversations").json()
    assert (begun["message_count"], begun["messages"]) == (0, [])
    path = f"/conversations/{begun['id']}"
    page = b"The lighthouse of Kelby was built by the engineer Ada Thorne. The lighthouse opened in 1851, in a storm."
    document = indexed(flux, "kelby.txt", page)
    first = flux.post(f"{path}/messages", json={"query": "Who built the lighthouse of Kelby?"}).json()
    second = flux.post(f"{path}/messages", json={"query": "When did it open?"}).json()
    assert "Ada Thorne" in first["answer"]
    assert second["query"] == "When did it open?"
    assert "1851" in second["answer"]
    assert second["citations"][0]["url"] == f"{flux.url}{document}"
    kept = flux.get(path).json()
    assert kept["messages"] == [first, second]
    listed = flux.get("/conversations?page=1&page_size=1").json()
    assert (listed["conversations"][0]["id"], listed["conversations"][0]["message_count"]) == (begun["id"], 2)
    assert flux.request("DELETE", path).status_code == 204
    assert flux.post(f"{path}/messages", json={"query": "And then?"}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "x" * 501}, {"query": 7}, [], "x"])
def test_what_is_no_question_is_refused(body: object, flux: Server, conversation: str) -> None:
    """422 in the dialect's envelope; nothing is kept of it."""
    before = flux.get(f"/conversations/{conversation}").json()["message_count"]
    answer = flux.post(f"/conversations/{conversation}/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert flux.get(f"/conversations/{conversation}").json()["message_count"] == before


def test_a_conversation_begun_again_under_its_key_is_the_same(flux: Server) -> None:
    """And a message sent again is not asked again."""
    headers = {"Authorization": flux.key, "Idempotency-Key": "begin-1"}
    one, two = (flux.request("POST", "/conversations", headers=headers) for _ in range(2))
    assert (one.status_code, one.json()) == (two.status_code, two.json())
    assert one.status_code == 201
