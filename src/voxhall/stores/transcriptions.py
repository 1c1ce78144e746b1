"""Rows of transcriptions, joined with the jobs that work on them."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.transcription import Batch, Record, State, Submission
from voxhall.stores import websearch
from voxhall.stores.rows import read
from voxhall.stores.tables import batches, jobs, transcriptions

ROW = (
    transcriptions.c.id,
    transcriptions.c.uid,
    transcriptions.c.account_id,
    transcriptions.c.job_id,
    jobs.c.state,
    transcriptions.c.filename,
    transcriptions.c.options,
    transcriptions.c.store,
    jobs.c.created_at,
    jobs.c.updated_at,
    jobs.c.started_at,
    jobs.c.finished_at,
    transcriptions.c.original_key,
    transcriptions.c.audio_key,
    transcriptions.c.transcript_key,
    transcriptions.c.duration,
    transcriptions.c.language,
    transcriptions.c.num_chunks,
    transcriptions.c.num_segments,
    transcriptions.c.num_speakers,
    transcriptions.c.notice,
    jobs.c.error_code,
    jobs.c.error_message,
    jobs.c.progress,
    transcriptions.c.source,
    transcriptions.c.audio_url,
    transcriptions.c.metadata,
    transcriptions.c.webhook_url,
    transcriptions.c.batch_id,
    transcriptions.c.cost,
)


def _rows() -> Select[tuple[object, ...]]:
    return select(*ROW).join(jobs, jobs.c.id == transcriptions.c.job_id)


def _record(row: Row[tuple[object, ...]]) -> Record:
    took = row.finished_at - row.started_at if row.started_at and row.finished_at else None
    return read(
        Record,
        row,
        metadata=row.metadata or {},
        progress=row.progress if row.state == "running" else None,
        processing_time=took,
    )


async def insert_row(connection: AsyncConnection, values: Mapping[str, object], submission: Submission) -> int:
    """Add a transcription; `values` are columns by name. Give its id."""
    asked = {
        "uid": str(uuid4()),
        "filename": submission.filename,
        "options": msgspec.to_builtins(submission.options),
        "store": submission.store,
        "audio_url": submission.audio_url,
        "metadata": dict(submission.metadata),
        "webhook_url": submission.webhook_url,
        "batch_id": submission.batch_id,
    }
    made = insert(transcriptions).values(**values, **asked)
    row = (await connection.execute(made.returning(transcriptions.c.id, transcriptions.c.account_id))).one()
    await websearch.index(connection, "filenames", row.account_id, row.id, submission.filename)
    return int(row.id)


async def find(connection: AsyncConnection, account_id: int, record_id: int) -> Record | None:
    """Find an account's transcription."""
    where = (transcriptions.c.account_id == account_id, transcriptions.c.id == record_id)
    row = (await connection.execute(_rows().where(*where))).one_or_none()
    return _record(row) if row else None


async def find_many(connection: AsyncConnection, account_id: int, ids: Sequence[int]) -> list[Record]:
    """Find those of an account's transcriptions that have these ids."""
    where = (transcriptions.c.account_id == account_id, transcriptions.c.id.in_(ids))
    return [_record(row) for row in await connection.execute(_rows().where(*where))]


async def find_by_uid(connection: AsyncConnection, account_id: int, uid: str) -> Record | None:
    """Find an account's transcription by the id that tells nothing."""
    where = (transcriptions.c.account_id == account_id, transcriptions.c.uid == uid)
    row = (await connection.execute(_rows().where(*where))).one_or_none()
    return _record(row) if row else None


async def find_by_job(connection: AsyncConnection, job_id: int) -> Record | None:
    """Find the transcription that a job works on."""
    row = (await connection.execute(_rows().where(transcriptions.c.job_id == job_id))).one_or_none()
    return _record(row) if row else None


async def webhook_url_of(connection: AsyncConnection, job_id: int) -> str | None:
    """Give who is to be told of a job's end."""
    found = await connection.execute(select(transcriptions.c.webhook_url).where(transcriptions.c.job_id == job_id))
    url: str | None = found.scalar_one_or_none()
    return url


async def find_done(connection: AsyncConnection, account_id: int, fingerprint: str) -> Record | None:
    """Find an account's latest finished transcription of an identical recording."""
    rows = _rows().where(
        transcriptions.c.account_id == account_id,
        transcriptions.c.fingerprint == fingerprint,
        transcriptions.c.store,
        jobs.c.state == "done",
    )
    row = (await connection.execute(rows.order_by(transcriptions.c.id.desc()).limit(1))).one_or_none()
    return _record(row) if row else None


async def page(connection: AsyncConnection, account_id: int, *, limit: int, offset: int) -> tuple[int, list[Record]]:
    """Give how many an account has, and some of them, the newest first."""
    mine = transcriptions.c.account_id == account_id
    total = (await connection.execute(select(func.count()).select_from(transcriptions).where(mine))).scalar_one()
    rows = await connection.execute(
        _rows().where(mine).order_by(transcriptions.c.id.desc()).limit(limit).offset(offset)
    )
    return int(total), [_record(row) for row in rows]


async def count(connection: AsyncConnection, account_id: int, *, state: State | None, source: str | None) -> int:
    """Count an account's transcriptions of a state and source."""
    # looking at every job as well would take most of the time
    counted = transcriptions.join(jobs, jobs.c.id == transcriptions.c.job_id) if state is not None else transcriptions
    where = _narrowed(account_id, state, source)
    return int((await connection.execute(select(func.count()).select_from(counted).where(*where))).scalar_one())


async def scan(  # noqa: PLR0913 - each narrows it down
    connection: AsyncConnection,
    account_id: int,
    *,
    state: State | None,
    source: str | None,
    before: int | None,
    limit: int,
) -> list[Record]:
    """Give those before an id, the newest first; rows that are added meanwhile do not move those that follow."""
    where = _narrowed(account_id, state, source)
    if before is not None:
        where.append(transcriptions.c.id < before)
    rows = await connection.execute(_rows().where(*where).order_by(transcriptions.c.id.desc()).limit(limit))
    return [_record(row) for row in rows]


def _narrowed(account_id: int, state: State | None, source: str | None) -> list[ColumnElement[bool]]:
    where = [transcriptions.c.account_id == account_id]
    if state is not None:
        where.append(jobs.c.state == state)
    if source is not None:
        where.append(transcriptions.c.source == source)
    return where


async def insert_batch(connection: AsyncConnection, account_id: int, language: str, now: float) -> tuple[int, str]:
    """Add a batch; give its ids."""
    values = {"uid": str(uuid4()), "account_id": account_id, "language": language, "created_at": now}
    row = (await connection.execute(insert(batches).values(values).returning(batches.c.id, batches.c.uid))).one()
    return int(row.id), str(row.uid)


async def find_batch(connection: AsyncConnection, account_id: int, uid: str) -> Batch | None:
    """Find an account's batch with all that belongs to it."""
    where = (batches.c.account_id == account_id, batches.c.uid == uid)
    row = (await connection.execute(select(batches).where(*where))).one_or_none()
    if row is None:
        return None
    children = _rows().where(transcriptions.c.batch_id == row.id).order_by(transcriptions.c.id)
    found = tuple(_record(child) for child in await connection.execute(children))
    return Batch(row.id, row.uid, row.account_id, row.language, row.created_at, found)


async def remove_batch(connection: AsyncConnection, batch_id: int) -> None:
    """Remove a batch, but not what belongs to it."""
    await connection.execute(delete(batches).where(batches.c.id == batch_id))


async def unstored_ended_before(connection: AsyncConnection, moment: float) -> list[Record]:
    """Find transcriptions that were not to be stored and ended before a moment."""
    rows = await connection.execute(_rows().where(~transcriptions.c.store, jobs.c.finished_at < moment))
    return [_record(row) for row in rows]


def results_of(account_id: int, record_id: int) -> str:
    """Give the folder under which objects keep what became of a transcription."""
    return f"transcriptions/{account_id}/{record_id}"


async def set_result(connection: AsyncConnection, record_id: int, values: Mapping[str, object]) -> bool:
    """Record what is known of a result; tell whether the transcription is still there."""
    made = await connection.execute(update(transcriptions).where(transcriptions.c.id == record_id).values(**values))
    return made.rowcount > 0


async def remove(connection: AsyncConnection, record: Record) -> str | None:
    """Remove a transcription and its job; a worker that still has it loses its lease. Give the recording's key."""
    gone = delete(transcriptions).where(transcriptions.c.id == record.id).returning(transcriptions.c.original_key)
    original_key: str | None = await connection.scalar(gone)
    await connection.execute(delete(jobs).where(jobs.c.id == record.job_id))
    return original_key
