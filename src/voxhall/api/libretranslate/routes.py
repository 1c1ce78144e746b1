"""Handlers of the LibreTranslate dialect; bodies are JSON or forms, the key is in them or in the header."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from voxhall.api.access import admitted, bearer, platform_of
from voxhall.api.bodies import read_fields, translation_limit, wished
from voxhall.api.libretranslate import wire
from voxhall.domain.record import Caller, Scope

router = APIRouter()

MISSING = "Invalid request: missing {} parameter"
"""In LibreTranslate's words."""


def _body(model: type[BaseModel]) -> dict[str, object]:
    schema = {"schema": model.model_json_schema()}
    content = {"application/json": schema, "application/x-www-form-urlencoded": schema}
    return {"requestBody": {"required": True, "content": content}}


@router.post("/translate", response_model_exclude_none=True, openapi_extra=_body(wire.TranslateRequest))
async def translate(request: Request) -> wire.TranslateResponse:
    """Translate a text, or several; `source` may be `auto`."""
    caller, fields = await _asked(request, Scope.WRITE)
    wish = wished(wire.TranslateRequest, fields, missing=MISSING)
    texts = [wish.q] if isinstance(wish.q, str) else wish.q
    translations = platform_of(request).translations
    source, target = _code(wish.source), _code(wish.target)
    guesses = await translations.guess(texts) if source == "auto" else None
    made = await translations.translate(caller, texts, source, target)
    return wire.answer(wish, made, guesses)


@router.post("/detect", openapi_extra=_body(wire.DetectRequest))
async def detect(request: Request) -> list[wire.Detected]:
    """Tell which languages a text may be in, the likeliest first."""
    _, fields = await _asked(request, Scope.WRITE)
    wish = wished(wire.DetectRequest, fields, missing=MISSING)
    [guesses] = await platform_of(request).translations.guess([wish.q])
    return [wire.detected(each) for each in guesses]


@router.get("/languages")
async def languages(request: Request) -> list[wire.Language]:
    """List the languages, and into which each can be translated."""
    await _asked(request, Scope.READ)
    targets = platform_of(request).translations.tongues.targets()
    return [wire.language(code, into) for code, into in targets.items()]


@router.get("/health")
async def health() -> wire.Health:
    """Tell that the server answers; needs no key."""
    return wire.Health()


async def _asked(request: Request, scope: Scope) -> tuple[Caller, dict[str, object]]:
    """Read a request's fields and let its caller in."""
    limit = translation_limit(platform_of(request).settings)
    fields = {**request.query_params, **await read_fields(request, limit=limit)}
    key = fields.get("api_key")
    return await admitted(request, (key if isinstance(key, str) and key else None) or bearer(request), scope), fields


def _code(language: str) -> str:
    """Give the code of a language that may be written with its script or country, as in zh-Hans."""
    return language.partition("-")[0].lower()
