"""The live socket of the Lesan dialect without a socket: commands in, events in, messages out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from voxhall.api.lesan import wire_live as wire
from voxhall.api.lesan.wire import label_of, name_of, word_response
from voxhall.audio.incoming import Incoming, OpusFrames, Pcm, Wav
from voxhall.audio.webm import Webm
from voxhall.domain.live import Event, Final, Partial, TurnEnded
from voxhall.errors import InvalidInput, TooLarge, VoxhallError

BUFFER_BYTES = 50 * 2**20
"""What may wait to be transcribed, as documented."""
SHOWN = 40
"""Characters of a wrong command that an error repeats at most."""
FORMAT = "FORMAT:"
COMMANDS = (f"{FORMAT}NAME", "TRANSCRIBE", "END", "CLEAR", "PING")


@dataclass(frozen=True, slots=True)
class Format:
    """One way to send sound."""

    rate: int
    """Hertz."""
    open: Callable[[], Incoming]


FORMATS: Mapping[wire.FormatName, Format] = {
    "pcm_s16le": Format(16_000, lambda: Pcm(16_000)),
    "pcm_s16le_48k": Format(48_000, lambda: Pcm(48_000)),
    "wav": Format(16_000, Wav),
    "webm_opus": Format(48_000, Webm),
    "opus_raw_16k": Format(16_000, OpusFrames),
}
RAW: wire.FormatName = "opus_raw_16k"

_format: TypeAdapter[wire.FormatName] = TypeAdapter(wire.FormatName)


@dataclass(frozen=True, slots=True)
class Command:
    """What a client wants done."""

    name: Literal["FORMAT", "TRANSCRIBE", "END", "CLEAR", "PING"]
    format: wire.FormatName = "pcm_s16le"
    """To which format is changed."""


class UnknownFormat(InvalidInput):
    """A format that the document does not name."""


def read(text: str) -> Command:
    """Read a command; raises InvalidInput, UnknownFormat."""
    if text.startswith(FORMAT):
        given = text.removeprefix(FORMAT)
        try:
            return Command("FORMAT", _format.validate_python(given))
        except ValidationError:
            known = ", ".join(FORMATS)
            raise UnknownFormat(f"format {given[:SHOWN]!r} is not supported; there are: {known}") from None
    match text:
        case "TRANSCRIBE" | "END" | "CLEAR" | "PING":
            return Command(text)
    raise InvalidInput(f"{text[:SHOWN]!r} is no command; there are, in capitals: {', '.join(COMMANDS)}")


class Codec:
    """One session's messages, and what they depend on: format, buffer, and what was said since the last command."""

    def __init__(self, session_id: str, uid: str, asked: wire.Query) -> None:
        self.session_id = session_id
        self._job_id = name_of(uid)
        self._asked = asked
        self.format: wire.FormatName = asked.format
        self.buffered = 0
        """Bytes that wait to be transcribed."""
        self._chunks = 0
        self._consumed = 0.0
        self._committing = False
        self._detected: set[int] = set()
        self._said: list[Final] = []

    @property
    def turns(self) -> bool:
        """Whether turns are told of as they end, without a command."""
        return self._asked.turn_detection is not None or self.format == RAW

    def ready(self) -> wire.Ready:
        """Greet."""
        rate = FORMATS[self.format].rate
        return wire.Ready(session_id=self.session_id, format=self.format, sample_rate=rate, job_id=self._job_id)

    def received(self, size: int, before: float, *, silent: bool) -> wire.ChunkReceived:
        """Acknowledge sound, `before` which so many seconds were heard; with turns, silence waits for nothing.

        Raises TooLarge.
        """
        if self.turns and silent:
            self.buffered, self._consumed = 0, before
        self.buffered += size
        self._chunks += 1
        if self.buffered > BUFFER_BYTES:
            raise TooLarge(f"over {BUFFER_BYTES} bytes wait to be transcribed; send TRANSCRIBE more often")
        return wire.ChunkReceived(session_id=self.session_id, chunk_number=self._chunks, buffer_size=self.buffered)

    def changed(self, name: wire.FormatName) -> wire.FormatAccepted:
        """Say that a format is spoken from now on."""
        self.format = name
        return wire.FormatAccepted(session_id=self.session_id, format=name, sample_rate=FORMATS[name].rate)

    def cleared(self, seconds: float) -> wire.BufferCleared:
        """Say that what waited is forgotten; `seconds` is how much was heard in all."""
        cleared, self.buffered, self._consumed = self.buffered, 0, seconds
        self._said.clear()
        self._detected.clear()
        return wire.BufferCleared(session_id=self.session_id, cleared_bytes=cleared)

    def pong(self, age: float) -> wire.Pong:
        """Answer a PING; `age` is the session's, in seconds."""
        return wire.Pong(session_id=self.session_id, buffer_size=self.buffered, session_duration_seconds=round(age, 3))

    def error(self, error: VoxhallError) -> wire.Error:
        """Say what is wrong."""
        formats = list(get_args(wire.FormatName)) if isinstance(error, UnknownFormat) else None
        message, code = error.message, error.code
        return wire.Error(session_id=self.session_id, error=message, code=code, supported_formats=formats)

    def commit(self) -> None:
        """Gather what turns end from now on, for `transcription`."""
        self._committing = True

    def transcription(self, seconds: float, *, language: str, last: bool) -> wire.Transcription:
        """Answer a command with what was gathered; `seconds` is how much was heard in all."""
        message = self._transcription(self._said, seconds, language=language, last=last)
        self._said, self._committing = [], False
        return message

    def heard(self, event: Event, seconds: float) -> Sequence[wire.Message]:
        """Tell of what happened; `seconds` is how much was heard in all."""
        match event:
            case Partial():
                return [self._partial(event)]
            case TurnEnded() if self.turns and not self._committing:
                self._detected.add(event.turn)
            case Final():
                # unless the client has gone over to a format in which it asks for words
                told = self.turns and event.turn in self._detected
                self._detected.discard(event.turn)
                if told:
                    return self._turn(event, seconds) if event.words else ()
                self._said.append(event)
        return ()

    def _turn(self, final: Final, seconds: float) -> Sequence[wire.Message]:
        told: list[wire.Message] = []
        if self._asked.turn_detection:
            told.append(
                wire.TurnDetected(
                    **self._spoken([final], final.language),
                    duration_seconds=round(final.end - final.start, 3),
                    turn_start_ms=round(final.start * 1000),
                    turn_end_ms=round(final.end * 1000),
                )
            )
        if self.format == RAW:
            told.append(self._transcription([final], seconds, language=final.language, is_turn=True))
        self.buffered, self._consumed = 0, seconds
        return told

    def _transcription(
        self, said: Sequence[Final], seconds: float, *, language: str, last: bool = False, is_turn: bool = False
    ) -> wire.Transcription:
        message = wire.Transcription(
            **self._spoken(said, language),
            duration_seconds=round(seconds - self._consumed, 3),
            is_final=last,
            is_turn=is_turn,
            audio_size_bytes=self.buffered,
            job_id=self._job_id if last else None,
        )
        self.buffered, self._consumed = 0, seconds
        return message

    def _spoken(self, said: Sequence[Final], language: str) -> dict[str, object]:
        speakers = {final.speaker for final in said if final.words}
        words = [word_response(word) for final in said for word in final.words]
        return {
            "session_id": self.session_id,
            "transcription": " ".join(final.text for final in said if final.words),
            "language": language,
            "processing_time_seconds": round(sum(final.processing for final in said), 3),
            "speaker": label_of(speakers.pop()) if self._asked.diarize and len(speakers) == 1 else None,
            "words": words if self._asked.word_timestamps else None,
        }

    def _partial(self, event: Partial) -> wire.Partial:
        return wire.Partial(
            session_id=self.session_id,
            transcription=event.text,
            stable_words=event.stable,
            turn_start_ms=round(event.start * 1000),
            audio_end_ms=round(event.end * 1000),
        )
