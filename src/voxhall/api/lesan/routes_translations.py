"""Handlers of the Lesan dialect's translations, glossaries and memories."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import PlainTextResponse

from voxhall.api.access import admitted, bearer, may, platform_of, unprefixed
from voxhall.api.bodies import read_body, read_fields, translation_limit, wished
from voxhall.api.lesan import wire_translations as wire
from voxhall.domain.record import Caller, Scope
from voxhall.domain.translation import Book, Route
from voxhall.errors import InvalidInput
from voxhall.text.exchange import from_csv, from_tmx, to_csv, to_tmx

router = APIRouter()

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]
Code = Annotated[str | None, Query(min_length=2, max_length=40)]

FILE_BYTES = 64 * 2**20
"""Largest file of phrases."""

_SCHEMA = {"application/json": {"schema": wire.TranslationRequest.model_json_schema()}}


@router.post(
    "/translate/v1",
    response_model_exclude_none=True,
    openapi_extra={"requestBody": {"required": True, "content": _SCHEMA}},
)
async def translate(request: Request) -> wire.TranslationResponse:
    """Translate a text; the key is in the body or in the header."""
    platform = platform_of(request)
    fields = await read_fields(request, limit=translation_limit(platform.settings))
    key = fields.get("key")
    secret = unprefixed(key) if isinstance(key, str) else None
    caller = await admitted(request, secret or bearer(request), Scope.WRITE)
    # what the document calls missing may be empty, too
    given = {name: value for name, value in fields.items() if value}
    wish = wished(wire.TranslationRequest, given, missing="The '{}' field is required.", strict=True)
    [made] = await platform.translations.translate(caller, [wish.text], wish.src_lang, wish.tgt_lang)
    return wire.translated(made)


@router.post("/v1/translations", response_model_exclude_none=True)
async def translate_batch(
    request: Request, caller: Writer, wish: wire.BatchTranslationRequest
) -> wire.BatchTranslationResponse:
    """Translate several texts."""
    made = await platform_of(request).translations.translate(caller, wish.texts, wish.src_lang, wish.tgt_lang)
    return wire.BatchTranslationResponse(translations=[wire.translated(each) for each in made])


@router.get("/v1/translations/languages")
async def languages(request: Request, _: Reader) -> wire.TranslationLanguagesResponse:
    """Tell what can be translated here, and which models would add to it."""
    tongues = platform_of(request).translations.tongues
    return wire.TranslationLanguagesResponse(
        languages=[wire.language(code, targets) for code, targets in tongues.targets().items()],
        fetchable=[
            wire.FetchableResponse(model=each.name, megabytes=each.megabytes, licence=each.licence)
            for each in tongues.fetchable()
        ],
    )


@router.get("/v1/translations/{book}", response_model=wire.PhrasesResponse)
async def listed(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
    request: Request,
    caller: Reader,
    book: Book,
    src_lang: Code = None,
    tgt_lang: Code = None,
    form: Annotated[Literal["json", "tmx", "csv"], Query(alias="format")] = "json",
) -> wire.PhrasesResponse | Response:
    """Give the account's glossary or memory, or what it says on one route, as JSON, TMX or CSV."""
    found = await platform_of(request).phrasebook.listed(caller, book, _route(src_lang, tgt_lang))
    if form == "tmx":
        return PlainTextResponse(to_tmx(found), media_type="application/x-tmx+xml")
    if form == "csv":
        return PlainTextResponse(to_csv(found), media_type="text/csv")
    return wire.PhrasesResponse(data=[wire.phrase(each) for each in found], total=len(found))


@router.post("/v1/translations/{book}", status_code=201)
async def put(request: Request, caller: Writer, book: Book, phrase: wire.PhraseModel) -> wire.PhraseModel:
    """Add a term or a sentence, in the place of what was said of it before."""
    await platform_of(request).phrasebook.put(caller, book, [phrase.to_phrase()])
    return phrase


@router.post(
    "/v1/translations/{book}/import",
    openapi_extra={"requestBody": {"required": True, "content": {"application/x-tmx+xml": {}, "text/csv": {}}}},
)
async def imported(
    request: Request, caller: Writer, book: Book, form: Annotated[Literal["tmx", "csv"], Query(alias="format")]
) -> wire.ImportedResponse:
    """Add all phrases of a file; all or none."""
    body = await read_body(request, limit=FILE_BYTES)
    found = from_tmx(body) if form == "tmx" else from_csv(_decoded(body))
    return wire.ImportedResponse(imported=await platform_of(request).phrasebook.put(caller, book, found))


@router.delete("/v1/translations/{book}")
async def remove(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
    request: Request,
    caller: Writer,
    book: Book,
    src_lang: Code = None,
    tgt_lang: Code = None,
    source: Annotated[str | None, Query(min_length=1, max_length=2000)] = None,
) -> wire.RemovedResponse:
    """Remove a phrase, all of a route, or all of a book."""
    route = _route(src_lang, tgt_lang)
    if source is not None and route is None:
        raise InvalidInput("a phrase is removed from a route: src_lang and tgt_lang are needed", param="src_lang")
    return wire.RemovedResponse(removed=await platform_of(request).phrasebook.remove(caller, book, route, source))


def _route(source: str | None, target: str | None) -> Route | None:
    """Give a route where both ends are named; raises InvalidInput for one alone."""
    if (source is None) != (target is None):
        raise InvalidInput("src_lang and tgt_lang go together", param="tgt_lang" if source else "src_lang")
    return (source, target) if source and target else None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"byte {error.start} of the file is no UTF-8") from error
