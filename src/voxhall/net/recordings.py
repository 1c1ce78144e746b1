"""Recordings wherever they are: files at a URL, or what a platform's page shows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from voxhall.errors import AddressRefused, InvalidInput, MediaUnavailable, TooLarge, VoxhallError
from voxhall.net.fetch import Download, download
from voxhall.net.guard import Guarded
from voxhall.net.platforms import ask_platform


@asynccontextmanager
async def open_recording(
    guarded: Guarded, url: str, *, allow: Sequence[str], limit: int, seconds: float
) -> AsyncIterator[Download]:
    """Fetch a recording of at most `limit` bytes within `seconds`; `allow` are networks that are let through.

    Raises what `download` and `ask_platform` raise, InvalidInput for what is live, and MediaUnavailable for what a
    platform gives in pieces only.
    """
    async with AsyncExitStack() as stack:
        try:
            found = await stack.enter_async_context(download(guarded, url, limit=limit, seconds=seconds))
        except (AddressRefused, TooLarge):
            raise
        except VoxhallError:
            media = await ask_platform(url, allow=allow)
            if media is None:
                raise
            if media.is_live:
                raise InvalidInput("this is live; what is going on cannot be transcribed as a file") from None
            if media.location is None:
                raise MediaUnavailable("the platform gives this recording in pieces only") from None
            found = await stack.enter_async_context(
                download(guarded, media.location, limit=limit, seconds=seconds, headers=media.headers)
            )
        yield found
