"""One real server for all tests of the HTTP surface."""

from collections.abc import Iterator

import pytest

from serving import Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as `voxhall serve` starts it, with a small body limit so that it can be reached."""
    with serving(tmp_path_factory.mktemp("server"), max_upload_mb=8, cors_origins="https://app.example.com") as running:
        yield running
