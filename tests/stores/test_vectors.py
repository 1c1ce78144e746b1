"""Vectors kept in eight bits and searched in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.document import Period
from voxhall.stores.vectors import EMPTY, Shelf, pack

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.standard_normal((10_000, 384)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


def shelf() -> Shelf:
    """Give ten thousand passages of a hundred documents; even ones were published, the later the higher."""
    packed = np.frombuffer(b"".join(map(pack, VECTORS)), np.int8).reshape(-1, 384)
    lengths = np.linalg.norm(packed.astype(np.float32), axis=1)
    held = {number: (1.0, float(number) if number % 2 == 0 else None) for number in range(100)}
    return Shelf(1, held, np.arange(10_000) * 3, np.arange(10_000) // 100, packed, lengths)


def nearest(query: NDArray[np.float32], **asked: Any) -> dict[int, float]:
    """Search."""
    given = shelf()
    return given.nearest(given.cosines(query), **asked)


def test_the_nearest_are_those_of_exact_vectors() -> None:
    """But for rounding; what is asked for besides comes with its own cosine."""
    for query in VECTORS[:20]:
        exact = VECTORS @ query
        found = nearest(query, limit=10, also=(3, 30, 99_999))
        best = sorted(found, key=lambda each: -found[each])[:10]
        assert len(set(best) & set((np.argsort(-exact)[:10] * 3).tolist())) >= 9
        assert abs(found[3] - exact[1]) < 0.01
        assert 99_999 not in found


def test_dates_leave_out_whole_documents() -> None:
    """Those known to be older, and those of which nothing is known if a date is demanded."""
    query = VECTORS[5]

    def owners(period: Period) -> set[int]:
        return {passage // 300 for passage in nearest(query, limit=5000, period=period)}

    assert owners(Period(since=50.0)) <= {number for number in range(100) if number % 2 or number >= 50}
    assert owners(Period(dated=True)) <= set(range(0, 100, 2))
    assert nearest(query, limit=5, period=Period(since=1e9, dated=True)) == {}


def test_nothing_is_near_nothing() -> None:
    """An empty shelf gives nothing."""
    assert EMPTY.nearest(EMPTY.cosines(VECTORS[0]), limit=5) == {}
