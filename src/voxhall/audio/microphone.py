"""Microphones of this machine, through PortAudio, each used in a process of its own.

PortAudio looks at the devices once per process and its drivers write to standard error, may hang and may crash: all
of that stays in a process that can be ended. Without PortAudio there are no devices.
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from voxhall.audio.pcm import BYTES, SAMPLE_RATE, Samples, from_pcm
from voxhall.audio.resample import Resampler
from voxhall.errors import InvalidInput, MicrophoneUnavailable

SECONDS = 10.0
"""That listing the devices, or opening one, may take."""
BLOCK = 0.1
"""Seconds of sound that are read at once."""
MISSING = "PortAudio is not installed here; `make system` installs it, or send a recording instead"


@dataclass(frozen=True, slots=True)
class Device:
    """Something that sound comes in by."""

    index: int
    """PortAudio's."""
    name: str
    channels: int
    """That it can record."""
    sample_rate: int
    """Hertz, its usual one."""
    default: bool = False


async def devices() -> tuple[Device, ...] | None:
    """Give the devices that can record; None where there is no PortAudio."""
    async with _process("list") as stdout:
        try:
            async with asyncio.timeout(SECONDS):
                found = json.loads(await stdout.read() or b"[]")
        except (TimeoutError, ValueError):
            found = []
    return None if found is None else tuple(Device(**each) for each in found)


async def choose(device: int | str | None) -> int | None:
    """Find a microphone by number or name; raises MicrophoneUnavailable, InvalidInput."""
    known = await devices()
    if known is None:
        raise MicrophoneUnavailable(MISSING)
    if not known:
        raise MicrophoneUnavailable("there is no microphone here; send a recording instead")
    if device is None:
        return None
    wanted = str(device).strip().lower()
    for each in known:
        if wanted == str(each.index) or wanted == each.name.lower():
            return each.index
    listed = ", ".join(f"{each.index} ({each.name})" for each in known)
    raise InvalidInput(f"there is no input device {device!r}; there are: {listed}", param="device")


@asynccontextmanager
async def open_microphone(device: int | None, rate: int) -> AsyncIterator[AsyncGenerator[Samples]]:
    """Record from a device, the system's default where it is None; raises MicrophoneUnavailable.

    The generator gives mono samples at 16 kHz as they are heard, without end; `rate` in Hertz is what the device is
    asked for, and where it cannot, its usual one is taken. It raises MicrophoneUnavailable when the device goes away.
    """
    async with _process("record", "" if device is None else str(device), str(rate)) as stdout:
        try:
            async with asyncio.timeout(SECONDS):
                first = json.loads(await stdout.readline() or b'{"error": "its driver crashed"}')
        except (TimeoutError, ValueError):
            first = {"error": "it does not answer"}
        if "error" in first:
            raise MicrophoneUnavailable(f"the microphone cannot be opened: {first['error']}")
        yield _recorded(stdout, int(first["rate"]))


async def _recorded(stdout: asyncio.StreamReader, rate: int) -> AsyncGenerator[Samples]:
    resampler = Resampler(rate, SAMPLE_RATE, 1)
    size = int(rate * BLOCK) * BYTES
    with suppress(asyncio.IncompleteReadError):
        while True:
            yield resampler.push(from_pcm(await stdout.readexactly(size))[None])[0]
    raise MicrophoneUnavailable("the microphone was disconnected, or its driver failed")


@asynccontextmanager
async def _process(*arguments: str) -> AsyncIterator[asyncio.StreamReader]:
    """Run this module on its own until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout  # noqa: S101 - asked for
    try:
        yield process.stdout
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        # a full pipe would keep the process from being seen to end
        while await process.stdout.read(1 << 16):
            pass
        await process.wait()


def main() -> None:
    """List the devices as JSON, or write a line that says the rate, and then s16le samples, until ended."""
    try:
        import sounddevice  # noqa: PLC0415 - fails where PortAudio is not installed
    except OSError:
        sys.stdout.write("null" if sys.argv[1] == "list" else json.dumps({"error": MISSING}) + "\n")
        return
    if sys.argv[1] == "list":
        default = sounddevice.default.device[0]
        found = [
            Device(
                index=number,
                name=each["name"],
                channels=each["max_input_channels"],
                sample_rate=round(each["default_samplerate"]),
                default=number == default,
            )
            for number, each in enumerate(sounddevice.query_devices())
            if each["max_input_channels"]
        ]
        sys.stdout.write(json.dumps([asdict(each) for each in found]))
        return
    try:
        _record(sounddevice, int(sys.argv[2]) if sys.argv[2] else None, int(sys.argv[3]))
    except (sounddevice.PortAudioError, ValueError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")


def _record(portaudio: Any, device: int | None, wanted: int) -> None:
    usual = round(portaudio.query_devices(device, "input")["default_samplerate"])
    for rate in (wanted, usual):
        try:
            stream = portaudio.RawInputStream(rate, device=device, channels=1, dtype="int16")
        except portaudio.PortAudioError:
            if rate == usual:
                raise
            continue
        with stream, suppress(BrokenPipeError):
            sys.stdout.buffer.write(json.dumps({"rate": rate}).encode() + b"\n")
            while True:
                data, _ = stream.read(int(rate * BLOCK))
                sys.stdout.buffer.write(bytes(data))
                sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
