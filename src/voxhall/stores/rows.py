"""Rows as the dataclasses that they stand for."""

from typing import TypeVar

import msgspec
from sqlalchemy import Row

Kind = TypeVar("Kind")


def read(kind: type[Kind], row: Row[tuple[object, ...]], **instead: object) -> Kind:
    """Make one of a row, whose columns are called as the fields are; `instead` goes before the row's own values."""
    # the library's own names are not plain strings
    values = {f"{name}": value for name, value in row._asdict().items()}
    return msgspec.convert(values | instead, kind)
