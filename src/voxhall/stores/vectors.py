"""Passages found by their meaning: vectors of eight bits in the database, searched in memory, all of them.

A hundred thousand take 38 MB, and 4 ms of a core: at that size no approximate index is needed, nor has one to be
kept up to date.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from simsimd import cdist
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import Period
from voxhall.stores.database import Database
from voxhall.stores.scopes import account_of
from voxhall.stores.tables_research import documents, passages, scopes

WIDTH = 384
LARGEST = 127
"""Of numbers of eight bits; each vector's largest becomes that, and what it is longer by than 1 is divided out."""
MOST = 1_000_000
"""Vectors remembered at once, of all scopes."""
ALWAYS = Period()
STEP = 500
"""Documents read in one query."""

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]
Numbers = NDArray[np.int64]


def pack(vector: Floats) -> bytes:
    """Write a vector in eight bits a number; cosines of two such are off by less than 0.01."""
    return _rounded(vector).tobytes()


def _rounded(vector: Floats) -> Bytes:
    rounded: Bytes = np.round(vector * (LARGEST / np.abs(vector).max())).astype(np.int8)
    return rounded


@dataclass(frozen=True, slots=True)
class Shelf:
    """The vectors of one scope."""

    revision: int
    held: dict[int, tuple[float | None, float | None]]
    """When each document was indexed and when it was published."""
    ids: Numbers
    """Of passages, in order."""
    owners: Numbers
    """The document of each."""
    vectors: Bytes
    """(n, 384)."""
    lengths: Floats
    """Of the vectors, (n,)."""

    def cosines(self, vector: Floats) -> Floats:
        """Give how near each passage is to a vector, (n,)."""
        if not len(self.ids):
            return np.zeros(0, np.float32)
        asked = _rounded(vector)[None]
        [products] = np.asarray(cdist(asked, self.vectors, metric="dot"), np.float32)
        cosines: Floats = products / (self.lengths * np.linalg.norm(asked))
        return cosines

    def nearest(
        self,
        cosines: Floats,
        *,
        limit: int,
        also: Collection[int] = (),
        period: Period = ALWAYS,
    ) -> dict[int, float]:
        """Give of all cosines those of the nearest passages, and of some `also`, by passage."""
        if not len(self.ids):
            return {}
        places = np.flatnonzero(self._admitted(period)) if period else None
        among = cosines if places is None else cosines[places]
        best = np.argpartition(-among, limit)[:limit] if len(among) > limit else np.arange(len(among))
        chosen = best if places is None else places[best]
        wanted = np.fromiter(also, np.int64)
        beside = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        chosen = np.union1d(chosen, beside[self.ids[beside] == wanted])
        return {int(self.ids[place]): float(cosines[place]) for place in chosen}

    def _admitted(self, period: Period) -> NDArray[np.bool_]:
        good = [document for document, (_, published) in self.held.items() if period.admits(published)]
        return np.isin(self.owners, good)


EMPTY = Shelf(
    -1, {}, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, WIDTH), np.int8), np.zeros(0, np.float32)
)


class Vectors:
    """What this process remembers of the vectors in one database."""

    def __init__(self, database: Database, *, most: int = MOST) -> None:
        """At most about so many vectors; those of scopes that were not asked for longest go first."""
        self._database = database
        self._most = most
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}

    async def shelves(self, scopes: Sequence[str]) -> list[Shelf]:
        """Give the vectors of scopes as they are now; only what has changed is read."""
        async with self._database.read() as connection:
            revisions = await _revisions(connection, scopes)
            found = [await self._shelf(connection, scope, revisions.get(scope, 0)) for scope in scopes]
        while sum(len(each.ids) for each in self._shelves.values()) > self._most and len(self._shelves) > 1:
            self._shelves.popitem(last=False)
        return found

    async def _shelf(self, connection: AsyncConnection, scope: str, revision: int) -> Shelf:
        async with self._turns.setdefault(scope, asyncio.Lock()):
            shelf = self._shelves.get(scope, EMPTY)
            # who waited may come with an older one than it finds
            if shelf.revision < revision:
                self._shelves[scope] = shelf = await _refreshed(connection, scope, shelf, revision)
        self._shelves.move_to_end(scope)
        return shelf


async def _revisions(connection: AsyncConnection, wanted: Sequence[str]) -> dict[str, int]:
    rows = await connection.execute(select(scopes.c.scope, scopes.c.revision).where(scopes.c.scope.in_(wanted)))
    return {row.scope: row.revision for row in rows}


async def _refreshed(connection: AsyncConnection, scope: str, old: Shelf, revision: int) -> Shelf:
    """Keep what has not changed and read the rest."""
    owned = documents.c.account_id == account_of(scope)
    rows = await connection.execute(select(documents.c.id, documents.c.indexed_at, documents.c.published).where(owned))
    held = {row.id: (row.indexed_at, row.published) for row in rows}
    same = {document for document, (indexed, _) in held.items() if old.held.get(document, (-1.0,))[0] == indexed}
    fresh = await _read(connection, sorted(held.keys() - same))
    keep = np.isin(old.owners, list(same))
    ids = np.concatenate([old.ids[keep], fresh[0]])
    owners = np.concatenate([old.owners[keep], fresh[1]])
    vectors = np.concatenate([old.vectors[keep], fresh[2]])
    order = np.argsort(ids)
    lengths = np.concatenate([old.lengths[keep], _lengths(fresh[2])])
    return Shelf(revision, held, ids[order], owners[order], vectors[order], lengths[order])


async def _read(connection: AsyncConnection, wanted: list[int]) -> tuple[Numbers, Numbers, Bytes]:
    ids: list[int] = []
    owners: list[int] = []
    blobs: list[bytes] = []
    for begin in range(0, len(wanted), STEP):
        where = passages.c.document_id.in_(wanted[begin : begin + STEP]), passages.c.vector.is_not(None)
        columns = (passages.c.id, passages.c.document_id, passages.c.vector)
        for row in await connection.execute(select(*columns).where(*where)):
            ids.append(row.id)
            owners.append(row.document_id)
            blobs.append(row.vector)
    vectors = np.frombuffer(b"".join(blobs), np.int8).reshape(-1, WIDTH)
    return np.array(ids, np.int64), np.array(owners, np.int64), vectors


def _lengths(vectors: Bytes) -> Floats:
    squares: NDArray[np.int32] = np.einsum("nw,nw->n", vectors, vectors, dtype=np.int32)
    return np.sqrt(squares).astype(np.float32)
