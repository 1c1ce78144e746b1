"""Whose documents a search goes through: an account's own, and those that everybody finds."""

SHARED = "all"
"""The scope of what everybody finds."""
ACCOUNT = "a"
"""Begins the scope of an account, before its id."""


def scope_of(account_id: int | None) -> str:
    """Name the scope of an account; of none, that of what is shared."""
    return SHARED if account_id is None else f"{ACCOUNT}{account_id}"


def account_of(scope: str) -> int | None:
    """Give the account whose scope it is; None for what is shared."""
    return None if scope == SHARED else int(scope.removeprefix(ACCOUNT))
