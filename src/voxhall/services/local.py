"""Transcribing, listening, speaking and translating without a server: engines of one's own, for people and programs."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from voxhall.audio.encode import Format, encode
from voxhall.domain.speech import SpeakerCount, Transcript, Word
from voxhall.domain.transcription import Options
from voxhall.domain.translation import Phrases, Translation
from voxhall.domain.voice import Order, Spoken, Voice
from voxhall.domain.work import Progress
from voxhall.engines.host import Host
from voxhall.engines.protocols import Samples
from voxhall.errors import InvalidInput
from voxhall.pipelines.listen import Desk, Listener, Manner
from voxhall.pipelines.script import Lexicon, languages_of, write_script
from voxhall.pipelines.speak import SPEECH_RATE, speak
from voxhall.pipelines.transcribe import transcribe
from voxhall.services.cast import Cast
from voxhall.services.tongues import AUTO, Tongues, check_text, together
from voxhall.services.tools import Toolbox, registry_of
from voxhall.settings import Settings, read_settings

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Speech:
    """A text that was spoken."""

    samples: Samples
    """Float32, mono, -1..1."""
    chunks: tuple[Spoken, ...]
    """What was said when, and whether it was heard as it is written."""
    rate: int = SPEECH_RATE
    """Hertz."""

    @property
    def words(self) -> tuple[Word, ...]:
        """Every word as it was written, and when it is said."""
        return tuple(word for chunk in self.chunks for word in chunk.words)

    def save(self, path: str | Path) -> None:
        """Write a sound file of the kind that its name ends with: wav, flac, mp3 or opus; raises InvalidInput."""
        form = sound_format(Path(path))
        with Path(path).open("wb") as file:
            encode([self.samples[None]], file, form, rate=self.rate)


def sound_format(path: Path) -> Format:
    """Tell by its name which format a file is to have; raises InvalidInput."""
    for form in get_args(Format):
        if path.suffix.lower() == f".{form}":
            return form  # type: ignore[no-any-return]  # an element of Format
    raise InvalidInput(f"{path.name!r} should end with one of: .{', .'.join(get_args(Format))}")


class Engines:
    """Engine processes to work with; made by `open_engines`."""

    def __init__(self, toolbox: Toolbox, translator: str = AUTO, *, processes: int = 1) -> None:
        self._toolbox = toolbox
        self._processes = processes
        self.tongues = Tongues(toolbox.registry, toolbox.host, translator)
        self.cast = Cast(toolbox.registry)

    def speak(
        self,
        order: Order,
        *,
        voice: Voice | None = None,
        reference: Samples | None = None,
        pronunciations: Lexicon | None = None,
    ) -> Iterator[Samples | Spoken]:
        """Give the sound of a text, float32 mono at 24 kHz, while it is made, and after each chunk what was said.

        `voice`, and the clip it imitates, where `order` names one that is not built in.
        Raises InvalidInput, NotFound, EngineUnavailable, EngineLost.
        """
        speaker = voice or self.cast.named(order.voice)
        script = write_script(order.text, speaker.language, pronunciations or {})
        with self._toolbox.host.scope() as scope:
            yield from speak(script, self.cast.tools(scope, speaker, languages_of(script), reference), order)

    def transcribe(
        self, recording: str | Path, options: Options | None = None, *, on_progress: OnProgress | None = None
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

    @contextmanager
    def listen(self, manner: Manner, *, vad: str = "auto", speakers: bool = False) -> Iterator[Listener]:
        """Give what listens to one live stream, for use within a running event loop; see `Listener`.

        `vad` names what tells speech from silence, `speakers` has them told apart. Raises EngineUnavailable.
        """
        options = Options(language=manner.language, diarize=speakers)
        with ExitStack() as stack:
            desk = Desk(self._processes)
            stack.callback(desk.close)
            yield Listener(self._toolbox.listen(stack, options, vad), manner, desk)

    def translate(
        self, texts: Sequence[str], target: str, *, source: str = AUTO, glossary: Mapping[str, str] | None = None
    ) -> list[Translation]:
        """Translate texts, each from the language `source`, or from whichever it is in; codes are of ISO 639.

        Raises InvalidInput, UnsupportedPair, EngineUnavailable, EngineFailed, EngineLost.
        """
        for text in texts:
            check_text(text)
        phrases = Phrases(glossary or {}, {})
        with self._toolbox.host.scope() as scope:
            routes = self.tongues.routes(texts, source, target, scope)
            found: dict[int, Translation] = {}
            for route, places in together(routes).items():
                made = self.tongues.translate([texts[place] for place in places], route, scope, phrases)
                found.update(zip(places, made, strict=True))
        return [found[place] for place in range(len(texts))]


class _Memory:
    """A journal for work that is not resumed: one process, one attempt."""

    def __init__(self, on_progress: OnProgress | None) -> None:
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
    """Start engine processes, and end them with the block; raises Misconfigured."""
    chosen = settings or read_settings()
    registry = registry_of(chosen)
    with Host(registry, processes=chosen.engine_processes, idle_seconds=chosen.engine_idle_seconds) as host:
        toolbox = Toolbox(registry, host, chosen.recognizer, chosen.diarizer)
        yield Engines(toolbox, chosen.translator, processes=chosen.engine_processes)


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


def speak_text(  # noqa: PLR0913 - each is something that people want to choose
    text: str,
    *,
    voice: str = "maeve",
    temperature: float = 0.9,
    speed: float = 1.0,
    seed: int | None = None,
    verify: bool = True,
    pronunciations: Mapping[str, str] | None = None,
) -> Speech:
    """Speak a text with engines started for it alone; for several, use `open_engines`.

    Raises InvalidInput, NotFound, EngineUnavailable, EngineLost.
    """
    chance = secrets.randbelow(2**32) if seed is None else seed
    order = Order(voice, text, temperature=temperature, speed=speed, verify=verify, seed=chance)
    with open_engines() as engines:
        return collect(engines.speak(order, pronunciations=pronunciations))


def translate_text(
    text: str, target: str, *, source: str = AUTO, glossary: Mapping[str, str] | None = None
) -> Translation:
    """Translate a text into the language `target` (ISO 639) with engines started for it alone.

    `source` is found where it is not named; `glossary` holds terms and what they are to be called. For several texts
    use `open_engines`. Raises InvalidInput, UnsupportedPair, EngineUnavailable, EngineFailed, EngineLost.
    """
    with open_engines() as engines:
        [made] = engines.translate([text], target, source=source, glossary=glossary)
        return made


def collect(given: Iterator[Samples | Spoken]) -> Speech:
    """Put together what is spoken."""
    blocks: list[Samples] = [np.zeros(0, np.float32)]
    chunks: list[Spoken] = []
    for each in given:
        if isinstance(each, Spoken):
            chunks.append(each)
        else:
            blocks.append(each)
    return Speech(np.concatenate(blocks), tuple(chunks))
