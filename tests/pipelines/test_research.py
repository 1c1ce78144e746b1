"""Several providers' findings become one list; who fails or is late is missing from it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from voxhall.domain.knowledge import Hit, Question
from voxhall.errors import UpstreamFailed
from voxhall.net.breaker import PATIENCE, Breaker
from voxhall.pipelines.research import Provider, ask_all, fuse, reordered

DAY = 86400.0
NOW = 1000 * DAY


def hits(names: str, published: float | None = None) -> list[Hit]:
    """Make a hit for each letter."""
    return [Hit(name, f"https://{name}.example", name, name, 1.0, published) for name in names]


def ids(found: Sequence[Hit]) -> str:
    """Give the letters again."""
    return "".join(hit.id for hit in found)


def provider(answer: Sequence[Hit] | None, *, late: bool = False) -> Provider:
    """Make somebody who finds this, or fails, or never answers."""

    async def search(_: Question) -> Sequence[Hit]:
        if late:
            await asyncio.Event().wait()
        if answer is None:
            raise UpstreamFailed("no")
        return answer

    return Provider(search, Breaker("it"), 0.05)


def test_what_several_find_goes_first() -> None:
    """By reciprocal rank; what is first everywhere scores 1."""
    found = fuse([hits("abc"), hits("bd")], 10)
    assert ids(found) == "badc"
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert fuse([hits("ab"), hits("ab")], 10)[0].score == pytest.approx(1.0)
    assert ids(fuse([hits("abc")], 2)) == "ab"
    assert fuse([[], []], 5) == []


def test_one_provider_counts_once() -> None:
    """Also where it repeats itself."""
    assert ids(fuse([hits("aba"), hits("b")], 10)) == "ba"


def test_what_several_found_of_a_page_is_kept() -> None:
    """Both passages, or the longer that holds the other; the date that one of them knows."""
    page = Hit("a", "https://a.example", "a", "built in 1851", 1.0)
    longer = replace(page, text="It was built in 1851 of stone.", published=5.0)
    assert fuse([[page], [longer]], 5)[0].text == longer.text
    assert fuse([[longer], [page]], 5)[0].text == longer.text
    other = replace(page, text="It is white.")
    [both] = fuse([[longer], [other]], 5)
    assert (both.text, both.published) == ("It was built in 1851 of stone.\nIt is white.", 5.0)


async def test_who_fails_or_is_late_is_missing() -> None:
    """And no error, as long as one answers."""
    asked = (provider(hits("a")), provider(None), provider(hits("b"), late=True))
    assert ids(await ask_all(asked, Question("q"), now=NOW)) == "a"
    assert await ask_all((provider([]), provider(None)), Question("q"), now=NOW) == []
    with pytest.raises(UpstreamFailed, match="no search provider"):
        await ask_all((provider(None), provider(None)), Question("q"), now=NOW)


async def test_who_fails_again_and_again_is_left_alone() -> None:
    """It is not even asked."""
    asked = 0

    async def search(_: Question) -> Sequence[Hit]:
        nonlocal asked
        asked += 1
        raise UpstreamFailed("no")

    both = (Provider(search, Breaker("bad"), 1.0), provider(hits("a")))
    for _ in range(PATIENCE + 2):
        assert ids(await ask_all(both, Question("q"), now=NOW)) == "a"
    assert asked == PATIENCE


async def test_what_is_known_to_be_too_old_is_left_out() -> None:
    """What has no date stays."""
    old, new, undated = hits("o", NOW - 8 * DAY), hits("n", NOW - 6 * DAY), hits("u")
    found = await ask_all((provider([*old, *new, *undated]),), Question("q", days=7), now=NOW)
    assert ids(found) == "nu"


def test_a_reranker_orders_by_its_own_scores() -> None:
    """Which then are the hits'."""
    found = reordered(hits("abc"), [0.1, 0.9, 0.5])
    assert [(hit.id, hit.score) for hit in found] == [("b", 0.9), ("c", 0.5), ("a", 0.1)]
