"""Who waits for an engine waits only so long, whether it works or has not begun."""

from pathlib import Path

import pytest

from lending import busy
from voxhall.engines.host import Host
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Registry
from voxhall.errors import EngineFailed
from voxhall.services.waiting import work_within


async def test_while_all_processes_are_busy_nobody_waits_for_ever(tmp_path: Path) -> None:
    """Who has waited long enough is told, and leaves the line."""
    registry = Registry(tmp_path)
    with Host(registry, processes=1) as host:
        async with busy(host):
            with pytest.raises(EngineFailed, match=r"within 0\.05 s"):
                await work_within(
                    0.05, host, Embedder, registry.choose("embed"), lambda embedder: embedder.embed(("words",))
                )


async def test_work_that_is_done_in_time_is_given(tmp_path: Path) -> None:
    """The process keeps what it has loaded."""
    registry = Registry(tmp_path)
    engine = registry.choose("embed")
    with Host(registry, processes=1) as host:
        [vector] = await work_within(60, host, Embedder, engine, lambda embedder: embedder.embed(("words",)))
        assert len(vector) == 384
        assert [status.engines for status in host.status()] == [(f"embed/{engine.name}",)]
