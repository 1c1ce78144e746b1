"""Rows of documents and their passages."""

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import TRANSCRIPTS, Document, DocumentState, Kind, Passage, Source
from voxhall.domain.knowledge import Page
from voxhall.domain.work import Progress
from voxhall.stores import fulltext
from voxhall.stores.database import Database
from voxhall.stores.scopes import scope_of
from voxhall.stores.tables import jobs, transcriptions
from voxhall.stores.tables_research import documents, passages, scopes
from voxhall.text.terms import index_key


@dataclass(frozen=True, slots=True)
class Row:
    """A document with what only the index itself needs to know of it."""

    id: int
    account_id: int | None
    document: Document
    sha256: str | None
    object_key: str | None
    content_type: str | None
    transcription_id: int | None
    job_id: int | None
    checked_at: float | None
    begun_at: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and where it stands."""

    id: int
    document: str
    """The document's id."""
    title: str
    text: str
    published: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished transcription that is kept."""

    id: int
    uid: str
    filename: str
    key: str
    """Of its transcript."""
    created_at: float


_collection = documents.alias("collection")


def _rows() -> Select[tuple[object, ...]]:
    above = _collection.c.id == documents.c.collection_id
    reading = (jobs.c.id == documents.c.job_id) & (jobs.c.state == "running") & (documents.c.state == "queued")
    columns = (documents, _collection.c.uid.label("collection"), jobs.c.id.label("running"), jobs.c.progress)
    return select(*columns).outerjoin(_collection, above).outerjoin(jobs, reading)


def _row(row: Mapping[str, object]) -> Row:
    shown = {name: row[name] for name in Document.__dataclass_fields__ if name in row and name != "id"}
    if row["running"]:
        shown["state"] = "running"
    shown["progress"] = msgspec.convert(row["progress"], Progress | None)
    document = Document(id=row["uid"], shared=row["account_id"] is None, **shown)  # type: ignore[arg-type]  # by name
    inner = {name: row[name] for name in Row.__dataclass_fields__ if name != "document"}
    return Row(document=document, **inner)  # type: ignore[arg-type]  # likewise


def _seen_by(account_id: int) -> ColumnElement[bool]:
    return or_(documents.c.account_id == account_id, documents.c.account_id.is_(None))


async def find(connection: AsyncConnection, account_id: int, uid: str) -> Row | None:
    """Find a document that an account sees."""
    return await _one(connection, documents.c.uid == uid, _seen_by(account_id))


async def find_by_id(connection: AsyncConnection, document_id: int) -> Row | None:
    """Find a document."""
    return await _one(connection, documents.c.id == document_id)


async def find_by_job(connection: AsyncConnection, job_id: int) -> Row | None:
    """Find the document that a job reads."""
    return await _one(connection, documents.c.job_id == job_id)


async def find_by_origin(connection: AsyncConnection, account_id: int | None, kind: Kind, origin: str) -> Row | None:
    """Find what was added to an account's documents, or to the shared ones, from an origin."""
    return await _one(connection, documents.c.identity == _identity(account_id, kind, origin))


def _identity(account_id: int | None, kind: Kind, origin: str) -> str:
    return hashlib.sha256(f"{account_id or 0}\n{kind}\n{origin}".encode()).hexdigest()


async def _one(connection: AsyncConnection, *where: ColumnElement[bool]) -> Row | None:
    row = (await connection.execute(_rows().where(*where))).mappings().first()
    return _row(row) if row else None  # type: ignore[arg-type]  # its keys are names


async def page(connection: AsyncConnection, account_id: int, *, limit: int, offset: int) -> tuple[int, list[Document]]:
    """Give how many documents an account sees, and some of them, the newest first."""
    seen = _seen_by(account_id)
    total = (await connection.execute(select(func.count()).select_from(documents).where(seen))).scalar_one()
    newest = _rows().where(seen).order_by(documents.c.id.desc()).limit(limit).offset(offset)
    return int(total), [_row(row).document for row in (await connection.execute(newest)).mappings()]  # type: ignore[arg-type]


async def ensure_row(  # noqa: PLR0913 - the columns
    database: Database,
    connection: AsyncConnection,
    account_id: int | None,
    source: Source,
    title: str,
    *,
    collection_id: int | None = None,
    transcription_id: int | None = None,
) -> Row | None:
    """Find what was added from a source, or add it to wait for being read; None where it is removed meanwhile."""
    known = await find_by_origin(connection, account_id, source.kind, source.origin)
    if known is not None:
        return known
    values = {
        "uid": str(uuid4()),
        "account_id": account_id,
        "collection_id": collection_id,
        "transcription_id": transcription_id,
        "kind": source.kind,
        "origin": source.origin,
        "identity": _identity(account_id, source.kind, source.origin),
        "title": title,
        "state": "queued",
        "passages": 0,
        "created_at": time.time(),
    }
    # somebody else may be adding the same
    await connection.execute(database.insert(documents).values(values).on_conflict_do_nothing())
    return await find_by_origin(connection, account_id, source.kind, source.origin)


async def change(connection: AsyncConnection, document_id: int, **values: object) -> None:
    """Change columns of a document."""
    await connection.execute(update(documents).where(documents.c.id == document_id).values(**values))


async def left_files(connection: AsyncConnection) -> list[Row]:
    """Find documents whose files are kept although nobody will read them again."""
    ended = documents.c.state.in_(("ready", "failed"))
    rows = await connection.execute(_rows().where(documents.c.object_key.is_not(None), ended))
    return [_row(row) for row in rows.mappings()]  # type: ignore[arg-type]  # its keys are names


async def take_file(connection: AsyncConnection, row: Row) -> None:
    """Forget the file that a document was read from, unless another has been sent meanwhile."""
    same = (documents.c.id == row.id) & (documents.c.object_key == row.object_key)
    await connection.execute(update(documents).where(same).values(object_key=None))


async def end(connection: AsyncConnection, row: Row, state: DocumentState, *, error: str | None = None) -> None:
    """Record what became of reading a document, unless another job is to read it by now."""
    same = (documents.c.id == row.id) & documents.c.job_id.is_not_distinct_from(row.job_id)
    await connection.execute(update(documents).where(same).values(state=state, error=error))


async def fail_by_job(connection: AsyncConnection, job_ids: Collection[int]) -> None:
    """Record of the documents that jobs could not read why; what was indexed of them before stays."""
    why = select(jobs.c.error_message).where(jobs.c.id == documents.c.job_id).scalar_subquery()
    failed = update(documents).where(documents.c.job_id.in_(job_ids), documents.c.state == "queued")
    await connection.execute(failed.values(state="failed", error=func.coalesce(why, "cancelled")))


async def replace(  # noqa: PLR0913 - what is known of a document's text
    database: Database,
    connection: AsyncConnection,
    row: Row,
    cut: Sequence[tuple[Passage, bytes | None]],
    *,
    page: Page,
    sha256: str,
) -> bool:
    """Put new passages, with their vectors, in the place of a document's old ones; tell whether that was done.

    It is not where the document has been removed meanwhile, or its file been sent anew, which another job reads.
    """
    present = await find_by_id(connection, row.id)
    if present is None or present.object_key != row.object_key:
        return False
    scope = scope_of(row.account_id)
    await connection.execute(delete(passages).where(passages.c.document_id == row.id))
    await _insert_passages(connection, scope, row.id, cut)
    known = {"title": page.title, "published": page.published, "sha256": sha256}
    await change(connection, row.id, passages=len(cut), indexed_at=time.time(), **known)
    await _touch(database, connection, scope)
    return True


async def _insert_passages(
    connection: AsyncConnection, scope: str, document_id: int, cut: Sequence[tuple[Passage, bytes | None]]
) -> None:
    """Add passages, with their vectors and words."""
    if not cut:
        return
    values = [
        {"document_id": document_id, "title": each.title, "text": each.text, "vector": vector} for each, vector in cut
    ]
    ordered = insert(passages).returning(passages.c.id, sort_by_parameter_order=True)
    ids = [int(number) for number in (await connection.execute(ordered, values)).scalars()]
    keys = (index_key(f"{each.title}\n{each.text}") for each, _ in cut)
    await fulltext.add(connection, scope, dict(zip(ids, keys, strict=True)))


async def remove(connection: AsyncConnection, row: Row) -> None:
    """Remove a document with all that belongs to it."""
    await connection.execute(delete(documents).where(documents.c.id == row.id))


async def _touch(database: Database, connection: AsyncConnection, scope: str) -> None:
    """Count a change in a scope; removals are counted by the database, for documents also go with other rows."""
    added = database.insert(scopes).values(scope=scope, revision=1)
    raised = added.on_conflict_do_update(index_elements=["scope"], set_={"revision": scopes.c.revision + 1})
    await connection.execute(raised)


async def keys_under(connection: AsyncConnection, row: Row) -> list[str]:
    """Give the keys of stored files that belong to a document or collection."""
    own = or_(documents.c.id == row.id, documents.c.collection_id == row.id)
    found = await connection.execute(select(documents.c.object_key).where(own, documents.c.object_key.is_not(None)))
    return [str(key) for key in found.scalars()]


async def take(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Found]:
    """Give passages by their ids; those that are gone are left out."""
    columns = (passages.c.id, documents.c.uid, passages.c.title, passages.c.text, documents.c.published)
    joined = select(*columns).join(documents, documents.c.id == passages.c.document_id)
    wanted = joined.where(passages.c.id.in_(bindparam("ids", expanding=True)))
    return {row[0]: Found(*row) for row in await connection.execute(wanted, {"ids": list(ids)})}


async def text_of(connection: AsyncConnection, document_id: int) -> str:
    """Give a document's text."""
    where = passages.c.document_id == document_id
    rows = await connection.execute(select(passages.c.text).where(where).order_by(passages.c.id))
    return "\n\n".join(rows.scalars())


async def transcripts_of(connection: AsyncConnection, account_id: int) -> Row | None:
    """Find the collection of an account's transcripts, which is there when the account has opted in."""
    return await find_by_origin(connection, account_id, "transcripts", TRANSCRIPTS)


async def finished(connection: AsyncConnection, account_id: int) -> list[Finished]:
    """Give an account's finished transcriptions that are kept and not indexed yet, the oldest first."""
    columns = (
        transcriptions.c.id,
        transcriptions.c.uid,
        transcriptions.c.filename,
        transcriptions.c.transcript_key,
        jobs.c.created_at,
    )
    indexed = select(documents.c.transcription_id).where(
        documents.c.account_id == account_id, documents.c.transcription_id.is_not(None), documents.c.state == "ready"
    )
    rows = await connection.execute(
        select(*columns)
        .join(jobs, jobs.c.id == transcriptions.c.job_id)
        .where(
            transcriptions.c.account_id == account_id,
            transcriptions.c.store,
            transcriptions.c.transcript_key.is_not(None),
            jobs.c.state == "done",
            transcriptions.c.id.not_in(indexed),
        )
        .order_by(transcriptions.c.id)
    )
    return [Finished(*row) for row in rows]
