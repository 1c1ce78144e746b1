"""A webhook as a user owns it: where an account's events go, and the log of what was sent there."""

from dataclasses import dataclass
from typing import Literal

Event = Literal["job.completed", "job.failed", "job.progress"]
DEFAULT_EVENTS: tuple[Event, ...] = ("job.completed", "job.failed")
"""What a webhook gets that names no events."""
EVERY_EVENT = "*"

WebhookStatus = Literal["active", "paused", "failed"]
"""Paused: nothing is sent until somebody resumes it; failed: the latest delivery was given up, the next is tried."""
DeliveryStatus = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that hears of an account's jobs; what is sealed in it is told to nobody."""

    id: str
    account_id: int
    url: str
    events: tuple[str, ...]
    name: str | None
    description: str | None
    secret: bytes | None
    """Sealed."""
    created_at: float
    """Seconds since 1970, as are all times here."""
    status: WebhookStatus = "active"
    successful: int = 0
    """Attempts that the receiver took, of all deliveries."""
    failed: int = 0
    """Attempts that it did not take."""
    given_up: int = 0
    """Deliveries that were given up, since the last that succeeded."""
    last_delivery_at: float | None = None
    last_failure_reason: str | None = None
    updated_at: float | None = None

    def hears(self, event: str) -> bool:
        """Tell whether an event is sent there."""
        return self.status != "paused" and (event in self.events or EVERY_EVENT in self.events)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one address."""

    id: str
    account_id: int
    webhook_id: str | None
    """None for an address that was given with the job."""
    url: str | None
    """The address that was given with the job."""
    event_id: str
    """The same in every delivery of one event, replays included: receivers tell repetitions by it."""
    event: str
    event_at: float
    """Seconds since 1970, as are all times here."""
    about: int
    """The job that the event is about."""
    created_at: float
    next_attempt_at: float | None
    status: DeliveryStatus = "pending"
    attempts: int = 0
    response_status: int | None = None
    """What came of the last attempt, as are the next ones."""
    response_body: str | None = None
    """Its beginning."""
    error: str | None = None
    duration_ms: int | None = None
    job_id: int | None = None
    """The job that is to deliver it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a receiver took what was sent to it."""

    status: int | None
    """HTTP status; None where nothing was answered."""
    body: str | None
    """The answer's beginning."""
    error: str | None
    """None: it took it."""
    duration_ms: int


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What an owner wants otherwise; None leaves it as it is."""

    url: str | None = None
    events: tuple[str, ...] | None = None
    secret: str | None = None
    """Empty: payloads are not signed any more."""
    name: str | None = None
    description: str | None = None
    is_active: bool | None = None
