"""Moments, written for programs."""

from datetime import UTC, datetime
from typing import Literal


def iso_utc(seconds: float, timespec: Literal["milliseconds", "microseconds"] = "microseconds") -> str:
    """Write seconds since 1970 as ISO 8601 in UTC, as in 2026-05-31T08:15:30.123456Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
