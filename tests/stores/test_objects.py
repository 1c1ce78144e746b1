"""Recordings and results, in a folder or in a bucket."""

import asyncio
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import requests

from serving import wait_for
from voxhall.errors import Misconfigured, NotFound, StorageFull
from voxhall.stores import objects as module
from voxhall.stores.objects import Objects, open_objects


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """Give some bytes."""
    for part in parts:
        yield part


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest) -> Objects:
    """The same store in two places."""
    chosen: Objects = request.getfixturevalue("objects" if request.param == "folder" else "remote")
    return chosen


async def test_what_is_put_is_got(store: Objects, tmp_path: Path) -> None:
    """As bytes, and as a file."""
    await store.put("a/b.bin", chunks(b"hello ", b"", b"world"))
    assert await store.get("a/b.bin") == b"hello world"
    await store.fetch("a/b.bin", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"hello world"


async def test_what_is_deleted_is_gone(store: Objects) -> None:
    """Deleting twice is no error."""
    await store.put_bytes("a", b"1")
    await store.delete("a")
    await store.delete("a")
    with pytest.raises(NotFound):
        await store.get("a")


async def test_a_folder_is_deleted_whole(store: Objects) -> None:
    """And no more than that."""
    for key in ("a/b/1", "a/b/c/2", "a/bc"):
        await store.put_bytes(key, b"1")
    await store.delete_prefix("a/b")
    await store.delete_prefix("a/b")
    for key in ("a/b/1", "a/b/c/2"):
        with pytest.raises(NotFound):
            await store.get(key)
    assert await store.get("a/bc") == b"1"


@pytest.mark.parametrize("key", ["../x", "a/../../x", "a/./b", "a//b", "x\0y", "x\ny"])
async def test_a_key_never_leads_elsewhere(store: Objects, key: str) -> None:
    """It is refused before anything is touched."""
    with pytest.raises(ValueError, match="parse path"):
        await store.put_bytes(key, b"1")
    with pytest.raises(ValueError, match="parse path"):
        await store.get(key)


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/passwd"])
def test_a_key_is_no_file_outside_the_folder(objects: Objects, key: str) -> None:
    """Where objects are files."""
    assert objects.local_path(key) is None


async def test_a_broken_stream_leaves_nothing(store: Objects) -> None:
    """Neither the object nor a part of it."""

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2**20)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("half", broken())
    with pytest.raises(NotFound):
        await store.get("half")


async def broken() -> AsyncIterator[bytes]:
    """Give some parts, then fail."""
    for _ in range(20):
        yield bytes(2**20)
    raise ConnectionResetError


def files(folder: Path) -> list[Path]:
    """Give all files in a folder and below."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_nothing_is_left_on_disk_of_a_broken_stream(objects: Objects, tmp_path: Path) -> None:
    """Not under another name either."""
    with pytest.raises(ConnectionResetError):
        await objects.put("half", broken())
    assert files(tmp_path) == []


async def test_nothing_is_left_on_disk_of_a_cancelled_stream(objects: Objects, tmp_path: Path) -> None:
    """A client that goes away in the middle leaves no trace."""
    halfway = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(2**20)
        halfway.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(objects.put("half", endless()))
    await halfway.wait()
    task.cancel()
    await asyncio.wait([task])
    # the library takes its file away in a thread of its own
    wait_for(lambda: not files(tmp_path) or None, seconds=10)


async def test_nothing_is_left_in_the_bucket_of_a_broken_stream(remote: Objects, bucket: str) -> None:
    """Parts that are already there are taken back: they would be paid for."""
    with pytest.raises(ConnectionResetError):
        await remote.put("half", broken())
    uploads = (await asyncio.to_thread(requests.get, f"{bucket}/recordings?uploads", timeout=5)).text
    assert "<ListMultipartUploadsResult" in uploads
    assert "half" not in uploads


LARGE = """
import asyncio, os, resource, sys
from voxhall.stores.objects import open_objects

async def large():
    for _ in range(int(sys.argv[2])):
        yield bytes(2**20)

async def main():
    store = open_objects(sys.argv[1])
    await store.put("large", large())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
    os._exit(0)

asyncio.run(main())
"""
"""Stores so many MiB and prints the most memory that took, in KiB.

It ends without Python's own end, which the library's threads can meet with an abort when it follows at once:
https://github.com/PyO3/pyo3-async-runtimes/issues/40
"""


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_large_stream_does_not_grow_memory(
    place: str, tmp_path: Path, at_the_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred megabytes more take no more than a few."""
    url = tmp_path.as_uri() if place == "folder" else at_the_bucket

    def memory(megabytes: int) -> int:
        command = [sys.executable, "-c", LARGE, url, str(megabytes)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert memory(150) - memory(50) < 30 * 2**10


FILL = """
import asyncio, pathlib, sys
from voxhall.errors import StorageFull
from voxhall.stores.objects import open_objects

async def large():
    for _ in range(20):
        yield bytes(2**20)

async def main():
    folder = pathlib.Path(sys.argv[1])
    store = open_objects(folder.as_uri())
    for put in (store.put("a/large", large()), store.put_bytes("b/large", bytes(20 * 2**20))):
        try:
            await put
        except StorageFull:
            print("full", [path.name for path in folder.rglob("*") if path.is_file()])

asyncio.run(main())
"""
"""Stores more than there is room for."""


def test_a_full_disk_keeps_nothing_half_stored(tmp_path: Path) -> None:
    """A real one, of twelve megabytes."""
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare")
    small = 'mount -t tmpfs -o size=12m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", small, "sh", str(tmp_path), sys.executable, FILL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare failed" in done.stderr or "mount" in done.stderr:
        pytest.skip("this system lets nobody mount a small disk")
    assert done.stdout.splitlines() == ["full []", "full []"], done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
async def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    """The system's own error, met while writing, becomes one that says so."""
    store = open_objects((tmp_path / "kept").as_uri())
    await store.put_bytes("a", b"1")
    with pytest.raises(StorageFull):
        await store.fetch("a", Path("/dev/full"))


def test_the_librarys_words_for_a_full_disk_are_known() -> None:
    """The store below reports it in words only."""
    told = module.GenericError(f"Unable to copy data to file: {os.strerror(errno.ENOSPC)} (os error 28)")
    assert isinstance(module._explained(told), StorageFull)


@pytest.mark.parametrize("url", ["", "kept", "ftp://example.com/x", "s3://"])
def test_an_address_that_is_no_store_is_explained(url: str) -> None:
    """It names what would be right."""
    with pytest.raises(Misconfigured, match="s3://bucket"):
        open_objects(url)
