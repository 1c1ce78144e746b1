"""Starts the real server in a process of its own, as a person would."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
import requests

Answer = TypeVar("Answer")

ADDRESS = re.compile(r"http://\S+")
KEY = re.compile(r"vh_\S+")


@dataclass
class Server:
    """A running server."""

    url: str
    key: str
    process: subprocess.Popen[str]
    data_dir: Path

    def new_key(self, account: str, *options: str) -> str:
        """Make a key as the operator would, from the command line."""
        command = [sys.executable, "-m", "voxhall", "keys", "create", "--account", account, *options]
        environment = {**os.environ, "VOXHALL_DATA_DIR": str(self.data_dir)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    def get(self, path: str, **options: object) -> requests.Response:
        """GET with the admin key."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: object) -> requests.Response:
        """POST with the admin key."""
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        """Send a request with the admin key unless other headers are given."""
        options.setdefault("headers", {"Authorization": self.key})
        return requests.request(method, self.url + path, timeout=60, **options)  # type: ignore[arg-type]

    def wait(self, path: str, *, seconds: float = 120) -> dict[str, object]:
        """Ask until the job has ended."""
        ended: dict[str, object] = wait_for(lambda: _ended(self.get(path).json()), seconds=seconds)
        return ended

    def engines(self) -> list[psutil.Process]:
        """Give its engine processes."""
        return psutil.Process(self.process.pid).children(recursive=True)


def wait_for(question: Callable[[], Answer | None], *, seconds: float) -> Answer:
    """Ask a question until it has an answer; for what happens in other processes, which send no events here."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if (answer := question()) is not None:
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"no answer within {seconds} s")


def _ended(job: dict[str, object]) -> dict[str, object] | None:
    return job if job["status"] in {"completed", "failed"} else None


@contextmanager
def serving(data_dir: Path, *, admin_key: str | None = None, **settings: object) -> Iterator[Server]:
    """Run `voxhall serve` on a free port until the block ends."""
    server = start(data_dir, admin_key=admin_key, **settings)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)
        assert server.process.stdout
        server.process.stdout.close()


def start(data_dir: Path, *, admin_key: str | None = None, **settings: object) -> Server:
    """Start `voxhall serve` and read its address, and the key that it prints on its first start."""
    environment = {f"VOXHALL_{name.upper()}": str(value) for name, value in settings.items()}
    if admin_key:
        environment["VOXHALL_ADMIN_KEY"] = admin_key
    process = subprocess.Popen(
        [sys.executable, "-m", "voxhall", "serve", "--port", "0", "--data-dir", str(data_dir)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    url, key = "", admin_key or ""
    while not (url and key):
        line = process.stdout.readline()
        assert line, "the server ended before it was ready"
        url = url or next(iter(ADDRESS.findall(line)), "")
        key = key or next(iter(KEY.findall(line)), "")
    return Server(url, key, process, data_dir)
