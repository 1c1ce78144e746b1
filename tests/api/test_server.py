"""What the server does for every dialect: ids, health, docs, and whom it does not answer."""

import pytest
import requests

from serving import Server

pytestmark = pytest.mark.timeout(120)


def test_health_needs_no_key_and_tells_real_states(server: Server) -> None:
    """The union of what the dialects ask for, with the engines that are usable."""
    health = requests.get(f"{server.url}/health", timeout=10).json()
    assert (health["status"], health["model"]) == ("ok", "akro-v1")
    assert health["database"]
    assert (health["storage_provider"], health["redis_status"]) == ("local", "not_configured")
    assert health["storage"]
    assert health["engines"]["recognize"]
    assert health["gateway"] in server.url


def test_the_dialects_own_health_has_its_own_fields(server: Server) -> None:
    """Exactly what its document shows, under its own base."""
    health = requests.get(f"{server.url}/fluxions/health", timeout=10).json()
    assert set(health) == {"status", "version", "model", "gateway"}


def test_ready(server: Server) -> None:
    """Work sent now would be done."""
    assert requests.get(f"{server.url}/ready", timeout=10).json() == {"ready": True}


def test_the_root_answers_programs_and_browsers(server: Server) -> None:
    """JSON with the ways to go, or the documentation."""
    assert requests.get(server.url, timeout=10).json()["name"] == "Voxhall"
    page = requests.get(server.url, headers={"Accept": "text/html"}, timeout=10)
    assert page.url.endswith("/docs")
    assert "swagger" in page.text


@pytest.mark.parametrize("base", ["", "/fluxions"])
def test_docs_need_no_other_server(server: Server, base: str) -> None:
    """The page's script and style come from here."""
    page = requests.get(f"{server.url}{base}/docs", timeout=10).text
    assert "https://" not in page.replace(server.url, "")
    assert requests.get(f"{server.url}{base}/assets/swagger-ui.css", timeout=10).ok


def test_the_merged_specification_has_every_path(server: Server) -> None:
    """The root's document describes the dialects too; each has its own."""
    merged = requests.get(f"{server.url}/openapi.json", timeout=10).json()["paths"]
    own = requests.get(f"{server.url}/fluxions/openapi.json", timeout=10).json()["paths"]
    assert {"/ready", "/submit", "/akro/submit", "/transcriptions/{job}"} <= set(merged)
    assert "/ready" not in own
    assert "/submit" in own


def test_every_answer_carries_a_request_id(server: Server) -> None:
    """The caller's own where one was sent, errors included."""
    sent = requests.get(f"{server.url}/nowhere", headers={"X-Request-ID": "mine-1"}, timeout=10)
    assert (sent.status_code, sent.headers["X-Request-ID"]) == (404, "mine-1")
    assert requests.get(f"{server.url}/health", timeout=10).headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PATCH", "/submit", 405),
        ("GET", "/fluxions/nowhere", 404),
        ("GET", "/fluxionsx", 404),
    ],
)
def test_unknown_paths_and_methods_speak_the_dialect(server: Server, method: str, path: str, status: int) -> None:
    """The envelope is that of the dialect which owns the path."""
    answer = server.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "code"}


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example.com"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}]
)
def test_foreign_pages_and_names_are_refused(server: Server, headers: dict[str, str]) -> None:
    """Neither a rebound name nor a page of somebody else reaches anything, key or not."""
    answer = server.get("/transcriptions", headers={"Authorization": server.key, **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_our_own_pages_are_served(server: Server) -> None:
    """An Origin that is this server's own passes."""
    assert server.get("/health", headers={"Origin": server.url}).status_code == 200


def test_an_allowed_origin_may_read(server: Server) -> None:
    """Preflights are answered, and so are the requests after them."""
    origin = "https://app.example.com"
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "Authorization",
    }
    preflight = requests.options(f"{server.url}/submit", headers=asked, timeout=10)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, origin)
    answer = server.get("/transcriptions", headers={"Authorization": server.key, "Origin": origin})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)


def test_a_foreign_preflight_is_not_answered(server: Server) -> None:
    """No header lets the page go on."""
    asked = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
    preflight = requests.options(f"{server.url}/submit", headers=asked, timeout=10)
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_forwarded_headers_do_not_count_unasked(server: Server) -> None:
    """Links keep the scheme of the connection while no proxy is trusted."""
    answer = requests.get(server.url, headers={"X-Forwarded-Proto": "https"}, timeout=10)
    assert answer.json()["docs"].startswith("http://")
