"""What can be known of a recording elsewhere before it is fetched."""

import asyncio
import tempfile
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

from voxhall.audio.measure import measure
from voxhall.domain.media import Media, Probe
from voxhall.errors import AddressRefused, BrokenMedia, InvalidInput, UpstreamTimeout, VoxhallError
from voxhall.net.fetch import Part, read_range
from voxhall.net.guard import Guarded, parse_url
from voxhall.net.platforms import ask_platform

STRETCH = 1 << 20
"""Bytes that are read of a file's beginning, and of its end."""
LARGEST = 1 << 42
"""Bytes above which a file's size is not believed."""
KEPT_SECONDS = 300.0
"""How long what was found is given again."""
KEPT = 1024
"""Findings kept at once."""
SECONDS = 60.0
"""That a probe may take, waiting for its turn included."""
AT_ONCE = 8
"""Probes at work at once; more wait their turn."""

Platforms = Callable[[str], Awaitable[Media | None]]


class Probing:
    """The service that the API asks."""

    def __init__(
        self,
        guarded: Guarded,
        allow: Sequence[str] = (),
        *,
        platforms: Platforms | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`allow` as for the guarded client: platforms are bound by the same rule."""
        self._guarded = guarded
        self._platforms = platforms or (lambda url: ask_platform(url, allow=allow))
        self._clock = clock
        self._found: OrderedDict[str, Probe] = OrderedDict()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def probe(self, url: str) -> Probe:
        """Look at a recording without fetching it; what was found is given again for five minutes.

        Raises InvalidInput, AddressRefused, MediaUnavailable, NotFound, UpstreamLimited, UpstreamTimeout,
        UpstreamFailed.
        """
        try:
            address = str(parse_url(url))
            # whoever asks for the same waits for the first one's answer
            turn = self._asking.setdefault(address, asyncio.Lock())
            async with asyncio.timeout(SECONDS), turn:
                return self._kept(address) or self._keep(address, await self._look(address))
        except InvalidInput as error:
            error.param = "url"
            raise
        except TimeoutError:
            raise UpstreamTimeout(f"nothing was found out within {SECONDS:g} s") from None

    def _kept(self, address: str) -> Probe | None:
        probe = self._found.get(address)
        if probe is None or self._clock() - probe.probed_at >= KEPT_SECONDS:
            return None
        return replace(probe, cached=True)

    def _keep(self, address: str, media: Media) -> Probe:
        probe = Probe(media, self._clock())
        self._found[address] = probe
        self._found.move_to_end(address)
        if len(self._found) > KEPT:
            self._found.popitem(last=False)
        return probe

    async def _look(self, address: str) -> Media:
        """Take a URL for a file first; what is none may be a platform's page."""
        async with self._slots:
            try:
                head = await read_range(self._guarded, address, 0, STRETCH)
            except AddressRefused:
                raise
            except VoxhallError:
                media = await self._platforms(address)
                if media is None:
                    raise
                return media
            return await self._file(address, head)

    async def _file(self, address: str, head: Part) -> Media:
        """Describe a file of which the beginning is at hand."""
        return Media(
            url=address,
            source="direct",
            extractor="generic",
            duration=await self._duration(address, head),
            size=head.size,
            content_type=head.content_type,
            location=address,
            metadata={"filename": head.name} if head.name else {},
        )

    async def _duration(self, address: str, head: Part) -> float | None:
        """Give seconds; raises InvalidInput where the whole file is at hand and is no recording."""
        size = head.size
        if size is None or size > LARGEST:
            return None
        whole = size <= len(head.body)
        tail = None if whole else await self._tail(address, max(size - STRETCH, len(head.body)), size)
        try:
            return await asyncio.to_thread(_measured, head, tail, size)
        except BrokenMedia as error:
            if not whole:
                return None
            raise InvalidInput(f"there is no recording at this URL: {error.message}") from error

    async def _tail(self, address: str, start: int, size: int) -> Part | None:
        """Read a file's end, where some containers keep their length."""
        try:
            tail = await read_range(self._guarded, address, start, size - start)
        except VoxhallError:
            return None
        return tail if tail.start == start else None


def _measured(head: Part, tail: Part | None, size: int) -> float | None:
    """Ask a file of the right size that has a hole where it was not read."""
    with tempfile.TemporaryDirectory(prefix="voxhall-") as folder:
        path = Path(folder) / "recording"
        with path.open("wb") as file:
            file.write(head.body)
            if tail:
                file.seek(tail.start)
                file.write(tail.body)
            file.truncate(size)
        return measure(path)
