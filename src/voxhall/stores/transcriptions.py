"""Rows of transcriptions, joined with the jobs that work on them."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.transcription import Options, Record
from voxhall.stores.tables import jobs, transcriptions

ROW = (
    transcriptions.c.id,
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
    jobs.c.error_message,
    jobs.c.progress,
)
OMITTED = {"started_at", "finished_at"}


def _rows() -> Select[tuple[object, ...]]:
    return select(*ROW).join(jobs, jobs.c.id == transcriptions.c.job_id)


def _record(row: Row[tuple[object, ...]]) -> Record:
    # the library's own names are not plain strings
    values = {f"{name}": value for name, value in row._asdict().items() if name not in OMITTED}
    took = row.finished_at - row.started_at if row.started_at and row.finished_at else None
    return msgspec.convert(
        {
            **values,
            "options": row.options,
            "progress": row.progress if row.state == "running" else None,
            "processing_time": took,
        },
        Record,
    )


async def insert_row(connection: AsyncConnection, values: Mapping[str, object], options: Options) -> int:
    """Add a transcription; `values` are columns by name. Give its id."""
    row = await connection.execute(
        insert(transcriptions).values(**values, options=msgspec.to_builtins(options)).returning(transcriptions.c.id)
    )
    return int(row.scalar_one())


async def find(connection: AsyncConnection, account_id: int, record_id: int) -> Record | None:
    """Find an account's transcription."""
    where = (transcriptions.c.account_id == account_id, transcriptions.c.id == record_id)
    row = (await connection.execute(_rows().where(*where))).one_or_none()
    return _record(row) if row else None


async def find_by_job(connection: AsyncConnection, job_id: int) -> Record | None:
    """Find the transcription that a job works on."""
    row = (await connection.execute(_rows().where(transcriptions.c.job_id == job_id))).one_or_none()
    return _record(row) if row else None


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


async def unstored_ended_before(connection: AsyncConnection, moment: float) -> list[Record]:
    """Find transcriptions that were not to be stored and ended before a moment."""
    rows = await connection.execute(_rows().where(~transcriptions.c.store, jobs.c.finished_at < moment))
    return [_record(row) for row in rows]


async def set_result(connection: AsyncConnection, record_id: int, values: Mapping[str, object]) -> None:
    """Record what is known of a result."""
    await connection.execute(update(transcriptions).where(transcriptions.c.id == record_id).values(**values))


async def remove(connection: AsyncConnection, record: Record) -> None:
    """Remove a transcription and its job; a worker that still has it loses its lease."""
    await connection.execute(delete(transcriptions).where(transcriptions.c.id == record.id))
    await connection.execute(delete(jobs).where(jobs.c.id == record.job_id))
