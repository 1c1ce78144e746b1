"""What tests of several rooms share: a fresh database on SQLite and on PostgreSQL, a folder and a bucket."""

import getpass
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import sqlalchemy
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from hooked import Hooked, hooked
from serving import wait_for
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Caller, Scope
from voxhall.stores.database import Database, open_database
from voxhall.stores.objects import Objects, open_objects

POSTGRES = os.environ.get("VOXHALL_TEST_POSTGRES_URL", f"postgresql+asyncpg://{getpass.getuser()}@127.0.0.1:5432/test")


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let what tests start end with Ctrl-C: a shell's jobs in the background ignore it, and all that they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


async def _fresh_postgres() -> str:
    """Make an empty database; skip by name where no server answers, unless one is required."""
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"voxhall_{uuid4().hex}"
    try:
        async with engine.connect() as connection:
            await connection.execute(sqlalchemy.text(f"create database {name}"))
    except (OSError, OperationalError):
        if os.environ.get("VOXHALL_TEST_REQUIRE_POSTGRES"):
            raise
        pytest.skip("no PostgreSQL answers at VOXHALL_TEST_POSTGRES_URL")
    finally:
        await engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


async def _drop_postgres(url: str) -> None:
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sqlalchemy.text(f"drop database {url.rpartition('/')[2]} with (force)"))
    await engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'voxhall.db'}"
        return
    url = await _fresh_postgres()
    yield url
    await _drop_postgres(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with all tables."""
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """An empty folder of objects."""
    return open_objects((tmp_path / "objects").as_uri())


@pytest.fixture
async def caller(database: Database) -> Caller:
    """Somebody with an account."""
    keys = Keys(database)
    return await keys.authenticate(await keys.create("somebody@example.com", name="k", scopes=frozenset(Scope)))


@pytest.fixture
async def bench(database: Database, caller: Caller) -> AsyncIterator[Hooked]:
    """Webhooks with a receiver of this machine, and deliveries that are tried again at once."""
    async with hooked(database, caller) as opened:
        yield opened


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
