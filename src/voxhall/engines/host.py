"""Where engines run: worker processes of this machine, lent for one piece of work at a time.

Any process can load any engine and keeps what it has loaded. Pieces of work are pure functions, so one that was lost
with its process is done again on a fresh one. Callers block in threads of their own; nothing here knows an event loop.
"""

import itertools
import logging
import threading
from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

import msgspec

from voxhall.engines import wire
from voxhall.engines.process import Process
from voxhall.engines.registry import Engine, Registry
from voxhall.errors import Cancelled, EngineFailed, EngineLost, Misconfigured, VoxhallError
from voxhall.settings import usable_cores

log = logging.getLogger(__name__)
P = TypeVar("P")

TRIES = 3
"""Processes that may die on one piece of work before it is given up."""
DEADLINE = 600.0
"""Seconds that a piece of work may take unless the caller says otherwise; one that took longer is not tried again."""
IDLE_SECONDS = 600.0
"""Seconds without work after which a process ends and its memory returns."""
CLOSING_SECONDS = 5.0
"""Seconds for threads to notice that their process was killed; one that was interrupted by Ctrl-C never does."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One engine process as `Host.status` saw it."""

    pid: int
    engines: tuple[str, ...]
    """What it has loaded, as in `recognize/whisper`."""
    busy: bool
    calls: int
    """Pieces of work done."""
    resident: int
    """Bytes of memory after the last of them."""


class Host:
    """The engine processes of one platform, started when needed."""

    def __init__(
        self,
        registry: Registry,
        *,
        processes: int | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """At most `processes`, one per usable core by default."""
        self._registry = registry
        self._most = processes or usable_cores()
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._queue: list[tuple[int, int]] = []
        self._idle: list[Process] = []
        self._busy: dict[Process, Scope] = {}
        self._leaving: set[Process] = set()
        self._warming: list[threading.Thread] = []
        self._closed = False

    def __enter__(self) -> Self:
        """Begin nothing yet: processes start when there is work."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def scope(self, *, priority: int = 0) -> "Scope":
        """Begin work that is cancelled together; a higher priority goes first, equals take turns by arrival."""
        return Scope(self, priority)

    def warm(self, engines: Iterable[Engine]) -> None:
        """Load engines in the background; one that cannot be loaded will say so when it is used."""
        requests = [wire.Request(self.recipe(engine)) for engine in engines]

        def load() -> None:
            for request in requests:
                try:
                    self.run(request, Scope(self), DEADLINE)
                except VoxhallError:
                    continue

        thread = threading.Thread(target=load, name="voxhall-warm", daemon=True)
        self._warming.append(thread)
        thread.start()

    def load(self, engine: Engine) -> None:
        """Load an engine now and wait for it; raises what its loading raises, Misconfigured, EngineLost."""
        reply = self.run(wire.Request(self.recipe(engine)), Scope(self), DEADLINE)
        if reply.failure is not None:
            raise _error_of(reply.failure)

    def unload(self, engine: Engine) -> None:
        """End the processes that have an engine loaded, those at work as soon as they are done."""
        name = _name(engine)
        with self._changed:
            self._leaving.update(process for process in self._busy if name in process.engines)
            for process in [process for process in self._idle if name in process.engines]:
                self._idle.remove(process)
                process.end()

    def loaded(self, engine: Engine) -> bool:
        """Tell whether some process has an engine loaded."""
        return any(_name(engine) in status.engines for status in self.status())

    def status(self) -> tuple[ProcessStatus, ...]:
        """Tell which processes there are."""
        with self._changed:
            self._bury()
            return tuple(
                ProcessStatus(p.pid, p.engines, p in self._busy, p.calls, p.resident)
                for p in (*self._busy, *self._idle)
            )

    def close(self) -> None:
        """End all processes; work in progress raises Cancelled, and so does all later work."""
        with self._changed:
            self._closed = True
            for process in self._busy:
                process.kill()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy, CLOSING_SECONDS)
            for process in (*self._idle, *self._busy):
                process.end()
            self._idle.clear()
        for thread in self._warming:
            thread.join()

    def recipe(self, engine: Engine) -> wire.Recipe:
        """Say how a process makes an engine; raises Misconfigured."""
        for part in (engine.load, engine.options):
            if "<" in part.__qualname__ or part.__module__ == "__main__":
                raise Misconfigured(f"engine {engine.name!r}: {part.__qualname__} must stand at the top of a module")
        return wire.Recipe(
            engine=_name(engine),
            load=f"{engine.load.__module__}:{engine.load.__qualname__}",
            options=f"{engine.options.__module__}:{engine.options.__qualname__}",
            values=self._registry.options_of(engine).model_dump(mode="json"),
            models=str(self._registry.models),
        )

    def run(self, request: wire.Request, scope: "Scope", deadline: float) -> wire.Reply:
        """Have one piece of work done on a borrowed process; raises Cancelled, EngineLost, EngineFailed."""
        for _ in range(TRIES):
            process = self._borrow(scope, request.recipe.engine)
            answered = False
            try:
                reply = process.ask(request, deadline)
                answered = True
            except TimeoutError:
                raise EngineFailed(
                    f"the engine {request.recipe.engine} took over {deadline:g} s on one piece"
                ) from None
            except (OSError, EOFError):
                if not self._refusing(scope):
                    log.warning("engine process %d was lost at work for %s", process.pid, request.recipe.engine)
                continue
            finally:
                self._give_back(process, fit=answered)
            return reply
        self._check(scope)
        raise EngineLost(f"the engine {request.recipe.engine} died {TRIES} times on one piece of work")

    def cancel(self, scope: "Scope", *, kill: bool = True) -> None:
        """End a scope's work and refuse any more of it; without `kill` what runs already is left to end."""
        with self._changed:
            scope.cancelled = True
            for process, user in self._busy.items():
                if user is scope and kill:
                    process.kill()
            self._changed.notify_all()

    def _borrow(self, scope: "Scope", engine: str) -> Process:
        """Wait in line for a process, if possible one that has the engine loaded."""
        with self._changed:
            ticket = (-scope.priority, next(self._numbers))
            insort(self._queue, ticket)
            try:
                self._changed.wait_for(lambda: self._refusing(scope) or (self._queue[0] == ticket and self._free()))
                self._check(scope)
                process = self._take(engine)
                self._busy[process] = scope
                return process
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _free(self) -> bool:
        return bool(self._idle) or len(self._busy) < self._most

    def _take(self, engine: str) -> Process:
        self._bury()
        if not self._idle:
            return Process(self._idle_seconds)
        best = next((p for p in reversed(self._idle) if engine in p.engines), self._idle[-1])
        self._idle.remove(best)
        return best

    def _give_back(self, process: Process, *, fit: bool) -> None:
        """Keep a process that is fit for more work; end any other."""
        if not fit or process in self._leaving:
            process.end()
        with self._changed:
            del self._busy[process]
            self._leaving.discard(process)
            if self._closed or not process.alive:
                process.end()
            else:
                self._idle.append(process)
            self._changed.notify_all()

    def _bury(self) -> None:
        """Forget idle processes that have ended."""
        for process in [p for p in self._idle if not p.alive]:
            self._idle.remove(process)
            process.end()

    def _refusing(self, scope: "Scope") -> bool:
        return scope.cancelled or self._closed

    def _check(self, scope: "Scope") -> None:
        if self._refusing(scope):
            raise Cancelled("the work was cancelled" if scope.cancelled else "the engines are shutting down")


class Scope:
    """Work that belongs together and is cancelled together; leaving its block cancels what is left of it."""

    def __init__(self, host: Host, priority: int = 0) -> None:
        self._host = host
        self.priority = priority
        self.cancelled = False

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what other threads may still be doing for it."""
        self.cancel()

    def engine(self, protocol: Callable[..., P], engine: Engine, *, deadline: float = DEADLINE) -> P:
        """Give an engine as its protocol: a call of a method borrows a process, waits, and raises what it raises.

        `protocol` is the Protocol class itself (mypy refuses such a class as `type[P]`); `deadline` is in seconds,
        for each piece of work. Besides the method's own errors a call raises Cancelled, EngineLost, and
        EngineFailed for a fault or a passed deadline. Raises Misconfigured.
        """
        return cast("P", _Lent(self._host, self, deadline, self._host.recipe(engine), protocol))

    def cancel(self) -> None:
        """End its work at once, waiting or running, and refuse any more; from any thread."""
        self._host.cancel(self)

    def retire(self) -> None:
        """Refuse any more work and end what waits; what runs may end by itself, its process stays warm."""
        self._host.cancel(self, kill=False)


@dataclass(frozen=True, slots=True)
class _Lent:
    """Stands for an engine in another process."""

    _host: Host
    _scope: Scope
    _deadline: float
    _recipe: wire.Recipe
    _protocol: Callable[..., object]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a method of the protocol."""
        method = wire.method_of(self._protocol, name)
        place = f"{self._protocol.__module__}:{self._protocol.__qualname__}"

        def call(*args: object, **kwargs: object) -> Any:
            request = wire.Request(self._recipe, place, name, msgspec.Raw(method.pack(args, kwargs)))
            reply = self._host.run(request, self._scope, self._deadline)
            if reply.failure is not None:
                raise _error_of(reply.failure)
            try:
                return wire.decode(memoryview(reply.result), method.result)
            except msgspec.DecodeError:
                raise EngineFailed(f"the engine {self._recipe.engine} gave a result of the wrong type") from None

        return call


def _name(engine: Engine) -> str:
    return f"{engine.ability}/{engine.name}"


def _error_of(failure: wire.Failure) -> VoxhallError:
    return _class_of(failure.code)(failure.message, param=failure.param)


def _class_of(code: str) -> type[VoxhallError]:
    """Give our error with that code, the nearest to the root of their tree."""
    classes = [VoxhallError]
    for each in classes:
        if each.code == code:
            return each
        classes += each.__subclasses__()
    return VoxhallError
