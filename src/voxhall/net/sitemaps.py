"""The pages that a site lists in its sitemap (sitemaps.org), those of an index of sitemaps included."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from voxhall.errors import InvalidInput, UnreadableDocument, VoxhallError
from voxhall.net.guard import parse_url
from voxhall.net.pages import Fetched, Pages, unzipped

LARGEST = 16 * 2**20
"""Bytes of a sitemap; the protocol allows 50 MiB."""
SITEMAPS = 50
"""Of an index that are read."""
URLSET, INDEX = "urlset", "sitemapindex"
"""What lists pages, and what lists sitemaps."""
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a site."""

    url: str
    changed: float | None
    """Unix seconds, where the site tells."""


async def read_sitemap(pages: Pages, url: str, *, most: int) -> list[Listed]:
    """Give at most so many pages of a site, in its own order; those that lie on other hosts are left out.

    So are the sitemaps of an index that cannot be read, as long as another can. Raises UnreadableDocument for what is
    no sitemap, and what `Pages.crawl` raises.
    """
    host = parse_url(url).host
    kind, listed = await _read(pages, url, host)
    if kind == URLSET:
        return list(listed.values())[:most]
    found, failure = dict[str, Listed](), None
    for each in islice(listed, SITEMAPS):
        try:
            kind, within = await _read(pages, each, host)
        except VoxhallError as error:
            failure = error
            continue
        # an index names sitemaps, never another index
        found |= within if kind == URLSET else {}
        if len(found) >= most:
            break
    if failure and not found:
        raise failure
    return list(found.values())[:most]


async def _read(pages: Pages, url: str, host: str) -> tuple[str, dict[str, Listed]]:
    """Tell of which kind a sitemap is, and what it lists of a host, by address."""
    kind, listed = await asyncio.to_thread(_parsed, await pages.crawl(url, limit=LARGEST))
    return kind, {each.url: each for each in listed if _host(each.url) == host}


def _host(url: str) -> str | None:
    """Give the host of an address; None for one that cannot be asked."""
    try:
        return parse_url(url).host
    except InvalidInput:
        return None


def _parsed(fetched: Fetched) -> tuple[str, list[Listed]]:
    data = unzipped(fetched.data, LARGEST) if fetched.data.startswith(GZIP) else fetched.data
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnreadableDocument("this is no sitemap: it is not XML") from None
    kind = etree.QName(root).localname
    if kind not in {URLSET, INDEX}:
        raise UnreadableDocument(f"this is no sitemap: it is a {kind[:40]!r}")
    return kind, [listed for entry in root.iterchildren("{*}url", "{*}sitemap") if (listed := _listed(entry))]


def _listed(entry: etree._Element) -> Listed | None:
    url = (entry.findtext("{*}loc") or "").strip()
    changed = (entry.findtext("{*}lastmod") or "").strip()
    return Listed(url, _moment(changed)) if url else None


def _moment(text: str) -> float | None:
    """Read a W3C date; a day without a time is its midnight in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
