"""Engine processes: lent, killed, lost, replaced, cancelled, unloaded, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from trouble import Troubled, engine, stillborn, twin
from voxhall.engines.host import Host, Scope
from voxhall.engines.registry import Registry
from voxhall.errors import BrokenMedia, Cancelled, EngineFailed, EngineLost, Misconfigured, VoxhallError


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A registry of troubled engines."""
    return Registry(tmp_path, engines=(engine, twin, stillborn))


@pytest.fixture
def host(registry: Registry) -> Iterator[Host]:
    """Two processes."""
    with Host(registry, processes=2) as host:
        yield host


@pytest.fixture
def single(registry: Registry) -> Iterator[Host]:
    """One process."""
    with Host(registry, processes=1) as host:
        yield host


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Callers."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


class Held:
    """A piece of work that waits within the engine until it is let go."""

    def __init__(self, scope: Scope, folder: Path, threads: ThreadPoolExecutor) -> None:
        self._arrived, self._leave = folder / "arrived", folder / "leave"
        folder.mkdir()
        os.mkfifo(self._arrived)
        os.mkfifo(self._leave)
        troubled = scope.engine(Troubled, engine)
        self.result: Future[int] = threads.submit(troubled.hold, str(self._arrived), str(self._leave))

    def arrives(self) -> int:
        """Wait until a process works on it; give its pid."""
        return int(self._arrived.read_text())

    def leaves(self) -> int:
        """Let it go; give the pid of the process that did it."""
        self._leave.write_text("")
        return self.result.result()


def waiting(host: Host, callers: int) -> None:
    """Return once that many callers stand in line."""
    with host._changed:
        host._changed.wait_for(lambda: len(host._queue) == callers)


def test_work_goes_on_when_its_process_is_killed(host: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """`kill -9` in the middle of a call costs the caller nothing but time."""
    held = Held(host.scope(), tmp_path / "held", threads)
    first = held.arrives()
    os.kill(first, signal.SIGKILL)
    second = held.arrives()
    assert second != first
    assert held.leaves() == second


def test_three_deaths_are_enough(host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A piece of work that kills every process that touches it is given up, and each loss is logged."""
    with pytest.raises(EngineLost):
        host.scope().engine(Troubled, engine).die(str(tmp_path / "tally"))
    assert len((tmp_path / "tally").read_text().split()) == 3
    assert caplog.text.count("was lost at work for vad/trouble") == 3
    assert host.status() == ()


def test_a_process_that_hangs_is_ended(host: Host, tmp_path: Path) -> None:
    """Past its deadline a process is ended, and no second one spends as long on the same piece."""
    os.mkfifo(tmp_path / "never")
    troubled = host.scope().engine(Troubled, engine, deadline=0.1)
    with pytest.raises(EngineFailed, match=r"vad/trouble took over 0\.1 s"):
        troubled.hold(str(tmp_path / "never"), str(tmp_path / "never"))
    assert host.status() == ()


def test_cancelling_ends_running_work(single: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """The process of a cancelled piece of work is gone at once, and others get its place."""
    scope = single.scope()
    held = Held(scope, tmp_path / "held", threads)
    pid = held.arrives()
    scope.cancel()
    with pytest.raises(Cancelled):
        held.result.result()
    assert not psutil.pid_exists(pid)
    assert single.scope().engine(Troubled, engine).pid() != pid


def test_a_retired_scope_lets_its_work_end_and_takes_no_more(
    single: Host, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    """The process stays, with all that it has loaded; what waited for it never begins."""
    scope = single.scope()
    held = Held(scope, tmp_path / "held", threads)
    pid = held.arrives()
    late = threads.submit(scope.engine(Troubled, engine).pid)
    waiting(single, 1)
    scope.retire()
    with pytest.raises(Cancelled):
        late.result()
    assert held.leaves() == pid
    with pytest.raises(Cancelled):
        scope.engine(Troubled, engine).pid()
    assert single.scope().engine(Troubled, engine).pid() == pid


def test_cancelling_ends_waiting_work(single: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """Work that stands in line leaves it, and what runs for others goes on."""
    held = Held(single.scope(), tmp_path / "held", threads)
    pid = held.arrives()
    scope = single.scope()
    stranded = threads.submit(scope.engine(Troubled, engine).pid)
    waiting(single, 1)
    scope.cancel()
    with pytest.raises(Cancelled):
        stranded.result()
    assert held.leaves() == pid


def test_a_scope_that_has_ended_takes_no_more_work(host: Host) -> None:
    """Leaving the block of a scope cancels it."""
    with host.scope() as scope:
        troubled = scope.engine(Troubled, engine)
    with pytest.raises(Cancelled):
        troubled.pid()


def test_callers_work_side_by_side(host: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """Two callers are served by two processes at the same time."""
    first, second = (Held(host.scope(), tmp_path / name, threads) for name in ("first", "second"))
    pids = {first.arrives(), second.arrives()}
    assert {status.pid for status in host.status() if status.busy} == pids
    assert {first.leaves(), second.leaves()} == pids
    assert len(pids) == 2


def test_urgent_work_goes_first(single: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """Of those who wait, the highest priority is served first."""
    blocking = Held(single.scope(), tmp_path / "blocking", threads)
    blocking.arrives()
    patient = Held(single.scope(), tmp_path / "patient", threads)
    waiting(single, 1)
    urgent = Held(single.scope(priority=1), tmp_path / "urgent", threads)
    waiting(single, 2)
    blocking.leaves()
    urgent.arrives()
    assert not patient.result.done()
    urgent.leaves()
    patient.arrives()
    patient.leaves()


def test_a_process_that_knows_the_engine_is_preferred(host: Host, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """An engine is not loaded twice while the process that has it is idle."""
    held = Held(host.scope(), tmp_path / "held", threads)
    knows_engine = held.arrives()
    knows_twin = host.scope().engine(Troubled, twin).pid()
    held.leaves()
    for _ in range(2):
        assert host.scope().engine(Troubled, twin).pid() == knows_twin
        assert host.scope().engine(Troubled, engine).pid() == knows_engine


def test_an_idle_process_learns_another_engine(host: Host) -> None:
    """No second process is started while the first has nothing to do."""
    scope = host.scope()
    assert scope.engine(Troubled, engine).pid() == scope.engine(Troubled, twin).pid()
    [status] = host.status()
    assert status.engines == ("vad/trouble", "vad/twin")
    assert (status.busy, status.calls) == (False, 2)
    assert status.resident > 1_000_000


def test_an_idle_process_ends(registry: Registry) -> None:
    """Memory returns when nobody asks for anything, and the next call starts afresh."""
    with Host(registry, idle_seconds=0.2) as host:
        troubled = host.scope().engine(Troubled, engine)
        pid = troubled.pid()
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert host.status() == ()
        assert troubled.pid() != pid


def test_engines_are_loaded_ahead(host: Host) -> None:
    """Warming loads in the background; an engine that cannot be loaded disturbs nobody."""
    host.warm([stillborn, engine])
    [thread] = host._warming
    thread.join()
    assert [status.engines for status in host.status()] == [("vad/trouble",)]


def test_engines_are_loaded_and_ended_by_name(host: Host) -> None:
    """Loading is waited for and says what went wrong."""
    host.load(engine)
    assert host.loaded(engine)
    host.unload(engine)
    assert not host.loaded(engine)
    assert host.status() == ()
    with pytest.raises(VoxhallError, match="cannot be loaded"):
        host.load(stillborn)


def test_a_process_at_work_ends_when_it_is_done(host: Host) -> None:
    """Its engine is not wanted any more, its work is."""
    host.load(engine)
    process = host._borrow(host.scope(), "vad/trouble")
    host.unload(engine)
    assert process.alive
    host._give_back(process, fit=True)
    assert host.status() == ()


def test_our_errors_keep_their_class(host: Host, tmp_path: Path) -> None:
    """An error of ours arrives as it was raised, and the work is not tried again."""
    with pytest.raises(BrokenMedia, match="this is not audio") as caught:
        host.scope().engine(Troubled, engine).refuse(str(tmp_path / "tally"))
    assert caught.value.param == "file"
    assert len((tmp_path / "tally").read_text().split()) == 1


def test_other_errors_do_not_quote_speech(host: Host, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A fault in an engine names its kind and place and no more, for its text may hold what somebody said."""
    with pytest.raises(EngineFailed, match="vad/trouble failed with LookupError") as caught:
        host.scope().engine(Troubled, engine).fail(str(tmp_path / "tally"), "my secret")
    assert caught.value.code == "engine_failed"
    assert len((tmp_path / "tally").read_text().split()) == 1
    printed = "".join(capfd.readouterr())
    assert "in fail" in printed
    assert "my secret" not in printed + str(caught.value)


def test_a_result_of_the_wrong_type_is_an_error(host: Host) -> None:
    """What a protocol promises is checked where it arrives."""
    with pytest.raises(EngineFailed, match="wrong type"):
        host.scope().engine(Troubled, engine).lie()


def test_arguments_that_do_not_fit_are_refused_at_once(host: Host) -> None:
    """A wrong call is a mistake of the caller and reaches no process."""
    with pytest.raises(TypeError):
        host.scope().engine(Troubled, engine).pid(7)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        host.scope().engine(Troubled, engine).unheard_of()  # type: ignore[attr-defined]
    assert host.status() == ()


def test_an_engine_must_be_importable(host: Host) -> None:
    """A process can load only what stands at the top of a module."""
    with pytest.raises(Misconfigured, match="top of a module"):
        host.scope().engine(Troubled, replace(engine, load=lambda _options, _models: object()))


def test_processes_give_way_and_stay_apart(host: Host) -> None:
    """They are nice, use one thread, read no input, and Ctrl-C in the terminal does not reach them."""
    assert host.scope().engine(Troubled, engine).surroundings() == {
        "leads its own session": 1,
        "niceness": min(19, os.nice(0) + 10),
        "threads": 1,
        "bytes on standard input": 0,
    }


def test_closing_ends_everything(registry: Registry, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    """Busy and idle processes are gone when the host is closed; their callers and later ones get Cancelled."""
    with Host(registry, processes=2) as host:
        scope = host.scope()
        held = Held(scope, tmp_path / "held", threads)
        pids = {held.arrives(), scope.engine(Troubled, twin).pid()}
    with pytest.raises(Cancelled):
        held.result.result()
    with pytest.raises(Cancelled):
        scope.engine(Troubled, engine).pid()
    assert not any(map(psutil.pid_exists, pids))


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from trouble import Troubled, engine
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry

print("the script runs", flush=True)
with Host(Registry(Path(), engines=(engine,))) as host:
    troubled = host.scope().engine(Troubled, engine)
    {body}
"""


def script(folder: Path, body: str) -> list[str]:
    """Write a program without a `__main__` guard; give its command line."""
    (folder / "script.py").write_text(SCRIPT.format(body=body))
    return [sys.executable, "-W", "error", str(folder / "script.py"), str(Path(__file__).parent.parent)]


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    """A plain script runs once, and its end leaves no warning."""
    command = script(tmp_path, "print(troubled.pid() > 0)")
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "the script runs\nTrue\n"
    assert not done.stderr


@pytest.mark.parametrize(
    "work", ["troubled.freeze(sys.argv[2])", "Path(sys.argv[2]).write_text(str(troubled.pid())), input()"]
)
def test_processes_die_with_their_parent(work: str, tmp_path: Path) -> None:
    """SIGKILL of the parent leaves no process behind, not even one within native code that holds Python's lock."""
    fifo = tmp_path / "arrived"
    os.mkfifo(fifo)
    with subprocess.Popen([*script(tmp_path, work), str(fifo)], stdin=subprocess.PIPE) as parent:
        process = psutil.Process(int(fifo.read_text()))
        parent.kill()
    process.wait(timeout=30)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
