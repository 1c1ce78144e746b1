"""Recordings and results, in a folder or in a bucket."""

import errno
import os
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
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


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An S3 bucket on this machine; gives its server's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def made() -> bool | None:
        try:
            return requests.put(f"{url}/recordings", timeout=5).ok or None
        except requests.ConnectionError:
            return None

    wait_for(made, seconds=60)
    yield url
    process.terminate()
    process.wait()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """The same store in two places."""
    if request.param == "folder":
        return open_objects((tmp_path / "kept").as_uri())
    monkeypatch.setenv("AWS_ENDPOINT", request.getfixturevalue("bucket"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    return open_objects("s3://recordings/some/prefix")


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


async def test_a_broken_stream_leaves_nothing(store: Objects) -> None:
    """Neither the object nor a part of it."""

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2**20)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("half", broken())
    with pytest.raises(NotFound):
        await store.get("half")


async def test_nothing_is_left_on_disk_of_a_broken_stream(tmp_path: Path) -> None:
    """Not under another name either."""

    async def broken() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(2**20)
        raise ConnectionResetError

    folder = tmp_path / "kept"
    with pytest.raises(ConnectionResetError):
        await open_objects(folder.as_uri()).put("half", broken())
    assert [path for path in folder.rglob("*") if path.is_file()] == []


async def test_a_large_stream_does_not_grow_memory(tmp_path: Path) -> None:
    """Two hundred megabytes pass through a few."""

    async def large() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield bytes(2**20)

    store = open_objects((tmp_path / "kept").as_uri())
    tracemalloc.start()
    await store.put("large", large())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    path = store.local_path("large")
    assert path
    assert path.stat().st_size == 200 * 2**20
    assert peak < 40 * 2**20


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
