"""Moments, written for programs."""

from datetime import UTC, datetime
from typing import Literal, overload

Timespec = Literal["milliseconds", "microseconds"]


@overload
def iso_utc(seconds: float, timespec: Timespec = "microseconds") -> str: ...
@overload
def iso_utc(seconds: float | None, timespec: Timespec = "microseconds") -> str | None: ...
def iso_utc(seconds: float | None, timespec: Timespec = "microseconds") -> str | None:
    """Write seconds since 1970 as ISO 8601 in UTC, as in 2026-05-31T08:15:30.123456Z; None where there are none."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
