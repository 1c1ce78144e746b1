"""Handlers of the Flux dialect's conversations: read the wire, ask one service, write the wire."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from voxhall.api.access import may_visit, platform_of
from voxhall.api.flux import wire
from voxhall.api.flux.routes import ERRORS, asking
from voxhall.domain.record import Caller, Scope

router = APIRouter(prefix="/conversations", responses=ERRORS)

Reader = Annotated[Caller, Depends(may_visit("flux", Scope.READ))]
Writer = Annotated[Caller, Depends(may_visit("flux", Scope.WRITE))]


@router.get("")
async def conversations(
    request: Request, caller: Reader, wanted: Annotated[wire.PageQuery, Query()]
) -> wire.ConversationList:
    """List the account's conversations, the newest first."""
    total, found = await platform_of(request).research.conversations(
        caller, limit=wanted.page_size, offset=(wanted.page - 1) * wanted.page_size
    )
    rows = [wire.summary(each) for each in found]
    return wire.ConversationList(conversations=rows, total=total, page=wanted.page, page_size=wanted.page_size)


@router.post("", status_code=201)
async def begin(request: Request, caller: Writer) -> wire.ConversationResponse:
    """Begin a conversation."""
    return wire.conversation(await platform_of(request).research.begin(caller))


@router.get("/{conversation_id}")
async def conversation(request: Request, caller: Reader, conversation_id: UUID) -> wire.ConversationResponse:
    """Give a conversation with its messages."""
    return wire.conversation(await platform_of(request).research.conversation(caller, str(conversation_id)))


@router.delete("/{conversation_id}", status_code=204)
async def forget(request: Request, caller: Writer, conversation_id: UUID) -> None:
    """Remove a conversation with its messages."""
    await platform_of(request).research.forget(caller, str(conversation_id))


@router.post("/{conversation_id}/messages", status_code=201)
async def tell(
    request: Request, caller: Writer, conversation_id: UUID, wanted: wire.NewMessage
) -> wire.MessageResponse:
    """Ask a question; it is understood in the context of the conversation."""
    research = platform_of(request).research
    return wire.message(await research.tell(asking(request, caller), str(conversation_id), wanted.query))
