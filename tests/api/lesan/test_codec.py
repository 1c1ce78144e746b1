"""The live socket's messages without a socket: commands in, events in, messages out."""

import json
from typing import get_args

import pytest

from voxhall.api.lesan import codec, wire_live
from voxhall.api.lesan.codec import Codec, Command, UnknownFormat, read
from voxhall.domain.live import Final, Partial, SpeechStarted, TurnEnded
from voxhall.domain.speech import Word
from voxhall.errors import BrokenMedia, InvalidInput, TooLarge


def session(**asked: object) -> Codec:
    """Begin a session."""
    return Codec("s", "u", wire_live.Query.model_validate(asked))


def final(turn: int = 0, text: str = "hello there", speaker: int = 0) -> Final:
    """Give the words of a turn from one to three seconds."""
    words = tuple(Word(word, 1.0 + n, 1.5 + n, 0.9) for n, word in enumerate(text.split()))
    return Final(turn, 1.0, 3.0, words, "en", speaker, processing=0.25, chunks=1)


def told(*messages: wire_live.Message) -> list[dict[str, object]]:
    """Give messages as clients read them."""
    return [json.loads(message.model_dump_json(exclude_none=True)) for message in messages]


@pytest.mark.parametrize("name", ["TRANSCRIBE", "END", "CLEAR", "PING"])
def test_commands_are_read(name: str) -> None:
    """Exactly as the document writes them."""
    assert read(name).name == name


@pytest.mark.parametrize("name", get_args(wire_live.FormatName))
def test_formats_are_read(name: str) -> None:
    """All five, each with a rate and something that reads it."""
    assert read(f"FORMAT:{name}") == Command("FORMAT", name)
    incoming = codec.FORMATS[name].open()  # type: ignore[index]
    incoming.finish()


@pytest.mark.parametrize("text", ["ping", "End", " END", "", "{}", "STOP", "format:wav", "x" * 2**20])
def test_other_texts_are_no_commands(text: str) -> None:
    """The error names those that there are, and repeats at most a little."""
    with pytest.raises(InvalidInput, match="FORMAT:NAME, TRANSCRIBE, END, CLEAR, PING") as raised:
        read(text)
    assert len(raised.value.message) < 200


@pytest.mark.parametrize("name", ["mp3", "", "PCM_S16LE", "x" * 2**20])
def test_an_unknown_format_is_refused_with_those_that_there_are(name: str) -> None:
    """As the document has it."""
    with pytest.raises(UnknownFormat) as raised:
        read(f"FORMAT:{name}")
    [message] = told(session().error(raised.value))
    assert message["supported_formats"] == ["pcm_s16le", "pcm_s16le_48k", "wav", "webm_opus", "opus_raw_16k"]
    assert len(str(message["error"])) < 200


def test_what_is_said_without_speech() -> None:
    """Every message, field by field."""
    one = session(format="pcm_s16le_48k")
    assert told(
        one.ready(), one.received(9600, 0.0, silent=True), one.received(400, 0.1, silent=True), one.pong(1.5)
    ) == [
        {"type": "ready", "session_id": "s", "format": "pcm_s16le_48k", "sample_rate": 48000, "job_id": "txn_u"},
        {"type": "chunk_received", "session_id": "s", "chunk_number": 1, "buffer_size": 9600},
        {"type": "chunk_received", "session_id": "s", "chunk_number": 2, "buffer_size": 10000},
        {"type": "pong", "session_id": "s", "buffer_size": 10000, "session_duration_seconds": 1.5},
    ]
    assert told(one.cleared(1.0), one.changed("wav"), one.error(BrokenMedia("no"))) == [
        {"type": "buffer_cleared", "session_id": "s", "cleared_bytes": 10000},
        {
            "type": "format_accepted",
            "session_id": "s",
            "format": "wav",
            "sample_rate": 16000,
            "channels": 1,
            "bit_depth": 16,
        },
        {"type": "error", "session_id": "s", "error": "no", "code": "unsupported_media"},
    ]


def test_a_command_gathers_what_was_said_since_the_last_one() -> None:
    """And empties the buffer; only the end says which job it was."""
    one = session()
    one.received(64_000, 0.0, silent=False)
    assert told(*one.heard(SpeechStarted(0, 1.3), 2.0), *one.heard(TurnEnded(0, 1.0, 3.0), 2.0)) == []
    assert told(*one.heard(final(0), 2.0), *one.heard(final(1, "general"), 2.0)) == []
    one.commit()
    [first] = told(one.transcription(2.0, language="en", last=False))
    assert first == {
        "type": "transcription",
        "session_id": "s",
        "transcription": "hello there general",
        "language": "en",
        "is_final": False,
        "is_turn": False,
        "duration_seconds": 2.0,
        "processing_time_seconds": 0.5,
        "audio_size_bytes": 64_000,
    }
    [last] = told(one.transcription(3.5, language="en", last=True))
    assert (last["transcription"], last["is_final"], last["job_id"]) == ("", True, "txn_u")
    assert (last["duration_seconds"], last["audio_size_bytes"]) == (1.5, 0)


def test_server_vad_tells_of_turns() -> None:
    """As they end; an empty one is not told of, and what a command ends is its own."""
    one = session(turn_detection="server_vad")
    one.received(1000, 0.0, silent=False)
    one.heard(TurnEnded(0, 1.0, 3.0), 3.6)
    assert told(*one.heard(final(0), 3.6)) == [
        {
            "type": "turn_detected",
            "session_id": "s",
            "transcription": "hello there",
            "language": "en",
            "turn_start_ms": 1000,
            "turn_end_ms": 3000,
            "duration_seconds": 2.0,
            "processing_time_seconds": 0.25,
        }
    ]
    assert one.buffered == 0
    one.received(100, 3.6, silent=False)
    one.heard(TurnEnded(1, 4.0, 5.0), 5.6)
    assert told(*one.heard(final(1, ""), 5.6)) == []
    one.commit()
    one.heard(TurnEnded(2, 6.0, 7.0), 7.0)
    assert told(*one.heard(final(2, "the rest"), 7.0)) == []
    [last] = told(one.transcription(7.0, language="en", last=True))
    assert (last["transcription"], last["audio_size_bytes"], last["duration_seconds"]) == ("the rest", 100, 3.4)


def test_silence_waits_for_nothing() -> None:
    """With turns, a command answers for what came since the last message in which nobody spoke."""
    one = session(turn_detection="server_vad")
    for second in range(10):
        one.received(32_000, float(second), silent=True)
    [last] = told(one.transcription(10.0, language="en", last=True))
    assert (last["audio_size_bytes"], last["duration_seconds"]) == (32_000, 1.0)


def test_raw_opus_tells_of_turns_as_transcriptions() -> None:
    """Without being asked; with `turn_detection` it tells of them in that way too."""
    for asked, types in (
        ({}, ["transcription"]),
        ({"turn_detection": "server_vad"}, ["turn_detected", "transcription"]),
    ):
        one = session(format="opus_raw_16k", **asked)
        one.heard(TurnEnded(0, 1.0, 3.0), 3.6)
        messages = told(*one.heard(final(0), 3.6))
        assert [message["type"] for message in messages] == types
        assert (messages[-1]["is_turn"], messages[-1]["is_final"]) == (True, False)


def test_a_turn_that_ends_while_the_format_changes_is_not_lost() -> None:
    """It is told of when the client asks."""
    one = session(format="opus_raw_16k")
    one.heard(TurnEnded(0, 1.0, 3.0), 3.6)
    one.changed("pcm_s16le")
    assert told(*one.heard(final(0), 3.6)) == []
    one.commit()
    assert told(one.transcription(3.6, language="en", last=True))[0]["transcription"] == "hello there"


def test_partials_are_ours() -> None:
    """With how many words will stay."""
    one = session(partials=True)
    assert told(*one.heard(Partial(0, ("hello", "the"), 1, 1.0, 1.8), 2.0)) == [
        {
            "type": "partial",
            "session_id": "s",
            "transcription": "hello the",
            "stable_words": 1,
            "turn_start_ms": 1000,
            "audio_end_ms": 1800,
        }
    ]


def test_speakers_and_word_times_are_ours() -> None:
    """Where they are asked for."""
    one = session(turn_detection="server_vad", diarize=True, word_timestamps=True)
    one.heard(TurnEnded(0, 1.0, 3.0), 3.6)
    [message] = told(*one.heard(final(0, "hello", speaker=1), 3.6))
    assert message["speaker"] == "Speaker 2"
    assert message["words"] == [{"word": "hello", "start_ms": 1000, "end_ms": 1500, "confidence": 0.9}]


def test_the_buffer_is_bounded() -> None:
    """At 50 MB; with turns, silence does not fill it."""
    one = session()
    for _ in range(50):
        one.received(2**20, 0.0, silent=True)
    with pytest.raises(TooLarge, match="52428800"):
        one.received(1, 0.0, silent=True)
    turns = session(turn_detection="server_vad")
    for _ in range(200):
        turns.received(2**20, 0.0, silent=True)
    assert turns.buffered == 2**20


@pytest.mark.parametrize(
    ("asked", "expected"), [({}, "auto"), ({"lang": "am"}, "am"), ({"lang": "am", "language": "en"}, "en")]
)
def test_the_deprecated_name_of_the_language_is_still_read(asked: dict[str, str], expected: str) -> None:
    """The other one wins."""
    assert wire_live.Query.model_validate(asked).to_wish().language == expected
