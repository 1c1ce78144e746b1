"""Handlers of the local index: read the wire, ask one service, write the wire."""

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from voxhall.api.access import may_visit, platform_of
from voxhall.api.bodies import is_form, open_upload, read_json, validated
from voxhall.api.flux import wire_knowledge as wire
from voxhall.api.flux.routes import ERRORS
from voxhall.api.flux.wire import PageQuery
from voxhall.api.links import server_url
from voxhall.domain.document import Source
from voxhall.domain.record import Caller, Scope
from voxhall.pipelines.extract import LONGEST

router = APIRouter(prefix="/knowledge", responses=ERRORS)

Reader = Annotated[Caller, Depends(may_visit("flux", Scope.READ))]
Writer = Annotated[Caller, Depends(may_visit("flux", Scope.WRITE))]

JSON_BYTES = 64 * 1024
FORM_BYTES = LONGEST + 64 * 1024
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}, "shared": {"type": "boolean"}},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": wire.NewDocument.model_json_schema()},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}


@router.post("", status_code=201, openapi_extra=_BODY)
async def add(request: Request, caller: Writer) -> wire.DocumentResponse:
    """Add a page, a sitemap or the account's transcripts as JSON, or a file as a form; it is indexed by and by."""
    if is_form(request):
        upload = await open_upload(request, limit=FORM_BYTES)
        data = b"".join([chunk async for chunk in upload.chunks])
        shared = validated(wire.SharedField, upload.fields).shared
        source = Source("file", upload.filename or "document", data)
    else:
        wanted = validated(wire.NewDocument, await read_json(request, JSON_BYTES))
        source, shared = wanted.to_source(), wanted.shared
    made = await platform_of(request).knowledge.add(caller, source, shared=shared)
    return wire.document(made, server_url(request).geturl())


@router.get("")
async def documents(request: Request, caller: Reader, wanted: Annotated[PageQuery, Query()]) -> wire.DocumentList:
    """List what the account and everybody can find, the newest first."""
    total, found = await platform_of(request).knowledge.list(
        caller, limit=wanted.page_size, offset=(wanted.page - 1) * wanted.page_size
    )
    rows = [wire.document(each, server_url(request).geturl()) for each in found]
    return wire.DocumentList(documents=rows, total=total, page=wanted.page, page_size=wanted.page_size)


@router.get("/{document_id}", response_model=wire.DocumentText)
async def document(request: Request, caller: Reader, document_id: str) -> wire.DocumentText | Response:
    """Give a document with its text, to people as a page; what is found in the index leads here."""
    found, text = await platform_of(request).knowledge.read(caller, document_id)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(found.title, text), headers={"Content-Security-Policy": "default-src 'none'"})
    return wire.text(found, text, server_url(request).geturl())


@router.delete("/{document_id}", status_code=204)
async def remove(request: Request, caller: Writer, document_id: str) -> None:
    """Remove a document, and with a collection all that it holds."""
    await platform_of(request).knowledge.remove(caller, document_id)


def _page(title: str, text: str) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>\n" for each in text.split("\n\n"))
    head = f'<!doctype html>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
    return f"{head}<h1>{escape(title)}</h1>\n{paragraphs}"
