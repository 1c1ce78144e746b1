"""Pages are fetched within bounds and politely; crawls ask robots.txt, and follow sitemaps."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from upstream import LOOPBACK, Asked, answer, endless, redirect, serving_upstream
from voxhall.errors import (
    AddressRefused,
    InvalidInput,
    MediaUnavailable,
    NotFound,
    TooLarge,
    UnreadableDocument,
    UpstreamFailed,
    UpstreamTimeout,
)
from voxhall.net.guard import open_guarded
from voxhall.net.pages import LONGEST_DELAY, Pages
from voxhall.net.sitemaps import Listed, read_sitemap

HTML = "Content-Type: text/html; charset=utf-8"
PAGE = answer(200, b"<p>Hello.</p>", HTML)


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    """Pages of this machine may be fetched."""
    async with open_guarded(LOOPBACK) as guarded:
        yield Pages(guarded)


async def test_a_page_comes_as_the_server_gave_it(pages: Pages) -> None:
    """With its type and its final address."""
    async with serving_upstream(a=redirect("/b/page.html")) as upstream:
        upstream.behave["/b/page.html"] = PAGE
        fetched = await pages.fetch(upstream.url("/a"))
    assert fetched.data == b"<p>Hello.</p>"
    assert fetched.content_type == "text/html; charset=utf-8"
    assert (fetched.name, fetched.url) == ("page.html", upstream.url("/b/page.html"))


async def test_what_comes_compressed_unasked_is_unpacked_within_the_bound(pages: Pages) -> None:
    """A small answer that would become a large one is refused."""
    zipped = [HTML, "Content-Encoding: gzip"]
    small, large = gzip.compress(b"hello"), gzip.compress(bytes(10 << 20))
    async with serving_upstream(small=answer(200, small, *zipped), large=answer(200, large, *zipped)) as upstream:
        assert (await pages.fetch(upstream.url("/small"))).data == b"hello"
        with pytest.raises(TooLarge):
            await pages.fetch(upstream.url("/large"), limit=1 << 20)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(404), NotFound),
        (answer(403), MediaUnavailable),
        (answer(500), UpstreamFailed),
        (answer(200, b"x", "Content-Encoding: br"), UpstreamFailed),
        (answer(200, b"x", "Content-Encoding: gzip"), UpstreamFailed),
        (answer(200, b"x", length=50 << 20), TooLarge),
        (endless, TooLarge),
        (redirect("/page"), UpstreamFailed),
        (redirect("file:///etc/passwd"), InvalidInput),
    ],
    ids=range(9),
)
async def test_what_cannot_be_had_is_an_error_of_ours(behaviour: object, error: type[Exception], pages: Pages) -> None:
    """Endless pages, loops and lies about lengths included."""
    async with serving_upstream(page=behaviour) as upstream:  # type: ignore[arg-type]  # a Behaviour
        with pytest.raises(error):
            await pages.fetch(upstream.url("/page"), limit=1 << 20)


async def test_a_silent_server_is_given_up(pages: Pages) -> None:
    """At the deadline of the page."""

    async def silent(asked: Asked, _: asyncio.StreamWriter) -> None:
        await asked.rest.read()

    async with serving_upstream(page=silent) as upstream:
        with pytest.raises(UpstreamTimeout):
            await pages.fetch(upstream.url("/page"), seconds=0.2)


async def test_private_addresses_are_refused() -> None:
    """Whether asked for or crawled."""
    async with open_guarded() as guarded:
        for fetch in (Pages(guarded).fetch, Pages(guarded).crawl):
            with pytest.raises((AddressRefused, MediaUnavailable)):
                await fetch("http://127.0.0.1:8012/")


async def test_one_request_at_a_time_goes_to_a_host(pages: Pages) -> None:
    """Whoever comes next waits for the one before."""
    now, most = 0, 0

    async def counting(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(20):
            await asyncio.sleep(0)
        now -= 1
        await PAGE(asked, writer)

    async with serving_upstream(page=counting) as upstream:
        await asyncio.gather(*(pages.fetch(upstream.url("/page")) for _ in range(5)))
        assert len(upstream.asked) == 5
    assert most == 1


async def test_a_crawl_does_what_robots_txt_asks(pages: Pages) -> None:
    """It is read once; what it forbids is not asked for, and what somebody asks for by name is."""
    rules = b"User-agent: *\nDisallow: /private\n\nUser-agent: Voxhall\nDisallow: /ours\n"
    async with serving_upstream(page=PAGE, private=PAGE, ours=PAGE) as upstream:
        upstream.behave["/robots.txt"] = answer(200, rules)
        assert (await pages.crawl(upstream.url("/page"))).data
        assert (await pages.crawl(upstream.url("/private"))).data, "the rules for us replace those for all"
        with pytest.raises(MediaUnavailable, match="robots"):
            await pages.crawl(upstream.url("/ours"))
        assert (await pages.fetch(upstream.url("/ours"))).data
        assert [each.target for each in upstream.asked] == ["/robots.txt", "/page", "/private", "/ours"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/open", True),
        ("/private/a", False),  # the longer rule counts, not the first
        ("/private/open", True),
        ("/paper.pdf", False),
        ("/paper.pdf.html", True),
        ("/search?q=a&sort=up", False),
        ("/%70rivate/a", False),
    ],
)
async def test_robots_txt_is_read_as_its_standard_has_it(path: str, allowed: bool, pages: Pages) -> None:  # noqa: FBT001
    """The longest rule that matches counts, `*` stands for anything and `$` for the end, in any encoding."""
    rules = "User-agent: *\nAllow: /\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.pdf$\nDisallow: /*sort="
    async with serving_upstream() as upstream:
        upstream.behave |= {"/robots.txt": answer(200, rules.encode("utf-8-sig")), path.partition("?")[0]: PAGE}
        if allowed:
            assert (await pages.crawl(upstream.url(path))).data
        else:
            with pytest.raises(MediaUnavailable, match="robots"):
                await pages.crawl(upstream.url(path))


async def test_a_crawl_takes_no_redirect_to_what_robots_txt_forbids(pages: Pages) -> None:
    """Within a site as between two."""
    async with serving_upstream(a=redirect("/private"), b=redirect("/c"), c=PAGE, private=PAGE) as upstream:
        upstream.behave["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /private\n")
        assert (await pages.crawl(upstream.url("/b"))).data
        with pytest.raises(MediaUnavailable, match="robots"):
            await pages.crawl(upstream.url("/a"))


async def test_a_crawl_waits_between_pages_as_it_is_asked_to(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the site says, within reason; the first page comes at once."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def noting(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    async with serving_upstream(page=PAGE) as upstream:
        upstream.behave["/robots.txt"] = answer(200, b"User-agent: *\nCrawl-delay: 3600.5\n")
        monkeypatch.setattr("voxhall.net.pages.asyncio.sleep", noting)
        for _ in range(2):
            await pages.crawl(upstream.url("/page"))
    assert waited[0] == 0.0
    assert 0.0 < waited[1] <= LONGEST_DELAY


@pytest.mark.parametrize("url", ["http://[abc/", "nonsense", "file:///etc/passwd"])
async def test_what_is_no_address_is_not_crawled(url: str, pages: Pages) -> None:
    """It is an error of ours, whether the address or its host is none."""
    with pytest.raises((InvalidInput, MediaUnavailable)):
        await pages.crawl(url)


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (503, False)])
async def test_a_robots_txt_that_cannot_be_read_forbids_all(status: int, allowed: bool, pages: Pages) -> None:  # noqa: FBT001
    """One that there is not allows all."""
    async with serving_upstream(page=PAGE) as upstream:
        upstream.behave["/robots.txt"] = answer(status)
        if allowed:
            assert (await pages.crawl(upstream.url("/page"))).data
        else:
            with pytest.raises(MediaUnavailable):
                await pages.crawl(upstream.url("/page"))


def sitemap(root: str, *entries: str) -> bytes:
    """Write a sitemap."""
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{root} xmlns="{space}">{"".join(entries)}</{root}>'.encode()


async def test_a_sitemap_lists_its_sites_pages(pages: Pages) -> None:
    """An index is followed, packed ones are unpacked, and other hosts' pages left out."""
    async with serving_upstream() as upstream:
        own, other = upstream.url("/one"), "https://example.com/two"
        first = sitemap(
            "urlset", f"<url><loc> {own} </loc><lastmod>2024-02-29</lastmod></url>", f"<url><loc>{other}</loc></url>"
        )
        second = sitemap("urlset", *(f"<url><loc>{upstream.url(f'/{n}')}</loc></url>" for n in range(5)))
        index = sitemap("sitemapindex", *(f"<sitemap><loc>{upstream.url(p)}</loc></sitemap>" for p in ("/a", "/b")))
        upstream.behave |= {
            "/sitemap.xml": answer(200, index),
            "/a": answer(200, first),
            "/b": answer(200, gzip.compress(second)),
        }
        found = await read_sitemap(pages, upstream.url("/sitemap.xml"), most=4)
    assert found[0] == Listed(own, datetime(2024, 2, 29, tzinfo=UTC).timestamp())
    assert [each.url for each in found[1:]] == [upstream.url(f"/{n}") for n in range(3)]


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<html></html>", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset>&a;</urlset>x'],
)
async def test_what_is_no_sitemap_is_refused(body: bytes, pages: Pages) -> None:
    """With a sentence that says so; nothing outside it is read."""
    async with serving_upstream(sitemap=answer(200, body)) as upstream:
        with pytest.raises(UnreadableDocument, match="no sitemap"):
            await read_sitemap(pages, upstream.url("/sitemap"), most=10)


async def test_a_sitemap_that_lists_itself_ends(pages: Pages) -> None:
    """An index within an index is not followed."""
    async with serving_upstream() as upstream:
        me = f"<sitemap><loc>{upstream.url('/me')}</loc></sitemap>"
        upstream.behave["/me"] = answer(200, sitemap("sitemapindex", me))
        assert await read_sitemap(pages, upstream.url("/me"), most=10) == []


async def test_one_bad_address_costs_a_sitemap_no_other(pages: Pages) -> None:
    """What cannot be asked is left out."""
    bad = ("http://[abc/", "nonsense", "ftp://127.0.0.1/x", "http://127.0.0.1:99999/")
    async with serving_upstream() as upstream:
        places = [*bad, upstream.url("/good")]
        upstream.behave["/me"] = answer(200, sitemap("urlset", *(f"<url><loc>{url}</loc></url>" for url in places)))
        found = await read_sitemap(pages, upstream.url("/me"), most=10)
    assert [each.url for each in found] == places[-1:]


async def test_one_bad_sitemap_costs_an_index_no_other(pages: Pages) -> None:
    """Unless all are bad: then it is told why."""
    async with serving_upstream(html=answer(200, b"<html></html>")) as upstream:
        own = upstream.url("/good")
        upstream.behave["/map"] = answer(200, sitemap("urlset", f"<url><loc>{own}</loc></url>"))
        for name, children in (("/index", ("/gone", "/html", "/map")), ("/bad", ("/gone", "/html"))):
            entries = (f"<sitemap><loc>{upstream.url(child)}</loc></sitemap>" for child in children)
            upstream.behave[name] = answer(200, sitemap("sitemapindex", *entries))
        assert [each.url for each in await read_sitemap(pages, upstream.url("/index"), most=10)] == [own]
        with pytest.raises(UnreadableDocument, match="no sitemap"):
            await read_sitemap(pages, upstream.url("/bad"), most=10)
