"""Handlers of the Lesan dialect's webhooks: read the wire, ask one service, write the wire."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from voxhall.api.access import may, platform_of
from voxhall.api.lesan import wire_webhooks as wire
from voxhall.domain.record import Caller, Scope

router = APIRouter(prefix="/v1/webhooks")

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]


@router.post("", status_code=201)
async def register(request: Request, caller: Writer, wanted: wire.WebhookCreateRequest) -> wire.WebhookResponse:
    """Have a URL told of the account's jobs."""
    made = await platform_of(request).webhooks.register(
        caller,
        wanted.url,
        events=tuple(wanted.events),
        secret=wanted.secret,
        name=wanted.name,
        description=wanted.description,
    )
    return wire.webhook(made)


@router.get("")
async def webhooks(
    request: Request, caller: Reader, wanted: Annotated[wire.WebhookQuery, Query()]
) -> wire.WebhookListResponse:
    """List the account's webhooks, the newest first."""
    total, found = await platform_of(request).webhooks.page(
        caller, status=wanted.status, limit=wanted.limit + 1, offset=wanted.offset, after=wanted.after
    )
    return wire.webhook_list(total, found, wanted.limit)


@router.get("/{webhook_id}")
async def webhook(request: Request, caller: Reader, webhook_id: str) -> wire.WebhookResponse:
    """Give one webhook."""
    return wire.webhook(await platform_of(request).webhooks.get(caller, webhook_id))


@router.patch("/{webhook_id}")
async def change(
    request: Request, caller: Writer, webhook_id: str, wanted: wire.WebhookUpdateRequest
) -> wire.WebhookResponse:
    """Change, pause or resume a webhook."""
    return wire.webhook(await platform_of(request).webhooks.change(caller, webhook_id, wanted.to_change()))


@router.delete("/{webhook_id}", status_code=204)
async def delete(request: Request, caller: Writer, webhook_id: str) -> None:
    """Remove a webhook and its log."""
    await platform_of(request).webhooks.delete(caller, webhook_id)


@router.post("/{webhook_id}/test", response_model_exclude_none=True)
async def test(request: Request, caller: Writer, webhook_id: str) -> wire.WebhookTestResponse:
    """Send a test payload at once, and tell how it was taken."""
    return wire.trial(await platform_of(request).webhooks.test(caller, webhook_id))


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    request: Request, caller: Reader, webhook_id: str, wanted: Annotated[wire.DeliveryQuery, Query()]
) -> wire.DeliveryListResponse:
    """List what was sent to a webhook, the newest first; an addition of ours."""
    total, found = await platform_of(request).webhooks.deliveries(
        caller, webhook_id, status=wanted.status, limit=wanted.limit + 1, offset=wanted.offset, after=wanted.after
    )
    return wire.delivery_list(total, found, wanted.limit)


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202)
async def replay(request: Request, caller: Writer, webhook_id: str, delivery_id: str) -> wire.DeliveryResponse:
    """Deliver an event once more; an addition of ours."""
    return wire.delivery(await platform_of(request).webhooks.replay(caller, webhook_id, delivery_id))
