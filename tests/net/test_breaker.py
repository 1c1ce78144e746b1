"""Whoever failed again and again is left alone for a while, and then tried by one."""

import asyncio

import pytest

from voxhall.errors import UpstreamFailed
from voxhall.net.breaker import PATIENCE, REST, Breaker


async def fails() -> str:
    """Fail as a server does."""
    raise UpstreamFailed("no")


async def works() -> str:
    """Answer."""
    return "yes"


async def test_it_opens_and_closes_again() -> None:
    """After so many failures in a row nothing is asked, after the rest it is, and success forgets all."""
    now = 0.0
    breaker = Breaker("it", clock=lambda: now)
    for _ in range(PATIENCE):
        assert breaker.closed
        with pytest.raises(UpstreamFailed, match="no"):
            await breaker.ask(fails)
    assert not breaker.closed
    with pytest.raises(UpstreamFailed, match="left alone"):
        await breaker.ask(works)
    now += REST
    assert await breaker.ask(works) == "yes"
    for _ in range(PATIENCE - 1):
        with pytest.raises(UpstreamFailed, match="no"):
            await breaker.ask(fails)
    assert breaker.closed


async def test_one_caller_tries_while_the_others_wait_for_what_comes_of_it() -> None:
    """A server that has just come back is not overrun."""
    now = 0.0
    breaker = Breaker("it", clock=lambda: now)
    for _ in range(PATIENCE):
        with pytest.raises(UpstreamFailed):
            await breaker.ask(fails)
    now += REST
    going, asked = asyncio.Event(), 0

    async def slow() -> str:
        nonlocal asked
        asked += 1
        await going.wait()
        return "yes"

    trial = asyncio.create_task(breaker.ask(slow))
    await asyncio.sleep(0)
    with pytest.raises(UpstreamFailed, match="left alone"):
        await breaker.ask(slow)
    going.set()
    assert await trial == "yes"
    assert asked == 1
    assert await breaker.ask(works) == "yes"
