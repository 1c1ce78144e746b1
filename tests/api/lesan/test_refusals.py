"""Every endpoint of the document refuses who may not ask, what is not there and who asks too often, in its envelope."""

from collections.abc import Iterator

import pytest
import requests

from serving import Server

JOB = "/v1/transcriptions/txn_00000000-0000-0000-0000-000000000000"
HOOK = "/v1/webhooks/whk_00000000-0000-0000-0000-000000000000"
READING = (
    ("GET", "/v1/languages"),
    ("GET", "/v1/transcriptions"),
    ("GET", JOB),
    ("GET", f"{JOB}/audio"),
    ("GET", f"{JOB}/transcript"),
    ("GET", "/v1/uploads/signed-url?filename=a.wav"),
    ("GET", "/v1/usage"),
    ("GET", "/v1/translations/languages"),
    ("GET", "/v1/webhooks"),
    ("GET", HOOK),
)
WRITING = (
    ("POST", "/translate/v1"),
    ("POST", "/v1/translations"),
    ("POST", "/v1/media/probe"),
    ("POST", "/v1/transcriptions"),
    ("POST", "/v1/transcriptions/batch"),
    ("DELETE", JOB),
    ("POST", f"{JOB}/cancel"),
    ("POST", "/v1/uploads"),
    ("POST", "/v1/webhooks"),
    ("PATCH", HOOK),
    ("DELETE", HOOK),
    ("POST", f"{HOOK}/test"),
)
EVERY = (*READING, *WRITING)


@pytest.fixture(scope="module")
def reader(server: Server) -> str:
    """A key that may only read."""
    return server.new_key("reader@example.com", "--scope", "read")


@pytest.fixture(scope="module")
def spent(server: Server) -> Iterator[str]:
    """A key whose one request of the hour has been made."""
    made = server.post("/v1/admin/keys", json={"email": "spent@example.com", "rate_limits": {"requests_hour": 1}})
    key = str(made.json()["key"])
    assert asked(server, key, "GET", "/v1/languages").status_code == 200
    yield key
    server.post(f"/v1/admin/keys/{made.json()['id']}/revoke", json={})


def asked(server: Server, key: str | None, method: str, path: str) -> requests.Response:
    """Ask as the holder of a key, with a body that is an object where one is wanted."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = {} if method in {"POST", "PATCH"} else None
    return requests.request(method, server.url + path, headers=headers, json=body, timeout=30)


def told(answer: requests.Response) -> tuple[int, str]:
    """Give the status and the kind of error."""
    error = answer.json()["error"]
    assert error["code"]
    assert error["message"]
    return answer.status_code, error["type"]


@pytest.mark.parametrize(("method", "path"), EVERY)
@pytest.mark.parametrize("key", [None, "vh_sk_live_of_nobody"])
def test_without_a_valid_key(key: str | None, method: str, path: str, server: Server) -> None:
    """401, before anything is read or looked for."""
    assert told(asked(server, key, method, path)) == (401, "authentication_error")


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_with_a_key_that_may_only_read(method: str, path: str, reader: str, server: Server) -> None:
    """403: nothing is made, changed or removed."""
    assert told(asked(server, reader, method, path)) == (403, "permission_error")


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_once_the_limit_is_reached(method: str, path: str, spent: str, server: Server) -> None:
    """429, with when to come back."""
    answer = asked(server, spent, method, path)
    assert told(answer) == (429, "rate_limit_error")
    assert answer.json()["error"]["retry_after"] == int(answer.headers["Retry-After"])


@pytest.mark.parametrize(("method", "path"), [each for each in EVERY if "0000" in each[1]])
def test_what_is_not_there(method: str, path: str, server: Server) -> None:
    """404, whatever is asked of it."""
    assert told(asked(server, server.key, method, path)) == (404, "not_found_error")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/transcriptions", 400),
        ("/v1/transcriptions/batch", 400),
        ("/v1/media/probe", 422),
        ("/v1/uploads", 400),
        ("/v1/webhooks", 422),
    ],
)
def test_an_object_without_what_is_needed(path: str, status: int, server: Server) -> None:
    """Names the field."""
    answer = asked(server, server.key, "POST", path)
    assert told(answer) == (status, "invalid_request_error")
