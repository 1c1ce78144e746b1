"""Webhooks that an account owns: registered, looked after, tried out, and what was delivered to them."""

import time
from contextlib import suppress
from uuid import uuid4

from voxhall.domain.record import Caller
from voxhall.domain.webhook import (
    DEFAULT_EVENTS,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookChange,
    WebhookStatus,
)
from voxhall.errors import AddressRefused, Conflict, InvalidInput, NotFound, UpstreamFailed, UpstreamTimeout
from voxhall.jobs.posting import payload, post, signing_key
from voxhall.jobs.queue import Queue
from voxhall.jobs.webhooks import enqueue
from voxhall.net.guard import Guarded
from voxhall.stores import webhooks as table
from voxhall.stores.database import Database
from voxhall.stores.seal import Seal
from voxhall.stores.webhooks import Place

KEPT_SECONDS = 30 * 86400.0
"""How long the log of deliveries is kept."""
TEST_EVENT = "webhook.test"
"""Unlike every event of a job, so that no receiver takes a trial for one."""
WEBHOOKS_AT_MOST = 100
"""Of one account: each event goes to all of them."""


class Webhooks:
    """The service that API asks."""

    def __init__(self, database: Database, queue: Queue, guarded: Guarded, seal: Seal) -> None:
        self._database = database
        self._queue = queue
        self._guarded = guarded
        self._seal = seal

    async def check_url(self, url: str, *, param: str = "url") -> None:
        """Refuse an address to which nothing would ever be sent; raises InvalidInput, AddressRefused."""
        try:
            # a name that is not known yet, or not at this moment, may be when something is sent
            with suppress(UpstreamFailed, UpstreamTimeout):
                await self._guarded.check(url)
        except AddressRefused as error:
            raise AddressRefused(error.message, param=param) from None
        except InvalidInput as error:
            raise InvalidInput(error.message, param=param) from None

    async def register(  # noqa: PLR0913 - each says something else about it
        self,
        caller: Caller,
        url: str,
        *,
        events: tuple[str, ...] = DEFAULT_EVENTS,
        secret: str | None = None,
        name: str | None = None,
        description: str | None = None,
    ) -> Webhook:
        """Have an address told of the account's jobs; raises InvalidInput, AddressRefused, Conflict."""
        await self.check_url(url)
        webhook_id = f"wh_{uuid4().hex}"
        webhook = Webhook(
            id=webhook_id,
            account_id=caller.account_id,
            url=url,
            events=events,
            name=name,
            description=description,
            secret=self._sealed(webhook_id, secret),
            created_at=time.time(),
        )
        async with self._database.write() as connection:
            if len(await table.of_account(connection, caller.account_id)) >= WEBHOOKS_AT_MOST:
                raise Conflict(f"an account has {WEBHOOKS_AT_MOST} webhooks at most; delete one first")
            await table.insert_row(connection, webhook)
        return webhook

    async def get(self, caller: Caller, webhook_id: str) -> Webhook:
        """Find one; raises NotFound for those of other accounts too."""
        async with self._database.read() as connection:
            webhook = await table.find(connection, caller.account_id, webhook_id)
        if webhook is None:
            raise NotFound(f"there is no webhook {webhook_id[:40]!r}")
        return webhook

    async def page(
        self, caller: Caller, *, status: WebhookStatus | None, limit: int, offset: int, after: Place | None
    ) -> tuple[int, list[Webhook]]:
        """Give how many the account has, and some of them, the newest first."""
        async with self._database.read() as connection:
            return await table.page(
                connection, caller.account_id, status=status, limit=limit, offset=offset, after=after
            )

    async def change(self, caller: Caller, webhook_id: str, wanted: WebhookChange) -> Webhook:
        """Change one, pause or resume it; raises NotFound, InvalidInput, AddressRefused."""
        await self.get(caller, webhook_id)
        given = {"url": wanted.url, "events": wanted.events, "name": wanted.name, "description": wanted.description}
        values: dict[str, object] = {name: value for name, value in given.items() if value is not None}
        if wanted.url is not None:
            await self.check_url(wanted.url)
        if wanted.secret is not None:
            values["secret"] = self._sealed(webhook_id, wanted.secret)
        if wanted.is_active is not None:
            values |= {"status": "active" if wanted.is_active else "paused", "given_up": 0}
        async with self._database.write() as connection:
            await table.change(connection, webhook_id, {**values, "updated_at": time.time()})
        return await self.get(caller, webhook_id)

    async def delete(self, caller: Caller, webhook_id: str) -> None:
        """Remove one with its log, and what is on its way there; raises NotFound."""
        await self.get(caller, webhook_id)
        async with self._database.write() as connection:
            await table.remove(connection, webhook_id)

    async def test(self, caller: Caller, webhook_id: str) -> Attempt:
        """Send a trial at once and tell how it was taken; it is not counted, and works while paused too."""
        webhook = await self.get(caller, webhook_id)
        event_id = f"evt_{uuid4().hex}"
        data = {"object": "webhook_test", "webhook_id": webhook.id, "message": "This is a test of your webhook."}
        body = payload(event_id, TEST_EVENT, time.time(), data)
        secret = None if webhook.secret is None else self._seal.open(webhook.secret, owner=webhook.id)
        return await post(self._guarded, webhook.url, event_id, body, secret=secret)

    async def deliveries(  # noqa: PLR0913 - whose, which, and where in them
        self,
        caller: Caller,
        webhook_id: str,
        *,
        status: DeliveryStatus | None,
        limit: int,
        offset: int,
        after: Place | None,
    ) -> tuple[int, list[Delivery]]:
        """Give how many deliveries a webhook has, and some of them, the newest first; raises NotFound."""
        await self.get(caller, webhook_id)
        async with self._database.read() as connection:
            return await table.log_page(connection, webhook_id, status=status, limit=limit, offset=offset, after=after)

    async def replay(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        """Deliver an event once more, under its own id; raises NotFound, and Conflict while it is on its way."""
        webhook = await self.get(caller, webhook_id)
        async with self._database.write() as connection:
            earlier = await table.find_delivery(connection, webhook.id, delivery_id)
            if earlier is None:
                raise NotFound(f"this webhook has no delivery {delivery_id[:40]!r}")
            if earlier.status == "pending":
                raise Conflict("this delivery is still tried; it can be replayed once it has ended")
            if webhook.status == "paused":
                raise Conflict("this webhook is paused; resume it first, with is_active: true")
            now = time.time()
            again = Delivery(
                id=f"del_{uuid4().hex}",
                account_id=earlier.account_id,
                webhook_id=earlier.webhook_id,
                url=earlier.url,
                event_id=earlier.event_id,
                event=earlier.event,
                event_at=earlier.event_at,
                about=earlier.about,
                created_at=now,
                next_attempt_at=now,
            )
            await enqueue(connection, self._queue, again)
        return again

    async def sweep(self) -> None:
        """Forget what was delivered long ago."""
        async with self._database.write() as connection:
            await table.forget_before(connection, time.time() - KEPT_SECONDS)

    def _sealed(self, webhook_id: str, secret: str | None) -> bytes | None:
        """Seal a secret; an empty one is none. Raises InvalidInput."""
        if not secret:
            return None
        signing_key(secret)
        return self._seal.close(secret, owner=webhook_id)
