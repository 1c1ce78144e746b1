"""Searches, answers and contents over a running server, and every bad input that there may be."""

import re
from typing import Protocol

import pytest

from documents import KELBY
from serving import Server, wait_for


class Shelf(Protocol):
    """A server whose index holds a web page and this project's own documentation; see conftest."""

    server: Server
    site: str
    documents: dict[str, str]

    def events(self, path: str, **params: str) -> list[tuple[str, dict[str, object]]]:
        """Ask for server-sent events."""
        ...


ASKED = (
    ("Which port does the server listen on by default?", "configuration", "8012"),
    ("How long do signed links stay valid?", "configuration", "3600|links"),
    ("How many bytes may an answer have to be kept for an Idempotency-Key?", "keys", "4 MiB"),
    ("What does a publishable key begin with?", "keys", "vh_pk_live_"),
    ("In how many languages does Kokoro have natural voices?", "engines", "six"),
    ("How are webhooks signed?", "webhooks", "sign|HMAC"),
    ("What does the error storage_full mean?", "errors", "disk"),
    ("How can a URL be probed without fetching the recording?", "probe", "probe|fetching"),
    ("How is a voice cloned from a clip?", "clone", "clip|clone"),
    ("How often are redirects followed when a URL is fetched?", "probe", "five"),
)
"""Questions about this project, the page of its documentation that answers, and what the answer says."""


@pytest.mark.parametrize(("question", "page", "said"), ASKED, ids=[page for _, page, _ in ASKED])
def test_it_answers_questions_about_its_own_documentation(question: str, page: str, said: str, shelf: Shelf) -> None:
    """Each is answered with a citation of the page that tells it; markers and citations match."""
    answer = shelf.server.get("/answer", params={"q": question}).json()
    assert re.search(said, answer["answer"])
    cited = [each["url"] for each in answer["citations"]]
    assert f"{shelf.server.url}/knowledge/{shelf.documents[page]}" in cited
    marked = {int(number) for number in re.findall(r"\[(\d+)\]", answer["answer"])}
    assert marked >= {each["rank"] for each in answer["citations"]}
    assert [each["rank"] for each in answer["citations"]] == list(range(1, len(cited) + 1))
    assert answer["model"] == "extractive-1"


def test_a_citation_leads_to_the_document(shelf: Shelf) -> None:
    """As JSON for programs, as a page that runs nothing for people."""
    answer = shelf.server.get("/answer", params={"q": "Who built the lighthouse of Kelby?"}).json()
    assert "Ada Thorne" in answer["answer"]
    url = answer["citations"][0]["url"].removeprefix(shelf.server.url)
    document = shelf.server.get(url).json()
    assert KELBY[0] in document["content"]
    assert (document["kind"], document["origin"], document["status"]) == ("url", f"{shelf.site}/kelby", "ready")
    page = shelf.server.request("GET", url, headers={"Authorization": shelf.server.key, "Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert KELBY[0] in page.text


def test_search_has_the_documented_shape(shelf: Shelf) -> None:
    """Ranks count from 1; nobody reranks here."""
    found = shelf.server.get("/search", params={"q": "lighthouse of Kelby", "limit": 3}).json()
    assert (found["query"], found["total"], found["reranked"]) == ("lighthouse of Kelby", 3, False)
    assert [each["rank"] for each in found["results"]] == [1, 2, 3]
    first = found["results"][0]
    assert set(first) == {"id", "url", "title", "snippet", "score", "rank"}
    assert "lighthouse" in first["snippet"]
    assert first["url"] == f"{shelf.server.url}/knowledge/{shelf.documents['kelby']}"


@pytest.mark.parametrize(
    "q", ["the of and", '"', "NEAR(", "*", 'a AND NOT (b OR "c', "q:*^2", "'; drop table x", "-", "\u1200"]
)
def test_odd_questions_find_something_or_nothing(q: str, shelf: Shelf) -> None:
    """Stop words alone, and what a full-text engine could take for its own language."""
    for path in ("/search", "/answer"):
        answer = shelf.server.get(path, params={"q": q})
        assert answer.status_code == 200, answer.text
        assert answer.json()["query"] == q


def test_nothing_found_says_so(shelf: Shelf) -> None:
    """Without citations, never an invention."""
    answer = shelf.server.get("/answer", params={"q": "What is the boiling point of tungsten hexafluoride?"}).json()
    assert answer["citations"] == []
    assert "[1]" not in answer["answer"]


def test_an_answer_comes_as_events_while_it_is_written(shelf: Shelf) -> None:
    """What was found, the sentences, the whole; the sentences joined are the answer."""
    events = shelf.events("/answer", q="Who built the lighthouse of Kelby?")
    assert events[0][0] == "results"
    assert events[-1][0] == "answer"
    assert "".join(str(data["text"]) for name, data in events if name == "delta") == events[-1][1]["answer"]
    assert events[-1][1] == shelf.server.get("/answer", params={"q": "Who built the lighthouse of Kelby?"}).json()


def test_events_that_cannot_begin_are_an_ordinary_error(shelf: Shelf) -> None:
    """In the dialect's envelope."""
    headers = {"Authorization": shelf.server.key, "Accept": "text/event-stream"}
    answer = shelf.server.request("GET", "/answer", params={"q": "x" * 501}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


BAD = (
    ("/search", {}),
    ("/search", {"q": ""}),
    ("/search", {"q": "   "}),
    ("/search", {"q": "x" * 501}),
    ("/search", {"q": "x\x00y"}),
    ("/search", {"q": "x", "limit": "0"}),
    ("/search", {"q": "x", "limit": "21"}),
    ("/search", {"q": "x", "limit": "ten"}),
    ("/search", {"q": "x", "days": "0"}),
    ("/search", {"q": "x", "days": "-1"}),
    ("/search", {"q": "x", "topic": "sports"}),
    ("/answer", {}),
    ("/answer", {"q": "x" * 501}),
    ("/answer", {"q": "x", "days": "-1"}),
    ("/answer", {"q": "x", "topic": "sports"}),
    ("/contents", {}),
    ("/contents", {"urls": ""}),
    ("/contents", {"urls": " , "}),
    ("/contents", {"urls": ",".join(f"https://example.com/{number}" for number in range(11))}),
    ("/conversations", {"page": "0"}),
    ("/conversations", {"page_size": "0"}),
    ("/conversations", {"page_size": "101"}),
    ("/conversations/not-a-uuid", {}),
    ("/knowledge", {"page": "-1"}),
)


def test_any_number_of_days_can_be_asked_for(shelf: Shelf) -> None:
    """However long ago that is: nothing is too old then."""
    for path, days in (("/search", "36501"), ("/search", "9" * 400), ("/answer", "9" * 30)):
        answer = shelf.server.get(path, params={"q": "lighthouse of Kelby", "days": days})
        assert answer.status_code == 200, answer.text
        assert "Kelby" in answer.text


@pytest.mark.parametrize("prefix", ["", "/flux"])
@pytest.mark.parametrize(("path", "params"), BAD, ids=range(len(BAD)))
def test_values_out_of_range_are_refused(path: str, params: dict[str, str], prefix: str, shelf: Shelf) -> None:
    """422 in the dialect's envelope, at the root as at its mount."""
    answer = shelf.server.get(prefix + path, params=params)
    assert answer.status_code == 422, answer.text
    assert set(answer.json()) == {"error", "code"}
    assert answer.json()["code"] == "invalid_value"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/search/nothing", 404, "not_found"),
        ("GET", "/flux/nothing", 404, "not_found"),
        ("POST", "/search", 405, "method_not_allowed"),
        ("GET", "/conversations/5f0c2b8e-6a51-4f0e-9d0b-2f2f6f2a9c11", 404, "not_found"),
        ("DELETE", "/conversations/5f0c2b8e-6a51-4f0e-9d0b-2f2f6f2a9c11", 404, "not_found"),
        ("DELETE", "/conversations/1", 422, "invalid_value"),
        ("POST", "/conversations/1/messages", 422, "invalid_value"),
        ("GET", "/knowledge/nothing", 404, "not_found"),
        ("DELETE", "/knowledge/nothing", 404, "not_found"),
        ("POST", "/knowledge", 400, "empty_body"),
    ],
)
def test_what_there_is_not_is_an_error_of_the_dialect(
    method: str, path: str, status: int, code: str, shelf: Shelf
) -> None:
    """Unknown paths below the dialect's own, wrong methods, unknown ids."""
    answer = shelf.server.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"error", "code"}


def test_contents_succeed_and_fail_alone(shelf: Shelf) -> None:
    """In their order; words are counted, and a failure is empty."""
    names = ("kelby", "note", "binary", "gone", "loop", "large")
    urls = [*(f"{shelf.site}/{name}" for name in names), "file:///etc/passwd", "http://169.254.169.254/x,y", "string"]
    found = shelf.server.get("/contents", params={"urls": ",".join(urls)}).json()
    assert [each["url"] for each in found] == [*urls[:-2], "http://169.254.169.254/x,y,string"]
    assert [each["success"] for each in found] == [True, True, *[False] * 6]
    assert KELBY[0] in found[0]["content"]
    assert (found[1]["content"], found[1]["word_count"]) == ("Plain words of a note.", 5)
    assert all((each["content"], each["title"], each["word_count"]) == ("", "", 0) for each in found[2:])


def test_health_tells_what_is_configured(shelf: Shelf) -> None:
    """Under its mount exactly as documented; at the root among the rest."""
    assert shelf.server.get("/flux/health").json() == {"status": "ok", "cohere_ready": False, "tavily_ready": False}
    health = shelf.server.get("/health").json()
    assert (health["cohere_ready"], health["tavily_ready"]) == (False, False)


def test_programs_of_this_machine_need_no_key(shelf: Shelf) -> None:
    """And act for the first admin's account, but not as its admin."""
    answer = shelf.server.request("GET", "/answer", params={"q": "Who built the lighthouse of Kelby?"}, headers={})
    assert "Ada Thorne" in answer.json()["answer"]
    body = {"url": f"{shelf.site}/note", "shared": True}
    assert shelf.server.request("POST", "/knowledge", json=body, headers={}).status_code == 403
    stranger = {"Authorization": shelf.server.new_key("stranger@example.com")}
    found = shelf.server.request("GET", "/search", params={"q": "Kelby lighthouse"}, headers=stranger).json()
    assert found["results"] == []
    assert shelf.server.request("GET", "/search", params={"q": "x"}, headers={"Authorization": "no"}).status_code == 401


def test_scopes_are_held(shelf: Shelf) -> None:
    """Reading needs read, everything else write."""
    reader = {"Authorization": shelf.server.new_key("reader@example.com", "--type", "restricted", "--scope", "read")}
    assert shelf.server.request("GET", "/conversations", headers=reader).status_code == 200
    assert shelf.server.request("POST", "/conversations", headers=reader).status_code == 403
    assert shelf.server.request("POST", "/knowledge", json={"url": shelf.site}, headers=reader).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "http://a.example", "sitemap": "http://a.example"},
        {"transcripts": False},
        {"url": ""},
        {"url": "x" * 3000},
        {"path": "/etc/passwd"},
        [],
    ],
)
def test_what_is_no_document_is_refused(body: object, shelf: Shelf) -> None:
    """One of url, sitemap and transcripts, and nothing else."""
    answer = shelf.server.post("/knowledge", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_a_document_is_added_found_and_removed(shelf: Shelf) -> None:
    """An address that leads nowhere callers may go is refused at once."""
    made = shelf.server.post("/knowledge", files={"file": ("zebra.txt", b"The zebra Quagmire lives in Utrecht.")})
    assert made.status_code == 201
    assert made.json()["origin"] is None
    path = f"/knowledge/{made.json()['id']}"
    wait_for(lambda: shelf.server.get(path).json()["status"] == "ready" or None, seconds=60)
    assert (
        "Utrecht" in shelf.server.get("/answer", params={"q": "Where does the zebra Quagmire live?"}).json()["answer"]
    )
    assert shelf.server.request("DELETE", path).status_code == 204
    assert shelf.server.get(path).status_code == 404
    assert shelf.server.get("/answer", params={"q": "Where does the zebra Quagmire live?"}).json()["citations"] == []
    for url in ("file:///etc/passwd", "http://169.254.169.254/", "nothing"):
        assert shelf.server.post("/knowledge", json={"url": url}).status_code == 400
