"""Translation over HTTP, as the document has it, and what is ours beside it."""

from itertools import count

import pytest
import requests

from serving import Server

pytestmark = pytest.mark.timeout(180)

EMAILS = (f"translator{number}@example.com" for number in count())


def ask(server: Server, **fields: object) -> requests.Response:
    """Ask for a translation with the key in the body, as the document does."""
    wish = {"key": server.key, "text": "hello world", "src_lang": "en", "tgt_lang": "am", **fields}
    body = {name: value for name, value in wish.items() if value is not None}
    return requests.post(f"{server.url}/translate/v1", json=body, timeout=60)


def error_of(answer: requests.Response, status: int) -> dict[str, object]:
    """Give the error of an answer with that status."""
    assert answer.status_code == status, answer.text
    error: dict[str, object] = answer.json()["error"]
    return error


def new_key(server: Server, **terms: object) -> str:
    """Make a key of a new account."""
    made = server.post("/v1/admin/keys", json={"email": next(EMAILS), "name": "k", **terms})
    assert made.status_code in {200, 201}, made.text
    return str(made.json()["key"])


@pytest.fixture
def auth(translating: Server) -> dict[str, str]:
    """The key of an account of its own, in a header."""
    return {"Authorization": new_key(translating)}


def test_a_text_is_translated(translating: Server) -> None:
    """The key in the body or in the header; the engine and the language are told beside the translation."""
    answer = ask(translating)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"tgt_text": "hello world", "engine": "nllb", "src_lang": "en"}
    assert "RateLimit-Remaining" in answer.headers
    with_header = translating.post("/translate/v1", json={"text": "ሰላም", "src_lang": "am", "tgt_lang": "en"})
    assert with_header.json()["tgt_text"] == "ሰላም"
    assert translating.post("/lesan/translate/v1", json={"text": "a", "src_lang": "en", "tgt_lang": "ti"}).ok


def test_the_language_is_found(translating: Server) -> None:
    """Of each text of a batch on its own; what is in the wanted language comes back as it is."""
    texts = ["ዛሬ እንዴት ነህ?", "ሎሚ ከመይ ኣለኻ? ኣብ ገዛ ዲኻ?", "The weather is nice today.", "12:30"]
    answer = translating.post("/v1/translations", json={"texts": texts, "tgt_lang": "en"}).json()["translations"]
    assert [each["src_lang"] for each in answer] == ["am", "ti", "en", "en"]
    assert [each["engine"] for each in answer] == ["nllb", "nllb", "none", "none"]
    assert answer[2]["tgt_text"] == texts[2]


@pytest.mark.parametrize("text", ["سلام <b>{0}</b> hello", "One.\n\n  Two 3,000!\n", "see https://a.example/b?c=d"])
def test_mixed_scripts_markup_and_lines_survive(translating: Server, text: str) -> None:
    """Right-to-left text too."""
    answer = ask(translating, text=text, src_lang="ar" if "سلام" in text else "en", tgt_lang="fr")
    assert answer.json()["tgt_text"] == text


def test_the_same_language_gives_the_text_back(translating: Server) -> None:
    """Whatever engines there are."""
    answer = ask(translating, src_lang="am", tgt_lang="am", text="ሰላም ለዓለም።  \n")
    assert answer.json() == {"tgt_text": "ሰላም ለዓለም።  \n", "engine": "none", "src_lang": "am"}


@pytest.mark.parametrize("field", ["text", "src_lang", "tgt_lang"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_field_is_named_as_the_document_does(translating: Server, field: str, value: str | None) -> None:
    """Word for word."""
    assert error_of(ask(translating, **{field: value}), 400) == {
        "type": "invalid_request_error",
        "code": "missing_required_field",
        "message": f"The '{field}' field is required.",
        "param": field,
    }


@pytest.mark.parametrize(
    ("fields", "status", "code", "said"),
    [
        ({"text": "  \n"}, 400, "missing_required_field", "text"),
        ({"text": 5}, 400, "invalid_request", "text"),
        ({"text": "a\0b"}, 400, "invalid_request", "NUL"),
        ({"text": "word " * 1001}, 413, "too_large", "5005"),
        ({"src_lang": "klingon"}, 400, "unsupported_language_pair", "klingon"),
        ({"tgt_lang": "xx"}, 400, "unsupported_language_pair", "am, "),
        ({"src_lang": "x", "tgt_lang": "y"}, 400, "invalid_request", "src_lang"),
        ({"src_lang": ["en"]}, 400, "invalid_request", "src_lang"),
    ],
)
def test_what_is_wrong_is_said(
    translating: Server, fields: dict[str, object], status: int, code: str, said: str
) -> None:
    """With a code, and what would be right."""
    error = error_of(ask(translating, **fields), status)
    assert error["code"] == code
    assert said in str(error["message"])


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b'"text"', b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(translating: Server, body: bytes) -> None:
    """In the dialect's envelope."""
    answer = requests.post(
        f"{translating.url}/translate/v1", data=body, headers={"Authorization": translating.key}, timeout=30
    )
    assert error_of(answer, 400)["type"] == "invalid_request_error"


@pytest.mark.parametrize("key", [None, "", "sk_wrong", 7])
def test_a_wrong_key_in_the_body_is_refused(translating: Server, key: object) -> None:
    """As the document has it; none at all likewise."""
    error = error_of(ask(translating, key=key), 401)
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")


def test_a_key_that_may_only_read_translates_nothing(translating: Server) -> None:
    """Translating is work."""
    key = new_key(translating, scopes=["read"])
    assert error_of(ask(translating, key=key), 403)["type"] == "permission_error"


def test_too_many_requests_are_told_when_to_come_back(translating: Server) -> None:
    """As the document has it, header included."""
    key = new_key(translating, rate_limits={"requests_minute": 1})
    assert ask(translating, key=key).status_code == 200
    answer = ask(translating, key=key)
    error = error_of(answer, 429)
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    assert str(error["retry_after"]) == answer.headers["Retry-After"]


def test_without_a_model_the_command_that_fetches_one_is_named(server: Server) -> None:
    """For a pair that is known; for one that is not, what there is."""
    for pair in (("en", "am"), ("ti", "en")):
        error = error_of(ask(server, src_lang=pair[0], tgt_lang=pair[1]), 501)
        assert (error["type"], error["code"]) == ("server_error", "engine_not_installed")
        assert "voxhall models pull nllb-200-distilled-600m" in str(error["message"])
    assert error_of(ask(server, tgt_lang="xx"), 400)["code"] == "unsupported_language_pair"


def test_languages_and_what_would_add_to_them(translating: Server, server: Server) -> None:
    """Those that can be translated here, and the models with their licences."""
    found = translating.get("/v1/translations/languages").json()
    by_code = {each["code"]: each for each in found["languages"]}
    assert by_code["ti"]["name"] == "Tigrinya"
    assert {"am", "en"} <= set(by_code["ti"]["targets"])
    assert "ti" not in by_code["ti"]["targets"]
    bare = server.get("/v1/translations/languages").json()
    offered = {each["model"]: each for each in bare["fetchable"]}
    assert "NC" in offered["nllb-200-distilled-600m"]["licence"]
    assert offered["madlad400-3b-mt"]["licence"] == "Apache-2.0"


def test_a_glossary_term_must_appear(translating: Server, auth: dict[str, str]) -> None:
    """In this account's translations on this route, and in no other's; until it is removed."""
    term = {"src_lang": "en", "tgt_lang": "es", "source": "neural network", "target": "red neuronal"}
    assert translating.post("/v1/translations/glossary", json=term, headers=auth).status_code == 201
    wish = {"text": "A Neural network learns 2 things.", "src_lang": "en", "tgt_lang": "es"}
    assert (
        translating.post("/translate/v1", json=wish, headers=auth).json()["tgt_text"]
        == "A Red neuronal learns 2 things."
    )
    assert "Neural" in translating.post("/translate/v1", json=wish).json()["tgt_text"]
    assert (
        "Neural" in translating.post("/translate/v1", json={**wish, "tgt_lang": "fr"}, headers=auth).json()["tgt_text"]
    )
    query = {"src_lang": "en", "tgt_lang": "es", "source": "neural network"}
    path = "/v1/translations/glossary"
    assert translating.request("DELETE", path, params=query, headers=auth).json() == {"removed": 1}
    assert translating.request("DELETE", path, params=query, headers=auth).status_code == 404
    assert "Neural" in translating.post("/translate/v1", json=wish, headers=auth).json()["tgt_text"]


def test_the_memory_answers_for_sentences_that_it_knows(translating: Server, auth: dict[str, str]) -> None:
    """Exact and similar ones, labelled as such; the newest translation of a sentence counts."""
    for target in ("ምን?", "ዛሬ እንዴት ነህ?"):
        unit = {"src_lang": "en", "tgt_lang": "am", "source": "How are you today?", "target": target}
        assert translating.post("/v1/translations/memory", json=unit, headers=auth).status_code == 201
    wish = {"src_lang": "en", "tgt_lang": "am"}
    exact = translating.post("/translate/v1", json={**wish, "text": "How are you today?"}, headers=auth).json()
    match = {"kind": "exact", "score": 100.0, "source": "How are you today?", "target": "ዛሬ እንዴት ነህ?"}
    assert exact == {"tgt_text": "ዛሬ እንዴት ነህ?", "engine": "memory", "src_lang": "en", "matches": [match]}
    similar = translating.post("/translate/v1", json={**wish, "text": "How are you, today?"}, headers=auth).json()
    assert similar["matches"][0]["kind"] == "fuzzy"
    assert 90 <= similar["matches"][0]["score"] < 100
    other = translating.post("/translate/v1", json={**wish, "text": "Who are they all?"}, headers=auth).json()
    assert (other["engine"], "matches" in other) == ("nllb", False)


@pytest.mark.parametrize("book", ["glossary", "memory"])
@pytest.mark.parametrize("form", ["tmx", "csv"])
def test_books_are_taken_out_and_in(translating: Server, auth: dict[str, str], book: str, form: str) -> None:
    """What one account takes out, another takes in; all of a route can be removed."""
    path, query = f"/v1/translations/{book}", {"src_lang": "en", "tgt_lang": "am"}
    for number in range(3):
        phrase = {**query, "source": f"word <{number}>", "target": f"ቃል & {number}"}
        translating.post(path, json=phrase, headers=auth)
    out = translating.get(path, params={**query, "format": form}, headers=auth)
    other = {"Authorization": new_key(translating)}
    taken = translating.post(f"{path}/import", params={"format": form}, data=out.content, headers=other)
    assert taken.json() == {"imported": 3}
    assert translating.get(path, headers=other).json() == translating.get(path, headers=auth).json()
    assert translating.request("DELETE", path, params=query, headers=other).json() == {"removed": 3}
    assert translating.get(path, headers=other).json() == {"data": [], "total": 0}


@pytest.mark.parametrize(
    ("form", "body", "said"),
    [
        ("tmx", b'<!DOCTYPE x [<!ENTITY a "a">]><tmx>&a;</tmx>', "entity"),
        ("csv", b"\xff\xfe\x00", "UTF-8"),
        ("csv", b"src_lang,tgt_lang,source,target\nen,xx,a,b", "xx"),
        ("csv", b"src_lang,tgt_lang,source,target\nen,en,a,b", "into itself"),
    ],
)
def test_a_file_that_cannot_be_taken_in_changes_nothing(
    translating: Server, auth: dict[str, str], form: str, body: bytes, said: str
) -> None:
    """And what is wrong with it is said."""
    path = "/v1/translations/memory"
    answer = translating.post(f"{path}/import", params={"format": form}, data=body, headers=auth)
    assert said in str(error_of(answer, 400)["message"])
    assert translating.get(path, headers=auth).json()["total"] == 0


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/v1/translations/diary", {}),
        ("POST", "/v1/translations", {"json": {"texts": [], "tgt_lang": "en"}}),
        ("POST", "/v1/translations", {"json": {"texts": ["a"]}}),
        (
            "POST",
            "/v1/translations/glossary",
            {"json": {"src_lang": "en", "tgt_lang": "am", "source": "a", "target": ""}},
        ),
        ("POST", "/v1/translations/memory/import?format=xls", {"data": b"x"}),
    ],
)
def test_values_out_of_range_are_refused(
    translating: Server, method: str, path: str, options: dict[str, object]
) -> None:
    """Before anything is done."""
    answer = translating.request(method, path, **options)
    assert error_of(answer, 422)["code"] == "invalid_value"


def test_half_a_route_is_refused(translating: Server, auth: dict[str, str]) -> None:
    """A phrase belongs to a route."""
    for query in ({"src_lang": "en"}, {"source": "a"}):
        answer = translating.request("DELETE", "/v1/translations/glossary", params=query, headers=auth)
        assert error_of(answer, 400)["code"] == "invalid_request"
