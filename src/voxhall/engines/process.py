"""One engine process as its parent holds it: started, asked, ended."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from voxhall.engines import wire

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""One inference thread a process: it is pieces of work that run side by side, not the operators within one."""


class Process:
    """A fresh interpreter that runs `voxhall.engines.child`.

    Not multiprocessing, which would run the user's own script once more in every process.
    """

    def __init__(self, idle_seconds: float) -> None:
        self.engines: tuple[str, ...] = ()
        self.calls = 0
        self.resident = 0
        self._channel, theirs = socket.socketpair()
        watched, lifeline = os.pipe()
        self._lifeline = os.fdopen(lifeline, "wb", buffering=0)
        try:
            self._popen = _start(theirs.fileno(), watched, idle_seconds)
        except BaseException:
            self._channel.close()
            self._lifeline.close()
            raise
        finally:
            theirs.close()
            os.close(watched)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._popen.poll() is None

    def ask(self, request: wire.Request, deadline: float) -> wire.Reply:
        """Have one piece of work done; raises OSError or EOFError when the process dies or passes the deadline.

        After any error it must be ended, for nobody knows what it is doing.
        """
        self._channel.settimeout(deadline)
        wire.send(self._channel, request)
        reply = wire.receive(self._channel, wire.Reply)
        self.calls += 1
        self.engines, self.resident = reply.engines, reply.resident
        return reply

    def kill(self) -> None:
        """End it at once, from any thread; whoever waits for its answer gets an EOFError."""
        self._popen.kill()

    def end(self) -> None:
        """End it and let go of everything that belongs to it; may be repeated."""
        self._popen.kill()
        self._popen.wait()
        self._channel.close()
        self._lifeline.close()


def _start(channel: int, lifeline: int, idle_seconds: float) -> subprocess.Popen[bytes]:
    places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "voxhall.engines.child", str(channel), str(lifeline), str(idle_seconds)],
        pass_fds=(channel, lifeline),
        stdin=subprocess.DEVNULL,
        stdout=2,  # native libraries print, and standard output belongs to the parent's results
        env=os.environ | ONE_THREAD | {"PYTHONPATH": places},
        start_new_session=True,  # Ctrl-C in the terminal is for the parent, which then ends its processes
    )
