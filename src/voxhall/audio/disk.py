"""Writing sound to a disk that may be full."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from voxhall.errors import StorageFull

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def disk_may_fill(sentence: str) -> Iterator[None]:
    """Raise StorageFull with this sentence where the block finds no more space."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(sentence) from error
        raise
