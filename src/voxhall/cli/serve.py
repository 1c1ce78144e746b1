"""Runs the server in this process."""

import asyncio
import signal
import socket

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from voxhall.api.lesan.wire import told
from voxhall.api.server import create_server
from voxhall.app import open_platform
from voxhall.errors import Misconfigured
from voxhall.log import configure_logging
from voxhall.settings import Settings

BACKLOG = 2048
MESSAGE_BYTES = 2**20
"""Longest message that a WebSocket's client may send."""
GRACE_SECONDS = 5
"""How long open requests may take to end when the server is told to stop."""


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; raises Misconfigured when it cannot."""
    configure_logging(settings)
    with _listen(settings) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"Voxhall is starting on http://{shown}:{port}", flush=True)  # noqa: T201 - for the person who started it
        loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(_serve(settings, listener))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    base = str(settings.public_url or "").rstrip("/")
    async with open_platform(settings, lambda record, result: told(record, result, base)) as platform:
        config = uvicorn.Config(
            create_server(platform),
            log_config=None,
            access_log=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
            ws=_sockets(settings.live_idle_seconds),
            ws_max_size=MESSAGE_BYTES,
            # while sound is taken in more slowly than it comes, answers to pings wait behind it
            ws_ping_timeout=None,
            # sound does not become smaller by it
            ws_per_message_deflate=False,
        )
        # the server raises the signal that stopped it once more; by then it has done its work
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await uvicorn.Server(config).serve(sockets=[listener])


def _sockets(patience: float) -> type[WebSocketsSansIOProtocol]:
    """Give WebSockets that let go of a peer that has read or acknowledged nothing for so many seconds.

    Closing a connection waits for what is still to be sent, however long nobody reads it. Pings are sent all the time,
    so that a peer that has silently gone is noticed too. Where the system has no such timer, only it ends connections.
    """

    class Sockets(WebSocketsSansIOProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                opened = transport.get_extra_info("socket")
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(patience * 1000))

    return Sockets


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Misconfigured(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
