"""Files of agent sessions: recordings that are listened to, and sentences that were spoken."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from voxhall.audio.disk import disk_may_fill
from voxhall.domain.session import Session
from voxhall.engines.host import Host
from voxhall.engines.protocols import Decoder
from voxhall.engines.registry import Registry
from voxhall.errors import InvalidInput, NotFound

DECODE_SECONDS = 600.0
"""That reading a recording may take."""
ARRIVING_SECONDS = 3600.0
"""After this long a recording whose session has not begun is not on its way any more."""
SCRATCH = "session-"
"""How folders of recordings are called."""


@dataclass(frozen=True, slots=True)
class Received:
    """A recording that has arrived, for a session that may begin."""

    uid: str
    """Of the session."""
    folder: Path


class Files:
    """Keeps them; `generated` may be shared with other programs, whose files are left alone."""

    def __init__(  # noqa: PLR0913 - where, how long, and by whom recordings are read
        self, *, scratch: Path, generated: Path, hours: float, longest: float, registry: Registry, host: Host
    ) -> None:
        """What was spoken is removed after so many `hours`; a recording has at most `longest` seconds."""
        self._scratch = scratch
        self._generated = generated
        self._hours = hours
        self._longest = longest
        self._registry = registry
        self._host = host

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Received]:
        """Keep a recording while it arrives; it is removed if the block fails. Raises StorageFull."""
        uid = str(uuid4())
        received = Received(uid, self._scratch / f"{SCRATCH}{uid}")
        try:
            with disk_may_fill("there is no space left for the recording; nothing was kept"):
                received.folder.mkdir(parents=True)
                with (received.folder / "given").open("wb") as file:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
            yield received
        except BaseException:
            self.forget(uid)
            raise

    def samples(self, received: Received) -> Path:
        """Read a recording of any kind, in an engine process; gives a file of 16 kHz s16le.

        Raises InvalidInput, BrokenMedia, StorageFull.
        """
        given, pcm, opus = (received.folder / name for name in ("given", "samples", "opus"))
        if not given.stat().st_size:
            raise InvalidInput("the file is empty; send a recording, such as a WAV file")
        with self._host.scope(priority=1) as scope:
            decoder = scope.engine(Decoder, self._registry.choose("decode"), deadline=DECODE_SECONDS)
            decoder.decode(str(given), str(pcm), str(opus), split=False, longest=self._longest)
        return pcm

    def forget(self, uid: str) -> None:
        """Remove the recording of a session."""
        shutil.rmtree(self._scratch / f"{SCRATCH}{uid}", ignore_errors=True)

    def folder(self, uid: str) -> Path:
        """Say where a session keeps what it says."""
        return self._generated / uid

    def spoken(self, session: Session, index: int) -> Path:
        """Give the file of a sentence that was spoken; raises NotFound."""
        clip = next((each for each in session.clips if each.index == index), None)
        if clip is None or not (path := Path(clip.file)).is_file():
            raise NotFound(f"there is no sound of sentence {index}; such files are removed after {self._hours:g} hours")
        return path

    def sweep(self, running: Collection[str]) -> None:
        """Remove what is too old, and recordings of sessions that have ended while nobody was looking."""
        now = time.time()
        for folder, uid in _of_sessions(self._generated, ""):
            if uid not in running and _changed_at(folder) < now - self._hours * 3600:
                shutil.rmtree(folder, ignore_errors=True)
        for folder, uid in _of_sessions(self._scratch, SCRATCH):
            if uid not in running and _changed_at(folder) < now - ARRIVING_SECONDS:
                self.forget(uid)


def _of_sessions(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    """Give the folders that are called as sessions are, and the sessions."""
    for each in folder.iterdir() if folder.is_dir() else ():
        name = each.name.removeprefix(prefix)
        with suppress(ValueError):
            if each.name == prefix + name and str(UUID(name)) == name:
                yield each, name


def _changed_at(folder: Path) -> float:
    with suppress(OSError):
        return folder.stat().st_mtime
    return time.time()
