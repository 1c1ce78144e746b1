"""Sends one event to one address, signed in both ways that receivers know."""

import base64
import binascii
import hashlib
import hmac
import json
import time

from voxhall import __version__
from voxhall.domain.webhook import Attempt
from voxhall.errors import InvalidInput, VoxhallError
from voxhall.net.guard import Guarded
from voxhall.text.times import iso_utc

AGENT = f"Voxhall-Webhooks/{__version__}"
SECONDS = 10.0
"""In which a receiver has to answer."""
KEPT_BYTES = 2048
"""Of an answer, for the log."""
STANDARD = "whsec_"
"""What secrets begin with that are base64, as Standard Webhooks has it."""


def payload(event_id: str, event: str, event_at: float, data: object) -> bytes:
    """Give what is sent."""
    content = {"id": event_id, "event": event, "created_at": iso_utc(event_at), "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signing_key(secret: str) -> bytes:
    """Give the bytes with which Standard Webhooks signs; raises InvalidInput."""
    if not secret.startswith(STANDARD):
        return secret.encode()
    text = secret.removeprefix(STANDARD)
    try:
        # receivers take it without padding too
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise InvalidInput(f"a secret that begins with {STANDARD} goes on in base64; this one does not", param="secret")
    return key


def sign(secret: str, event_id: str, moment: int, body: bytes) -> dict[str, str]:
    """Give the headers that prove who sent this, and when."""
    own = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    standard = hmac.digest(signing_key(secret), f"{event_id}.{moment}.".encode() + body, "sha256")
    return {
        "X-Webhook-Signature": f"t={moment},v1={own}",
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
    }


async def post(guarded: Guarded, url: str, event_id: str, body: bytes, *, secret: str | None) -> Attempt:
    """Send it, and tell how it was taken; a redirect is not followed, for it may lead to somebody else."""
    moment = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(moment),
    }
    if secret:
        headers |= sign(secret, event_id, moment, body)
    began = time.perf_counter()
    status = text = None
    try:
        answer = await guarded.request("POST", url, content=body, headers=headers, seconds=SECONDS, limit=KEPT_BYTES)
        status, error = answer.status, _complaint(answer.status)
        # PostgreSQL keeps no zero characters
        text = answer.body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    except VoxhallError as failure:
        error = failure.message
    return Attempt(status, text, error, round(1000 * (time.perf_counter() - began)))


def _complaint(status: int) -> str | None:
    """Say why an answer is not the right one; None where it is."""
    if 200 <= status < 300:  # noqa: PLR2004 - all that mean success
        return None
    hint = "; redirects are not followed" if 300 <= status < 400 else ""  # noqa: PLR2004 - all that redirect
    return f"the receiver answered {status}{hint}"
