"""API keys from the terminal; works on the database directly, with or without a running server."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voxhall.domain.record import Environment, KeyType, NewKey, Scope
from voxhall.ground import within
from voxhall.offices import open_keys

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(  # noqa: PLR0913 - each is an option
    *,
    account: Annotated[str, typer.Option(metavar="EMAIL", help="Whose key it is; the account is made if need be.")],
    name: Annotated[str, typer.Option(help="A name to recognise it by.")] = "key",
    scopes: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it may do; its type says what by default.")
    ] = None,
    key_type: Annotated[
        KeyType | None, typer.Option("--type", help="What it is made for; secret, or admin with that scope.")
    ] = None,
    environment: Annotated[Environment, typer.Option(help="Where it is used; for people to see.")] = Environment.LIVE,
    days: Annotated[float | None, typer.Option(min=0, help="Days until it expires; never by default.")] = None,
    ips: Annotated[
        list[str] | None, typer.Option("--ip", help="An address or network it may be used from; any by default.")
    ] = None,
    origins: Annotated[list[str] | None, typer.Option("--origin", help="A web origin whose pages may use it.")] = None,
) -> None:
    """Make a key and print it, once."""
    admin = Scope.ADMIN in (scopes or ())
    terms: NewKey = {
        "name": name,
        "key_type": key_type or (KeyType.ADMIN if admin else KeyType.SECRET),
        "environment": environment,
        "days": days,
        "allowed_ips": tuple(ips or ()),
        "allowed_origins": tuple(origins or ()),
    }
    if scopes:
        terms["scopes"] = frozenset(scopes)
    typer.echo(within(open_keys, lambda keys: keys.create(account, **terms)))


@app.command("list")
def show() -> None:
    """List all keys, without their secrets."""
    table = Table("id", "account", "name", "starts with", "type", "scopes", "made", "state", box=None)
    for key in within(open_keys, lambda keys: keys.all()):
        scopes = ", ".join(sorted(key.scopes))
        state = key.state(time.time())
        table.add_row(str(key.id), key.account, key.name, key.prefix, key.key_type, scopes, _day(key.created_at), state)
    Console().print(table)


@app.command()
def revoke(key_id: Annotated[int, typer.Argument(help="An id of `voxhall keys list`.")]) -> None:
    """Take a key's power away, at once and for good."""
    within(open_keys, lambda keys: keys.revoke(key_id))
    typer.echo(f"key {key_id} is revoked")


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
