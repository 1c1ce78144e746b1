"""Runs the server in this process."""

import asyncio
import signal
import socket

import uvicorn

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
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES,
            # sound does not become smaller by it
            ws_per_message_deflate=False,
        )
        # the server raises the signal that stopped it once more; by then it has done its work
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await uvicorn.Server(config).serve(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Misconfigured(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
