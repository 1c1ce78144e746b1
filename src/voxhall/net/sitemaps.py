"""The pages that a site lists in its sitemap (sitemaps.org), those of an index of sitemaps included."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from voxhall.errors import UnreadableDocument
from voxhall.net.guard import parse_url
from voxhall.net.pages import Fetched, Pages, unzipped

LARGEST = 16 * 2**20
"""Bytes of a sitemap; the protocol allows 50 MiB."""
SITEMAPS = 50
"""Of an index that are read."""
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a site."""

    url: str
    changed: float | None
    """Unix seconds, where the site tells."""


async def read_sitemap(pages: Pages, url: str, *, most: int) -> list[Listed]:
    """Give at most so many pages of a site, in its own order; those that lie on other hosts are left out.

    Raises UnreadableDocument for what is no sitemap, and what `Pages.crawl` raises.
    """
    host = parse_url(url).host
    waiting, found, read = [url], dict[str, Listed](), 0
    while waiting and read < SITEMAPS and len(found) < most:
        fetched = await pages.crawl(waiting.pop(0), limit=LARGEST)
        read += 1
        kind, listed = await asyncio.to_thread(_parsed, fetched)
        own = [each for each in listed if urlsplit(each.url).hostname == host]
        if kind == "sitemapindex":
            # an index names sitemaps, never another index
            waiting += [each.url for each in own] if read == 1 else []
        else:
            found.update((each.url, each) for each in own)
    return list(found.values())[:most]


def _parsed(fetched: Fetched) -> tuple[str, list[Listed]]:
    data = unzipped(fetched.data, LARGEST) if fetched.data.startswith(GZIP) else fetched.data
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnreadableDocument("this is no sitemap: it is not XML") from None
    kind = etree.QName(root).localname
    if kind not in {"urlset", "sitemapindex"}:
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
