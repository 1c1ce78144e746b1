"""What runs in an engine process: loads engines on demand and does one piece of work after another.

Started by `voxhall.engines.host` as `python -m voxhall.engines.child CHANNEL LIFELINE IDLE_SECONDS`, the first two
being inherited file descriptors. It ends with its parent, or by itself when nobody has asked for anything for a while.
"""

import fcntl
import os
import resource
import select
import signal
import socket
import sys
import traceback
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from msgspec import Raw

from voxhall.engines import wire
from voxhall.errors import EngineFailed, VoxhallError

NICENESS = 10
"""Inference gives way to the server's own work."""


def end_with_parent(lifeline: int) -> None:
    """End this process as soon as the parent, the only one that holds the other end of the pipe, is gone.

    The kernel itself sends SIGIO then, and the default answer to it is to end. So it works within native code that
    keeps Python's lock for long, where a watching thread would wait, and unlike PR_SET_PDEATHSIG it does not mistake
    the end of the thread that started us for the end of the parent. Elsewhere than on Linux a process busy with a
    piece of work ends after that piece.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(0)


def named(place: str) -> Any:
    """Give what a module calls by a name: `package.module:name`."""
    module, _, name = place.partition(":")
    return attrgetter(name)(import_module(module))


def load(recipe: wire.Recipe) -> object:
    """Make an engine."""
    options = named(recipe.options).model_validate(recipe.values)
    return named(recipe.load)(options, Path(recipe.models))


def resident_bytes() -> int:
    """Memory that this process holds now; its peak where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def work(request: wire.Request, engines: dict[str, object]) -> Raw:
    """Do one piece of work and give its result as bytes; the engine it needs joins `engines`."""
    engine = request.recipe.engine
    if engine not in engines:
        engines[engine] = load(request.recipe)
    if not request.protocol:
        return wire.NOTHING
    method = wire.method_of(named(request.protocol), request.method)
    args, kwargs = method.unpack(memoryview(request.arguments))
    return Raw(wire.encode(getattr(engines[engine], request.method)(*args, **kwargs)))


def answer(request: wire.Request, engines: dict[str, object]) -> wire.Reply:
    """Do one piece of work; an error becomes an answer that says no more than its kind, for it may quote speech."""
    try:
        result = work(request, engines)
    except VoxhallError as error:
        failure = wire.Failure(error.code, error.message, error.param)
    except Exception as error:  # noqa: BLE001 - whatever an engine throws ends its piece of work, not the process
        kind = type(error).__name__
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + f"{kind} in {request.recipe.engine}\n")
        failure = wire.Failure(EngineFailed.code, f"the engine {request.recipe.engine} failed with {kind}")
    else:
        return wire.Reply(resident_bytes(), tuple(engines), result)
    return wire.Reply(resident_bytes(), tuple(engines), failure=failure)


def serve(channel: socket.socket, idle_seconds: float) -> None:
    """Answer requests until the parent is gone or has been silent for `idle_seconds`."""
    engines: dict[str, object] = {}
    while True:
        channel.settimeout(idle_seconds)
        try:
            request = wire.receive(channel, wire.Request)
            channel.settimeout(None)
            wire.send(channel, answer(request, engines))
        except (OSError, EOFError):
            return


def main() -> None:
    """Run an engine process."""
    channel, lifeline = map(int, sys.argv[1:3])
    for inherited in (channel, lifeline):
        os.set_inheritable(inherited, False)
    end_with_parent(lifeline)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a supervisor signals the whole group; the parent says when to end
    os.nice(NICENESS)
    serve(socket.socket(fileno=channel), float(sys.argv[3]))
    os._exit(0)  # native libraries that tear themselves down have been seen to hang


if __name__ == "__main__":
    main()
