"""What is sent can be verified by its receiver, and what it answers is noted."""

import json

import pytest
from standardwebhooks import Webhook as Receiver

from hooked import STANDARD, Hooked, verify
from upstream import answer


@pytest.mark.parametrize("secret", [STANDARD, "geheim: ሰላም"])
async def test_receivers_can_verify_who_sent_it(bench: Hooked, secret: str) -> None:
    """By hand, and with the library that everybody uses."""
    await bench.register(secret=secret)
    await bench.deliver()
    [asked] = bench.asked
    verify(asked, secret)
    key = secret if secret == STANDARD else secret.encode()
    assert Receiver(key).verify(asked.body, asked.headers) == json.loads(asked.body)


async def test_without_a_secret_nothing_is_signed(bench: Hooked) -> None:
    """But everything is numbered and dated."""
    await bench.register()
    delivery = await bench.deliver()
    [asked] = bench.asked
    assert {name for name in asked.headers if "signature" in name} == set()
    assert asked.headers["webhook-id"] == delivery.event_id
    assert asked.headers["webhook-timestamp"].isdigit()


async def test_a_long_answer_is_cut(bench: Hooked) -> None:
    """Enough to see what was wrong; bytes that are no text do no harm."""
    await bench.register()
    bench.answers[:] = [answer(200, b"\0\xff" + 5000 * b"x")]
    body = (await bench.deliver()).response_body or ""
    assert body.startswith("��xxx")
    assert len(body) == 2048
