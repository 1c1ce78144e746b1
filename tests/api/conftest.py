"""One real server for all tests of the HTTP surface."""

from collections.abc import Iterator

import pytest

from serving import Server, serving
from tiny_nllb import write_nllb


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as `voxhall serve` starts it, with a small body limit so that it can be reached."""
    with serving(tmp_path_factory.mktemp("server"), max_upload_mb=8, cors_origins="https://app.example.com") as running:
        yield running


@pytest.fixture(scope="session")
def translating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an NLLB that says what it is given, for short texts."""
    folder = tmp_path_factory.mktemp("translating")
    write_nllb(folder / "models" / "nllb-200-distilled-600m")
    with serving(folder, max_translation_characters=5000, translator="nllb", engine_processes=1) as running:
        yield running
