"""Pages elsewhere are fetched and read at once, and each succeeds or fails alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from documents import SENTENCES, article, pdf
from lending import busy
from upstream import LOOPBACK, answer, endless, redirect, serving_upstream
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.net.guard import open_guarded
from voxhall.net.pages import Pages
from voxhall.services import contents
from voxhall.services.contents import Contents

HTML = "Content-Type: text/html"
Opening = Callable[..., AbstractAsyncContextManager[Contents]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """The service, which may or may not reach this machine."""
    registry = Registry(tmp_path_factory.mktemp("models"))

    @asynccontextmanager
    async def opening(allow: tuple[str, ...] = LOOPBACK) -> AsyncIterator[Contents]:
        async with open_guarded(allow) as guarded:
            with Host(registry, processes=1) as host:
                yield Contents(Pages(guarded), registry, host)

    return opening


async def test_ten_pages_succeed_and_fail_alone(opened: Opening) -> None:
    """In their order, each with its text or its reason; one that fails takes no other with it."""
    shell = '<html><body><div id="root"></div><script src="a.js"></script></body></html>'
    behaviours = {
        "page": answer(200, article().encode(), HTML),
        "text": answer(200, b"Plain words.", "Content-Type: text/plain"),
        "pdf": answer(200, pdf(*SENTENCES), "Content-Type: application/pdf"),
        "shell": answer(200, shell.encode(), HTML),
        "binary": answer(200, b"\x89PNG\r\n\x1a\n\x00\x00", HTML),
        "image": answer(200, b"\x89PNG\r\n\x1a\n\x00\x00", "Content-Type: image/png"),
        "gone": answer(404),
        "large": answer(200, b"x", HTML, length=50 << 20),
        "endless": endless,
        "loop": redirect("/loop"),
    }
    async with opened() as service, serving_upstream(**behaviours) as upstream:
        found = await service.read([upstream.url(f"/{name}") for name in behaviours])
    by_name = dict(zip(behaviours, found, strict=True))
    assert [each.url for each in found] == [upstream.url(f"/{name}") for name in behaviours]
    assert all((each.page is None) == (each.error is not None) for each in found)
    assert {name for name, each in by_name.items() if each.page} == {"page", "text", "pdf", "shell"}
    page, shelled = by_name["page"].page, by_name["shell"].page
    assert page
    assert SENTENCES[0] in page.text
    assert shelled
    assert shelled.needs_javascript
    reasons = {"binary": "neither text", "image": "image/png", "gone": "404", "large": "larger", "loop": "redirects"}
    assert all(why in (by_name[name].error or "") for name, why in reasons.items())


async def test_a_page_waits_for_an_engine_no_longer_than_it_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then leaves the line."""
    monkeypatch.setattr(contents, "SECONDS", 0.5)
    registry = Registry(tmp_path)
    async with open_guarded(LOOPBACK) as guarded, serving_upstream(page=answer(200, article().encode(), HTML)) as web:
        with Host(registry, processes=1) as host:
            async with busy(host):
                [found] = await Contents(Pages(guarded), registry, host).read([web.url("/page")])
    assert "0.5 s" in (found.error or "")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "http://[::1]/", "string", "http://", ""])
async def test_what_callers_may_not_reach_fails(url: str, opened: Opening) -> None:
    """Files, this machine, and what is no address."""
    async with opened(()) as service:
        [found] = await service.read([url])
    assert found.page is None
    assert found.error
