"""A whole utterance as one piece of work, for engines that cannot divide theirs."""

from collections.abc import Mapping

import numpy as np
from msgspec import msgpack

from voxhall.engines.protocols import Arrays

Wish = Mapping[str, str | float]


def piece_of(wish: Wish) -> Arrays:
    """Pack what is to be spoken."""
    return {"wish": np.frombuffer(msgpack.encode(wish), np.uint8)}


def wish_of(piece: Arrays) -> dict[str, str | float]:
    """Unpack it."""
    return msgpack.decode(piece["wish"].tobytes(), type=dict[str, str | float])
