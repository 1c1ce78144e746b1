"""A bound on the memory that a piece of hostile work may take."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def limited_memory(size: int) -> Iterator[None]:
    """Let this process allocate at most `size` bytes more, on Linux; what needs more raises MemoryError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        resource.setrlimit(resource.RLIMIT_DATA, (pages * resource.getpagesize() + size, hard))
    except (OSError, ValueError):  # not Linux, or less is allowed already
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
