"""What the tests of pipelines share."""

from pathlib import Path

import pytest

from voxhall.engines.registry import Registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The engines of this installation, without fetched models."""
    return Registry(Path(tmp_path_factory.mktemp("models")))
