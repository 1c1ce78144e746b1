"""What belongs to no dialect: the root, health over everything, signed objects, the merged specification."""

from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel

from voxhall import __version__
from voxhall.api.access import platform_of
from voxhall.api.bodies import open_upload
from voxhall.api.dialect import Dialect
from voxhall.api.guides import guides, summary_of, title_of
from voxhall.api.health import Facts, facts
from voxhall.api.links import server_url

router = APIRouter()

PATHS = frozenset({"/", "/health", "/ready", "/docs", "/openapi.json", "/llms.txt", "/llms-full.txt"})
PREFIXES = ("/objects", "/assets")


class Root(BaseModel):
    """What this server is and where to go."""

    name: str
    version: str
    docs: str
    endpoints: dict[str, str]


class Health(Facts):
    """Whether the service works: the union of what all dialects ask for."""

    status: Literal["ok", "degraded", "unhealthy"]
    model: str
    gateway: str
    cohere_ready: bool
    tavily_ready: bool
    database: bool
    storage: bool
    queue_length: int
    engines: dict[str, list[str]]


class Ready(BaseModel):
    """Whether work sent now would be done."""

    ready: bool


@router.get("/", response_model=None)
async def index(request: Request) -> Root | Response:
    """Tell programs what this server is; lead browsers to the documentation."""
    base = server_url(request).geturl()
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{base}/docs")
    endpoints = {
        "health": "/health",
        "submit": "/submit",
        "transcriptions": "/transcriptions",
        "voices": "/vui/voices",
        "speech": "/vui/v1/tts",
        "search": "/search",
        "answer": "/answer",
        "spec": "/openapi.json",
    }
    return Root(name="Voxhall", version=__version__, docs=f"{base}/docs", endpoints=endpoints)


@router.get("/health")
async def health(request: Request) -> Health:
    """Tell whether the service works; needs no key, and answers while every worker is busy."""
    platform = platform_of(request)
    state, found = await facts(request)
    return Health(
        **found.model_dump(),
        status=state.status,
        model=state.model,
        gateway=server_url(request).netloc,
        cohere_ready=platform.research.cohere_ready,
        tavily_ready=platform.research.tavily_ready,
        database=state.database,
        storage=state.storage,
        queue_length=state.queue_length,
        engines=state.engines,
    )


@router.get("/ready")
async def ready(request: Request, response: Response) -> Ready:
    """Tell whether work sent now would be done; 503 when not."""
    state = await platform_of(request).health()
    if state.status == "unhealthy":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Ready(ready=state.status != "unhealthy")


@router.get("/llms.txt", include_in_schema=False)
async def llms(request: Request) -> PlainTextResponse:
    """List the documentation, for programs that read it."""
    base = server_url(request).geturl()
    listed = "".join(f"- [{title_of(t)}]({base}/guides/{name}): {summary_of(t)}\n" for name, t in guides().items())
    return PlainTextResponse(
        f"# Voxhall\n\n> One self-hosted voice AI server.\n\n"
        f"- [All of it in one file]({base}/llms-full.txt)\n- [OpenAPI]({base}/openapi.json)\n\n## Guides\n\n{listed}"
    )


@router.get("/llms-full.txt", include_in_schema=False)
async def llms_full(request: Request) -> PlainTextResponse:
    """Give all guides, and a line for every call, for programs that read documentation."""
    calls = [
        f"- `{method.upper()} {path}`: {call.get('description') or call.get('summary', '')}"
        for path, methods in request.app.openapi()["paths"].items()
        for method, call in methods.items()
    ]
    return PlainTextResponse("\n\n".join([*guides().values(), "# Calls\n\n" + "\n".join(calls)]) + "\n")


@router.get("/objects/{key:path}", include_in_schema=False)
@router.head("/objects/{key:path}", include_in_schema=False)
async def stored_object(
    request: Request, key: str, expires: Annotated[int, Query()], signature: str, filename: str
) -> FileResponse:
    """Send a stored object to whoever holds a signed link; ranges included."""
    path = platform_of(request).signer.resolve(key, expires=expires, signature=signature, filename=filename)
    return FileResponse(path, filename=filename, content_disposition_type="inline")


@router.put("/objects/{key:path}", include_in_schema=False)
async def send_object(
    request: Request, key: str, expires: Annotated[int, Query()], signature: str, most: Annotated[int, Query(ge=1)]
) -> Response:
    """Take an upload from whoever holds a signed link for it."""
    platform = platform_of(request)
    platform.signer.check_upload(key, expires=expires, signature=signature, most=most)
    size = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal size
        async for chunk in (await open_upload(request, limit=most)).chunks:
            size += len(chunk)
            yield chunk

    await platform.objects.put(key, counted())
    await platform.uploads.arrived(key, size)
    return Response()


dialect = Dialect(name="root", title="Voxhall", router=router)


def merge_specs(top: FastAPI, applications: Iterable[tuple[FastAPI, str]]) -> None:
    """Let the root's OpenAPI document describe every dialect's paths; the root's own win where they meet.

    Each application comes with what stands before its paths.
    """
    own = top.openapi

    def merged() -> dict[str, object]:
        if top.openapi_schema is None:
            spec = own()
            for app, prefix in applications:
                other = app.openapi()
                paths = {prefix + path: methods for path, methods in other["paths"].items()}
                spec["paths"] = {**paths, **spec["paths"]}
                schemas = spec.setdefault("components", {}).setdefault("schemas", {})
                schemas.update(
                    {k: v for k, v in other.get("components", {}).get("schemas", {}).items() if k not in schemas}
                )
            top.openapi_schema = spec
        return dict(top.openapi_schema)

    top.openapi = merged  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
