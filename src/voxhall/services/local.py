"""Transcription without a server: engines of one's own, for the command line and the library."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voxhall.domain.speech import SpeakerCount, Transcript
from voxhall.domain.transcription import Options
from voxhall.domain.work import Progress
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.errors import InvalidInput
from voxhall.pipelines.transcribe import transcribe
from voxhall.services.tools import Toolbox
from voxhall.settings import Settings, read_settings

Listener = Callable[[Progress], None]


class Engines:
    """Engine processes to work with; made by `open_engines`."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    def transcribe(
        self, recording: str | Path, options: Options | None = None, *, on_progress: Listener | None = None
    ) -> Transcript:
        """Transcribe one recording; may be called from several threads at once.

        Raises InvalidInput, BrokenMedia, EngineUnavailable, EngineLost.
        """
        path, wanted = Path(recording), options or Options()
        if not path.is_file():
            raise InvalidInput(f"there is no file {str(recording)!r}")
        with self._toolbox.host.scope() as scope, tempfile.TemporaryDirectory(prefix="voxhall-") as folder:
            tools = self._toolbox.take(scope, wanted)
            return transcribe(path, Path(folder), tools, wanted, _Memory(on_progress))


class _Memory:
    """A journal for work that is not resumed: one process, one attempt."""

    def __init__(self, on_progress: Listener | None) -> None:
        self._on_progress = on_progress

    def get(self, name: str) -> bytes | None:  # noqa: ARG002 - nothing was kept
        """Nothing was done before."""
        return None

    def put(self, name: str, data: bytes) -> None:
        """Nothing will be resumed."""

    def progress(self, stage: str, percent: float, done: int, total: int) -> None:
        """Tell whoever listens."""
        if self._on_progress:
            self._on_progress(Progress(stage, percent, done, total))

    def check(self) -> None:
        """Nobody cancels but by ending the program."""


@contextmanager
def open_engines(settings: Settings | None = None) -> Iterator[Engines]:
    """Start engine processes, and end them with the block."""
    chosen = settings or read_settings()
    registry = Registry(chosen.models_dir, chosen.engine_options)
    with Host(registry, processes=chosen.engine_processes, idle_seconds=chosen.engine_idle_seconds) as host:
        yield Engines(Toolbox(registry, host, chosen.recognizer, chosen.diarizer))


def transcribe_file(
    recording: str | Path,
    *,
    language: str = "auto",
    speakers: int | None = None,
    non_speech: bool = False,
    split_channels: bool = False,
) -> Transcript:
    """Transcribe one recording with engines started for it alone; for several, use `open_engines`."""
    count = SpeakerCount(speakers, speakers)
    options = Options(language=language, speakers=count, split=split_channels, sounds=non_speech)
    with open_engines() as engines:
        return engines.transcribe(recording, options)
