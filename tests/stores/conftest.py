"""A bucket on this machine."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from serving import wait_for
from voxhall.stores.objects import Objects, open_objects


@pytest.fixture(scope="session")
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


@pytest.fixture
def at_the_bucket(bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The bucket's address, with what it takes to reach it in the environment."""
    monkeypatch.setenv("AWS_ENDPOINT", bucket)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    return "s3://recordings/some/prefix"


@pytest.fixture
def remote(at_the_bucket: str) -> Objects:
    """Objects in a bucket."""
    return open_objects(at_the_bucket)
