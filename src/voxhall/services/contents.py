"""What pages elsewhere say: several at once, each of which succeeds or fails alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from voxhall.domain.knowledge import Page
from voxhall.engines.host import Host
from voxhall.engines.protocols import Reader
from voxhall.engines.registry import Registry
from voxhall.errors import UpstreamTimeout, VoxhallError
from voxhall.net.pages import Pages
from voxhall.pipelines.extract import read_page

SECONDS = 45.0
"""That one page may take altogether, waiting for its host's other requests and for an engine included."""
READING_SECONDS = 20.0
"""Of those, that reading it may take."""
READING = 4
"""Pages read at once; each holds a thread while it waits for an engine process."""


@dataclass(frozen=True, slots=True)
class Content:
    """What became of one address."""

    url: str
    """As it was given."""
    page: Page | None
    """None where it failed."""
    error: str | None = None
    """Why it failed."""


class Contents:
    """The service that API handlers ask."""

    def __init__(self, pages: Pages, registry: Registry, host: Host) -> None:
        self._pages = pages
        self._host = host
        self._engine = registry.choose("read")
        self._slots = asyncio.Semaphore(READING)

    async def read(self, urls: Sequence[str]) -> list[Content]:
        """Fetch and read pages, all at once; one that fails says why."""
        return await asyncio.gather(*(self._content(url) for url in urls))

    async def _content(self, url: str) -> Content:
        try:
            async with asyncio.timeout(SECONDS):
                return Content(url, await self.page(url))
        except TimeoutError:
            return Content(url, None, UpstreamTimeout(f"the page was not read within {SECONDS:g} s").message)
        except VoxhallError as error:
            return Content(url, None, error.message)

    async def page(self, url: str) -> Page:
        """Fetch and read one page; raises what `Pages.fetch` and `read_page` raise."""
        fetched = await self._pages.fetch(url)
        async with self._slots:
            # who waits no longer takes its scope along: no thread stays behind in line for a process
            with self._host.scope(priority=1) as scope:
                reader = scope.engine(Reader, self._engine, deadline=READING_SECONDS)
                return await asyncio.to_thread(
                    read_page, reader, fetched.data, fetched.content_type, fetched.name, fetched.url
                )
