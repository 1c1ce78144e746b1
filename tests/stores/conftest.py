"""What the tests of stores share."""

import pytest

from voxhall.stores.objects import Objects, open_objects


@pytest.fixture
def remote(at_the_bucket: str) -> Objects:
    """Objects in a bucket."""
    return open_objects(at_the_bucket)
