"""Recordings as they arrive: raw bytes or multipart, streamed at flat memory, counted while they come."""

import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from voxhall.api.dialect import wrong_field
from voxhall.errors import EmptyBody, InvalidInput, MissingField, TooLarge
from voxhall.settings import Settings

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

Model = TypeVar("Model", bound=BaseModel)

FORM = b"multipart/form-data"
MAX_FIELDS = 64
"""Form fields accepted beside the file."""
MAX_FIELD_BYTES = 64 * 1024
"""Bytes accepted in one form field."""
MAX_HEADER_BYTES = 8 * 1024
"""Bytes accepted in the headers of one part."""

BYTES_PER_CHARACTER = 12
"""Of JSON that writes a character beyond the usual as two escapes."""
BEYOND = 2**16
"""Bytes of a body beside the text to translate."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording on its way in; `fields` is complete once `chunks` is exhausted."""

    chunks: AsyncIterator[bytes]
    filename: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


async def open_upload(request: Request, *, limit: int, part: str = "file") -> Upload:
    """Take the recording from a request, as its body or as the first file of the multipart field `part`.

    `limit` is the most bytes of body accepted. Raises TooLarge and InvalidInput, and so does reading.
    """
    if not is_form(request):
        _refuse_announced(request, limit)
        return Upload(_limited(request, limit))
    form = open_form(request, limit=limit, part=part)
    file = await form.first()
    if file is None:
        raise InvalidInput(f"the form has no field `{part}`; send the recording in it", param=part)
    return Upload(file.chunks, file.filename, form.fields)


def is_form(request: Request) -> bool:
    """Tell whether a request's body is a multipart form."""
    return _kind(request)[0] == FORM


def _kind(request: Request) -> tuple[bytes, dict[bytes, bytes]]:
    """Give the type of a request's body, and its parameters."""
    return parse_options_header(request.headers.get("content-type"))


def _refuse_announced(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than the {limit} bytes that are accepted")


async def _limited(request: Request, limit: int) -> AsyncIterator[bytes]:
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise _too_large(limit)
            yield chunk
    except ClientDisconnect as error:
        raise InvalidInput("the connection ended before the body was complete") from error


def open_form(request: Request, *, limit: int, part: str) -> "Form":
    """Take a multipart request apart: the files of the field `part`, and other fields; raises InvalidInput, TooLarge.

    `limit` is the most bytes of body accepted.
    """
    _refuse_announced(request, limit)
    kind, parameters = _kind(request)
    if kind != FORM:
        raise InvalidInput("the body should be multipart/form-data")
    return Form(_limited(request, limit), parameters.get(b"boundary", b""), part)


async def read_body(request: Request, *, limit: int) -> bytes:
    """Read a body of at most `limit` bytes; raises TooLarge, InvalidInput."""
    _refuse_announced(request, limit)
    return b"".join([chunk async for chunk in _limited(request, limit)])


async def read_json(request: Request, limit: int, empty: str = "the body is empty; send JSON") -> object:
    """Read a JSON body of at most `limit` bytes; raises EmptyBody saying `empty`, TooLarge, InvalidInput."""
    body = await read_body(request, limit=limit)
    if not body:
        raise EmptyBody(empty)
    return _parsed(body)


async def read_fields(request: Request, *, limit: int) -> dict[str, object]:
    """Read the fields of a JSON object or a form, whichever it is; none of an empty body.

    `limit` is the most bytes of body accepted. Raises TooLarge, InvalidInput.
    """
    kind, _ = _kind(request)
    if kind == FORM:
        form = open_form(request, limit=limit, part="file")
        async for _ in form.files():
            pass
        return dict(form.fields)
    body = await read_body(request, limit=limit)
    if kind == b"application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
        except ValueError as error:
            raise InvalidInput("the body is no form of UTF-8 text") from error
    found = _parsed(body) if body.strip() else {}
    if not isinstance(found, dict):
        raise InvalidInput("the body should be a JSON object")
    return found


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the body is no JSON") from error


def validated(kind: type[Model], values: object) -> Model:
    """Read values that came otherwise than as FastAPI reads them; raises what it would."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def wished(kind: type[Model], values: object, *, missing: str | None = None, strict: bool | None = None) -> Model:
    """Read values for a dialect whose document names no 422; raises InvalidInput, and MissingField saying `missing`."""
    try:
        return kind.model_validate(values, strict=strict)
    except ValidationError as error:
        raise refused(error.errors()[0], missing) from error


def refused(wrong: Mapping[str, Any], missing: str | None = None) -> InvalidInput:
    """Make an error of ours of one of a validation; `missing` is what is said of a field that was not sent."""
    name, message = wrong_field(wrong)
    if wrong["type"] == "missing":
        return MissingField(missing.format(name) if missing else message, param=name)
    return InvalidInput(message, param=name or None)


def translation_limit(settings: Settings) -> int:
    """Give the bytes of the largest body that asks for a translation."""
    return settings.max_translation_characters * BYTES_PER_CHARACTER + BEYOND


@dataclass(frozen=True, slots=True)
class File:
    """One file of a form; its bytes must be read before the next file's."""

    filename: str | None
    chunks: AsyncIterator[bytes]


class Form:
    """A multipart body as it arrives; `fields` is complete once all files have been read."""

    def __init__(self, body: AsyncIterator[bytes], boundary: bytes, part: str) -> None:
        self.fields: dict[str, str] = {}
        self._body = body
        self._parts = _Parts(self.fields, part)
        try:
            self._parser = MultipartParser(boundary, self._parts.callbacks())
        except FormParserError as error:
            raise InvalidInput("the multipart body has no boundary") from error

    async def files(self) -> AsyncIterator[File]:
        """Give the files one after another; what is not read of one is skipped. Raises InvalidInput."""
        while (event := await self._next()) is not None:
            if isinstance(event, _Begin):
                file = File(event.filename, self._chunks())
                yield file
                async for _ in file.chunks:
                    pass

    async def first(self) -> File | None:
        """Give the first file, after whose chunks all of the form has been read; None where there is none."""
        files = self.files()
        file = await anext(files, None)
        return file and File(file.filename, _whole(file.chunks, files))

    async def _chunks(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next(), bytes):
            yield event

    async def _next(self) -> "_Event | None":
        """Give what the parser has seen next; None at the end."""
        try:
            while not self._parts.events:
                chunk = await anext(self._body, None)
                if chunk is None:
                    self._parser.finalize()
                    return None
                self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidInput("the multipart body is broken") from error
        return self._parts.events.popleft()


async def _whole(chunks: AsyncIterator[bytes], others: AsyncIterator[File]) -> AsyncIterator[bytes]:
    """Give the bytes of a file, and read the others after it."""
    async for chunk in chunks:
        yield chunk
    async for _ in others:
        continue


@dataclass(frozen=True, slots=True)
class _Begin:
    """A file begins."""

    filename: str | None


class _End:
    """A file ends."""


_Event = _Begin | bytes | _End


class _Parts:
    """What the multipart parser has seen so far."""

    def __init__(self, fields: dict[str, str], part: str) -> None:
        self.events: deque[_Event] = deque()
        self._wanted = part
        self._fields = fields
        self._header = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._is_file = False

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser is to call."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header,
            "on_header_value": self._on_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._value = bytearray()
        self._name, self._is_file = "", False

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._bounded(self._header, MAX_HEADER_BYTES)

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bounded(self._value, MAX_HEADER_BYTES)

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        _, parameters = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = _text(parameters.get(b"name", b""))
        self._is_file = self._name == self._wanted
        if self._is_file:
            self.events.append(_Begin(_text(parameters.get(b"filename", b"")) or None))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.events.append(data[start:end])
            return
        self._value += data[start:end]
        self._bounded(self._value, MAX_FIELD_BYTES)

    def _end(self) -> None:
        if self._is_file:
            self.events.append(_End())
            return
        self._fields[self._name] = _text(self._value)
        if len(self._fields) > MAX_FIELDS:
            raise InvalidInput(f"the form has more than {MAX_FIELDS} fields")

    @staticmethod
    def _bounded(value: bytearray, limit: int) -> None:
        if len(value) > limit:
            raise InvalidInput(f"a form field or its header is larger than {limit} bytes")


def _text(data: bytes | bytearray) -> str:
    """Read text; what is none is replaced, NUL included, which PostgreSQL keeps in no text."""
    return data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
