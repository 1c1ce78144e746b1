"""Addresses that lead back to this server, and signed links to what it keeps."""

from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from voxhall.api.access import platform_of


def server_url(connection: HTTPConnection) -> SplitResult:
    """Give the server's address as the operator set it, or as this caller sees it."""
    public = platform_of(connection).settings.public_url
    return urlsplit(str(public or f"{connection.url.scheme}://{connection.url.netloc}").rstrip("/"))


def base_url(connection: HTTPConnection) -> str:
    """Give the address that this caller uses as base, a dialect's mount included."""
    return server_url(connection).geturl() + str(connection.scope.get("root_path", ""))


async def object_link(connection: HTTPConnection, key: str | None, filename: str) -> str | None:
    """Sign a link to a stored object; None where there is none."""
    if key is None:
        return None
    return await platform_of(connection).link(key, server_url(connection).geturl(), filename)
