"""What an account may do with its webhooks."""

import json
import time

import pytest
from standardwebhooks import Webhook as Receiver

from hooked import FAIL, Hooked
from upstream import answer, silent_after
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Caller, Scope
from voxhall.domain.webhook import Webhook, WebhookChange
from voxhall.errors import AddressRefused, Conflict, InvalidInput, NotFound
from voxhall.jobs.webhooks import DELAYS
from voxhall.services import webhooks as module
from voxhall.stores.database import Database
from voxhall.stores.tables import deliveries


@pytest.fixture
async def stranger(database: Database) -> Caller:
    """Somebody with another account."""
    keys = Keys(database)
    return await keys.authenticate(await keys.create("other@example.com", name="k", scopes=frozenset(Scope)))


async def change(bench: Hooked, webhook: Webhook, **wanted: object) -> Webhook:
    """Change a webhook."""
    return await bench.hooks.change(bench.caller, webhook.id, WebhookChange(**wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/", "http://[fd00::1]:80/"])
async def test_addresses_of_private_networks_are_refused(bench: Hooked, url: str) -> None:
    """For a new webhook, and for one that there is."""
    with pytest.raises(AddressRefused) as refused:
        await bench.hooks.register(bench.caller, url)
    assert refused.value.param == "url"
    webhook = await bench.register()
    with pytest.raises(AddressRefused):
        await change(bench, webhook, url=url)
    assert (await bench.webhook(webhook)).url == bench.url


@pytest.mark.parametrize("url", ["ftp://example.com/", "example.com", "http://", "http://user:pass@example.com/", ""])
async def test_what_is_no_address_cannot_be_registered(bench: Hooked, url: str) -> None:
    """The sentence says what would be right."""
    with pytest.raises(InvalidInput) as refused:
        await bench.hooks.register(bench.caller, url)
    assert refused.value.param == "url"


async def test_a_name_that_is_not_known_yet_can_be_registered(bench: Hooked) -> None:
    """The receiver may come later."""
    webhook = await bench.hooks.register(bench.caller, "http://receiver.invalid/hook")
    assert webhook.status == "active"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64", "whsec_äöü"])
async def test_a_secret_that_no_receiver_could_use_is_refused(bench: Hooked, secret: str) -> None:
    """Rather than signing with something else."""
    with pytest.raises(InvalidInput, match="base64"):
        await bench.register(secret=secret)
    webhook = await bench.register(secret="good")
    with pytest.raises(InvalidInput, match="base64"):
        await change(bench, webhook, secret=secret)


async def test_ids_tell_nothing(bench: Hooked) -> None:
    """Neither how many there are nor which came first."""
    first, second = await bench.register(), await bench.register()
    assert first.id.startswith("wh_")
    assert len({*first.id[3:12]} | {*second.id[3:12]}) > 3
    assert first.id[3:12] != second.id[3:12]


async def test_nobody_sees_another_account_s_webhooks(bench: Hooked, stranger: Caller) -> None:
    """They are not found, whatever is wanted of them."""
    webhook = await bench.register()
    delivery = await bench.deliver()
    for wish in (
        bench.hooks.get(stranger, webhook.id),
        bench.hooks.change(stranger, webhook.id, WebhookChange(is_active=False)),
        bench.hooks.delete(stranger, webhook.id),
        bench.hooks.test(stranger, webhook.id),
        bench.hooks.deliveries(stranger, webhook.id, status=None, limit=10, offset=0, after=None),
        bench.hooks.replay(stranger, webhook.id, delivery.id),
    ):
        with pytest.raises(NotFound):
            await wish
    assert await bench.hooks.page(stranger, status=None, limit=10, offset=0, after=None) == (0, [])
    assert (await bench.webhook(webhook)).status == "active"


async def test_a_list_is_stable_while_it_grows(bench: Hooked) -> None:
    """A page begins after the last one that was seen, whatever has come since."""
    made = [await bench.register() for _ in range(5)]
    total, first = await bench.hooks.page(bench.caller, status=None, limit=2, offset=0, after=None)
    assert (total, [each.id for each in first]) == (5, [made[4].id, made[3].id])
    await bench.register()
    after = (first[-1].created_at, first[-1].id)
    total, rest = await bench.hooks.page(bench.caller, status=None, limit=10, offset=0, after=after)
    assert (total, [each.id for each in rest]) == (6, [each.id for each in reversed(made[:3])])
    _, skipped = await bench.hooks.page(bench.caller, status=None, limit=2, offset=4, after=None)
    assert [each.id for each in skipped] == [made[1].id, made[0].id]


async def test_a_list_can_be_of_one_status(bench: Hooked) -> None:
    """Paused ones, for example."""
    await bench.register()
    paused = await change(bench, await bench.register(), is_active=False)
    assert await bench.hooks.page(bench.caller, status="paused", limit=10, offset=0, after=None) == (1, [paused])


async def test_what_is_not_named_stays(bench: Hooked) -> None:
    """A change says only what shall be different."""
    webhook = await bench.hooks.register(bench.caller, bench.url, secret="s", name="n", description="d")
    assert webhook.updated_at is None
    changed = await change(bench, webhook, name="m", events=("*",))
    assert (changed.url, changed.name, changed.description) == (webhook.url, "m", "d")
    assert (changed.events, changed.secret, changed.status) == (("*",), webhook.secret, "active")
    assert changed.updated_at


async def test_an_empty_secret_ends_signing(bench: Hooked) -> None:
    """And a new one signs what is sent from then on."""
    webhook = await bench.register(secret="old")
    await change(bench, webhook, secret="new")
    await bench.deliver()
    Receiver(b"new").verify(bench.asked[-1].body, bench.asked[-1].headers)
    await change(bench, webhook, secret="")
    await bench.deliver()
    assert "webhook-signature" not in bench.asked[-1].headers


async def test_pausing_and_resuming(bench: Hooked) -> None:
    """What happens meanwhile is not told, and failures before count no more."""
    webhook = await bench.register()
    bench.answers[:] = (len(DELAYS) + 1) * [FAIL]
    await bench.deliver()
    await change(bench, webhook, is_active=False)
    heard = len(bench.asked)
    await bench.end()
    resumed = await change(bench, webhook, is_active=True)
    assert (resumed.status, resumed.given_up) == ("active", 0)
    await bench.deliver()
    assert len(bench.asked) == heard + 1


async def test_a_trial_tells_how_it_was_taken(bench: Hooked) -> None:
    """At once, signed like everything else, and counted nowhere."""
    webhook = await bench.register(secret="s")
    taken = await bench.hooks.test(bench.caller, webhook.id)
    assert (taken.status, taken.body, taken.error) == (200, "thanks", None)
    assert json.loads(bench.asked[0].body)["event"] == "webhook.test"
    Receiver(b"s").verify(bench.asked[0].body, bench.asked[0].headers)
    bench.answers[:] = [answer(503, b"later")]
    refused = await bench.hooks.test(bench.caller, webhook.id)
    assert (refused.status, refused.body, refused.error) == (503, "later", "the receiver answered 503")
    assert await bench.webhook(webhook) == webhook


async def test_a_trial_does_not_wait_for_ever(bench: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    monkeypatch.setattr("voxhall.jobs.posting.SECONDS", 0.2)
    webhook = await bench.register()
    bench.answers[:] = [silent_after(b"")]
    silent = await bench.hooks.test(bench.caller, webhook.id)
    assert (silent.status, silent.body) == (None, None)
    assert "too long" in (silent.error or "")


async def test_what_failed_can_be_replayed(bench: Hooked) -> None:
    """As a delivery of its own, of the same event, so that receivers can tell repetitions."""
    webhook = await bench.register()
    bench.answers[:] = (len(DELAYS) + 1) * [FAIL]
    failed = await bench.deliver()
    again = await bench.hooks.replay(bench.caller, webhook.id, failed.id)
    assert (again.status, again.event_id) == ("pending", failed.event_id)
    assert again.id != failed.id
    await bench.settle()
    assert len({asked.body for asked in bench.asked}) == 1
    total, log = await bench.hooks.deliveries(bench.caller, webhook.id, status=None, limit=1, offset=0, after=None)
    assert (total, [(each.id, each.status) for each in log]) == (2, [(again.id, "delivered")])
    found = await bench.hooks.deliveries(bench.caller, webhook.id, status="failed", limit=10, offset=0, after=None)
    assert found == (1, [failed])
    assert (await bench.webhook(webhook)).status == "active"


async def test_what_cannot_be_replayed(bench: Hooked) -> None:
    """What is still tried, what is unknown, and anything while the webhook is paused."""
    webhook = await bench.register()
    await bench.end()
    [pending] = await bench.log()
    with pytest.raises(Conflict):
        await bench.hooks.replay(bench.caller, webhook.id, pending.id)
    with pytest.raises(NotFound):
        await bench.hooks.replay(bench.caller, webhook.id, "del_0")
    await bench.settle()
    await change(bench, webhook, is_active=False)
    with pytest.raises(Conflict, match="is_active"):
        await bench.hooks.replay(bench.caller, webhook.id, pending.id)


async def test_an_account_has_so_many_webhooks_at_most(bench: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each event goes to all of them."""
    monkeypatch.setattr(module, "WEBHOOKS_AT_MOST", 2)
    await bench.register()
    await bench.register()
    with pytest.raises(Conflict, match="2 webhooks"):
        await bench.register()


async def test_the_log_is_not_kept_for_ever(bench: Hooked, database: Database) -> None:
    """What is still on its way stays."""
    await bench.register()
    await bench.deliver()
    await bench.end()
    old = time.time() - module.KEPT_SECONDS - 1
    async with database.write() as connection:
        await connection.execute(deliveries.update().values(created_at=old))
    await bench.hooks.sweep()
    assert [each.status for each in await bench.log()] == ["pending"]
