"""One server for the tests of the agent dialect."""

from collections.abc import Iterator

import pytest

from agents import Desk, asking


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The server, which soon loses patience with other services."""
    with asking(tmp_path_factory.mktemp("agent"), callout_seconds=2) as opened:
        yield opened
