"""Asks a server of the operator's for JSON, within bounds; what goes wrong is said in our own errors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar

import httpx2
import msgspec

from voxhall.errors import UpstreamFailed, UpstreamLimited, UpstreamTimeout

Kind = TypeVar("Kind")

LARGEST = 4 * 2**20
"""Bytes of an answer."""


class Service:
    """One server; opened by whoever makes it, and closed with `close`."""

    def __init__(self, name: str, base_url: str, *, seconds: float, headers: Mapping[str, str] | None = None) -> None:
        """`name` is what errors call it."""
        self.name = name
        self._client = httpx2.AsyncClient(base_url=base_url.rstrip("/") + "/", headers=headers, timeout=seconds)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def get(self, path: str, kind: type[Kind], params: Mapping[str, str | int]) -> Kind:
        """Ask for something; raises UpstreamFailed, UpstreamLimited, UpstreamTimeout."""
        return await self._ask(self._client.build_request("GET", path, params=dict(params)), kind)

    async def post(self, path: str, kind: type[Kind], body: Mapping[str, object]) -> Kind:
        """Ask for something by a JSON body; raises what `get` raises."""
        return await self._ask(self._client.build_request("POST", path, json=dict(body)), kind)

    async def _ask(self, request: httpx2.Request, kind: type[Kind]) -> Kind:
        try:
            response = await self._client.send(request, stream=True)
            try:
                data = await self._read(response)
            finally:
                await response.aclose()
        except httpx2.TimeoutException:
            raise UpstreamTimeout(f"{self.name} takes too long to answer") from None
        except httpx2.HTTPError as error:
            raise UpstreamFailed(f"{self.name} cannot be reached, or broke off ({type(error).__name__})") from None
        try:
            return msgspec.json.decode(data, type=kind)
        except (ValueError, RecursionError):  # no UTF-8 and boundless nesting are not DecodeErrors
            raise UpstreamFailed(f"what {self.name} answers is not understood") from None

    async def _read(self, response: httpx2.Response) -> bytes:
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise UpstreamLimited(f"{self.name} asks to slow down")
        if response.status_code != HTTPStatus.OK:
            raise UpstreamFailed(f"{self.name} answers {response.status_code}")
        data = bytearray()
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > LARGEST:
                raise UpstreamFailed(f"{self.name} answers with more than {LARGEST} bytes")
        return bytes(data)
