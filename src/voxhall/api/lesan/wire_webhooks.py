"""The exact JSON of the Lesan dialect's webhooks; what goes beyond its document is marked as ours."""

from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, Field

from voxhall.api import cursors
from voxhall.domain.webhook import (
    DEFAULT_EVENTS,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookChange,
    WebhookStatus,
)
from voxhall.text.times import iso_utc

WebhookEvent = Literal["job.completed", "job.failed", "job.progress", "*"]
Name = Annotated[str, Field(max_length=255)]
Text = Annotated[str, Field(max_length=2000)]
Secret = Annotated[str, Field(max_length=512)]
Address = Annotated[str, Field(min_length=1, max_length=2048)]
Events = Annotated[list[WebhookEvent], Field(min_length=1, max_length=10)]
Place = tuple[float, str]


class Paging(BaseModel):
    """Which part of a list is wanted."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31)
    cursor: str | None = Field(default=None, max_length=200, description="Ours: `next_cursor` of the page before")

    @property
    def after(self) -> Place | None:
        """Where the page before ended; raises InvalidInput."""
        return cursors.decode(self.cursor, _place) if self.cursor else None


class WebhookQuery(Paging):
    """The query of `GET /v1/webhooks`."""

    status: WebhookStatus | None = Field(default=None, description="Filter by status: active, paused, failed")


class DeliveryQuery(Paging):
    """The query of `GET /v1/webhooks/{webhook_id}/deliveries`."""

    status: DeliveryStatus | None = Field(default=None, description="Filter by status: pending, delivered, failed")


class WebhookCreateRequest(BaseModel):
    """The body of `POST /v1/webhooks`."""

    url: Address = Field(description="URL to receive webhook notifications")
    events: Events = Field(default=[*DEFAULT_EVENTS], description="Events to subscribe to")
    secret: Secret | None = Field(default=None, description="Secret for HMAC signature verification")
    name: Name | None = Field(default=None, description="Friendly name for the webhook")
    description: Text | None = Field(default=None, description="Description")


class WebhookUpdateRequest(BaseModel):
    """The body of `PATCH /v1/webhooks/{webhook_id}`; null leaves a field as it is."""

    url: Address | None = Field(default=None, description="New URL")
    events: Events | None = Field(default=None, description="New event subscriptions")
    secret: Secret | None = Field(default=None, description="New secret; empty: sign no more")
    name: Name | None = Field(default=None, description="New name")
    description: Text | None = Field(default=None, description="New description")
    is_active: bool | None = Field(default=None, description="Enable/disable webhook")

    def to_change(self) -> WebhookChange:
        """Give what the service needs."""
        return msgspec.convert(self.model_dump(), WebhookChange)


class WebhookResponse(BaseModel):
    """A webhook."""

    id: str
    object: Literal["webhook"] = "webhook"
    url: str
    events: list[str]
    name: str | None
    description: str | None
    status: str
    total_deliveries: int
    successful_deliveries: int
    failed_deliveries: int
    last_delivery_at: str | None
    last_failure_reason: str | None
    created_at: str
    updated_at: str | None


class WebhookListResponse(BaseModel):
    """A page of webhooks."""

    data: list[WebhookResponse]
    has_more: bool
    next_cursor: str | None
    total: int


class WebhookTestResponse(BaseModel):
    """How a trial was taken; `status_code` is 0 where nothing answered."""

    success: bool
    status_code: int
    response_body: str | None = None
    error: str | None = None
    duration_ms: int


class DeliveryResponse(BaseModel):
    """One event on its way to one webhook; ours."""

    id: str
    object: Literal["webhook_delivery"] = "webhook_delivery"
    webhook_id: str | None
    event_id: str
    event: str
    status: DeliveryStatus
    attempts: int
    response_status: int | None
    response_body: str | None
    error: str | None
    duration_ms: int | None
    created_at: str
    next_attempt_at: str | None


class DeliveryListResponse(BaseModel):
    """A page of deliveries; ours."""

    data: list[DeliveryResponse]
    has_more: bool
    next_cursor: str | None
    total: int


def webhook(found: Webhook) -> WebhookResponse:
    """Give a webhook as the document has it."""
    return WebhookResponse(
        id=found.id,
        url=found.url,
        events=list(found.events),
        name=found.name,
        description=found.description,
        status=found.status,
        total_deliveries=found.successful + found.failed,
        successful_deliveries=found.successful,
        failed_deliveries=found.failed,
        last_delivery_at=iso_utc(found.last_delivery_at),
        last_failure_reason=found.last_failure_reason,
        created_at=iso_utc(found.created_at),
        updated_at=iso_utc(found.updated_at),
    )


def webhook_list(total: int, found: list[Webhook], limit: int) -> WebhookListResponse:
    """Give a page; one more than `limit` was asked for, to see whether there are more."""
    shown = found[:limit]
    more = len(found) > limit
    cursor = _cursor(shown[-1].created_at, shown[-1].id) if more else None
    return WebhookListResponse(data=[webhook(each) for each in shown], has_more=more, next_cursor=cursor, total=total)


def trial(attempt: Attempt) -> WebhookTestResponse:
    """Give how a trial was taken."""
    return WebhookTestResponse(
        success=attempt.error is None,
        status_code=attempt.status or 0,
        response_body=attempt.body,
        error=attempt.error,
        duration_ms=attempt.duration_ms,
    )


def delivery(found: Delivery) -> DeliveryResponse:
    """Give a delivery."""
    return DeliveryResponse(
        id=found.id,
        webhook_id=found.webhook_id,
        event_id=found.event_id,
        event=found.event,
        status=found.status,
        attempts=found.attempts,
        response_status=found.response_status,
        response_body=found.response_body,
        error=found.error,
        duration_ms=found.duration_ms,
        created_at=iso_utc(found.created_at),
        next_attempt_at=iso_utc(found.next_attempt_at),
    )


def delivery_list(total: int, found: list[Delivery], limit: int) -> DeliveryListResponse:
    """Give a page; one more than `limit` was asked for, to see whether there are more."""
    shown = found[:limit]
    more = len(found) > limit
    cursor = _cursor(shown[-1].created_at, shown[-1].id) if more else None
    return DeliveryListResponse(data=[delivery(each) for each in shown], has_more=more, next_cursor=cursor, total=total)


def _cursor(created_at: float, last_id: str) -> str:
    return cursors.encode(f"{created_at!r} {last_id}")


def _place(text: str) -> Place:
    created_at, _, last_id = text.partition(" ")
    return float(created_at), last_id
