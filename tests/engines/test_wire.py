"""Values survive the way to bytes and back by their type, and only data makes the journey."""

import socket
from typing import Any

import msgspec
import numpy as np
import pytest

from voxhall.domain.speech import SpeakerCount, Word
from voxhall.engines import wire
from voxhall.engines.protocols import Arrays, Diarizer, Recognition, Recognizer, VadFrames

SAMPLES = np.linspace(-1, 1, 512, dtype=np.float32)


def test_dataclasses_come_back_as_they_were() -> None:
    """Nested dataclasses and tuples are the same values again."""
    value = Recognition((Word("ሰላም", 0.5, 1.0, 0.25),), timed=True, language="am", language_probability=0.5)
    assert wire.decode(wire.encode(value), Recognition) == value


@pytest.mark.parametrize(
    "array",
    [
        SAMPLES,
        SAMPLES[::2],
        SAMPLES.reshape(2, 4, 64).T,
        np.zeros((0, 3), np.float16),
        np.array(7, np.int64),
        np.array([True, False]),
        np.array(["word", "ቃል"]),
    ],
    ids=["plain", "strided", "transposed", "empty", "scalar", "bool", "text"],
)
def test_arrays_keep_type_shape_and_values(array: np.ndarray[Any, Any]) -> None:
    """Whatever its layout in memory, an array arrives equal, aligned, contiguous and writable."""
    back = wire.decode(wire.encode(array), np.ndarray)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array, strict=True)
    assert back.flags.carray


def test_arrays_travel_within_other_values() -> None:
    """Arrays are found at any depth, with or without a declared type."""
    value = VadFrames(SAMPLES, {"h": SAMPLES.reshape(2, 256)})
    back = wire.decode(wire.encode(value), VadFrames)
    np.testing.assert_array_equal(back.probabilities, SAMPLES)
    untyped = wire.decode(wire.encode({"state": value.state}), dict)
    np.testing.assert_array_equal(untyped["state"]["h"], value.state["h"])


def test_numpy_numbers_become_plain_ones() -> None:
    """A number that numpy computed fits a field that is declared as float or int."""
    back = wire.decode(wire.encode(Word("word", np.float32(0.5), np.float64(1), 1)), Word)
    assert back == Word("word", 0.5, 1.0, 1.0)


@pytest.mark.parametrize("value", [object(), test_numpy_numbers_become_plain_ones, np.array([object()]), Word])
def test_only_data_is_written(value: object) -> None:
    """Objects, functions and classes are refused: there are no pickles."""
    with pytest.raises(TypeError):
        wire.encode(value)


def test_the_wrong_type_is_refused() -> None:
    """Bytes of one type are not read as another."""
    with pytest.raises(msgspec.DecodeError):
        wire.decode(wire.encode("text"), Word)
    with pytest.raises(msgspec.DecodeError):
        wire.decode(b"\xc1garbage", Word)


def test_arguments_go_by_position_and_by_name() -> None:
    """A method's arguments arrive with the types of its declaration and in the way it wants them."""
    method = wire.method_of(Recognizer, "recognize")
    args, kwargs = method.unpack(method.pack((SAMPLES,), {"language": "en", "keywords": ("Voxhall",)}))
    np.testing.assert_array_equal(args, [SAMPLES])
    assert kwargs == {"language": "en", "keywords": ("Voxhall",)}
    settle = wire.method_of(Diarizer, "settle")
    args, _ = settle.unpack(settle.pack(((), ({"x": SAMPLES},), SpeakerCount(2)), {}))
    assert args[0] == ()
    assert args[2] == SpeakerCount(2)


def test_nothing_may_be_optional() -> None:
    """A first block's missing state arrives as None, a later one's as arrays."""
    assert wire.decode(wire.encode(None), Arrays | None) is None
    assert set(wire.decode(wire.encode({"h": SAMPLES}), Arrays | None)) == {"h"}


def test_a_frame_cut_off_is_the_end() -> None:
    """Half a frame from a process that died is not taken for an answer."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(wire.LENGTH.pack(100) + b"half")
        with pytest.raises(EOFError):
            wire.receive(ours, wire.Reply)


def test_a_frame_longer_than_any_is_the_end() -> None:
    """A length that cannot be true does not make us allocate it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(wire.LENGTH.pack(wire.LONGEST_FRAME + 1))
        with pytest.raises(EOFError):
            wire.receive(ours, wire.Reply)
