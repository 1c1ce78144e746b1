"""A recording becomes a transcript, and work that was cut off goes on where it stopped."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from voxhall.domain.speech import SoundEvent, Span, SpeakerCount, Turn, Word
from voxhall.domain.transcription import Options
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Decoded, Recognition, Samples, VadFrames
from voxhall.errors import Cancelled
from voxhall.pipelines.transcribe import Tools, transcribe

SECONDS = 95.0
"""Speech for nine seconds, a second of silence, and so on."""


class Engines:
    """Engines that need no models, and count what they are asked."""

    def __init__(self, channels: int = 1) -> None:
        self.channels = channels
        self.calls: Counter[str] = Counter()

    def decode(self, source: str, pcm: str, opus: str, *, split: bool, longest: float) -> Decoded:
        """Write a tone with gaps."""
        del source, longest
        self.calls["decode"] += 1
        channels = self.channels if split else 1
        time = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
        tone = np.where(time % 10 < 9, 8000 * np.sin(time * 2000), 0).astype("<i2")
        np.repeat(tone[:, None], channels, axis=1).tofile(pcm)
        Path(opus).write_bytes(b"OggS")
        return Decoded(SECONDS, channels, "wav", "pcm")

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Loud is speech."""
        del state
        frames = np.pad(samples, (0, -len(samples) % 512)).reshape(-1, 512)
        return VadFrames((np.abs(frames).max(axis=1) > 0.1).astype(np.float32), {})

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Hear one word a second."""
        del language, keywords
        self.calls["recognize"] += 1
        words = tuple(Word("word", n, n + 0.9, 1.0) for n in range(len(samples) // SAMPLE_RATE))
        return Recognition(words, timed=False, language="en", language_probability=0.9)

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Find each word half a second in."""
        del samples
        self.calls["align"] += 1
        return tuple(Span(n + 0.5, n + 0.8) for n in range(len(words)))

    def plan(self, duration: float, speech: tuple[Span, ...]) -> tuple[Span, ...]:
        """Look at each ten seconds."""
        del speech
        return tuple(Span(start, min(start + 10, duration)) for start in np.arange(0, duration, 10.0).tolist())

    def observe(self, samples: Samples) -> Arrays:
        """See the length."""
        self.calls["observe"] += 1
        return {"length": np.array([len(samples)])}

    def settle(
        self, windows: tuple[Span, ...], observations: tuple[Arrays, ...], speakers: SpeakerCount
    ) -> tuple[Turn, ...]:
        """Let two people take turns window by window."""
        del speakers
        assert len(windows) == len(observations)
        return tuple(Turn(n % 2, window.start, window.end) for n, window in enumerate(windows))

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Hear a cough at the first second."""
        del samples, words
        return (SoundEvent("cough", 1.0, 1.5, 0.9),)

    def tools(self) -> Tools:
        """Play every part."""
        return Tools(self, self, self, (self,), self, self)


class Journal:
    """Keeps pieces in memory, and stops the work after some of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.pieces: dict[str, bytes] = {}
        self.stages: list[str] = []
        self.stop_after = stop_after

    def get(self, name: str) -> bytes | None:
        """Give a piece."""
        return self.pieces.get(name)

    def put(self, name: str, data: bytes) -> None:
        """Keep a piece."""
        self.pieces[name] = data

    def progress(self, stage: str, percent: float, done: int, total: int) -> None:
        """Remember the stages."""
        assert 0 <= percent <= 100
        assert 0 <= done <= total
        if stage not in self.stages:
            self.stages.append(stage)

    def check(self) -> None:
        """Stop when enough has been kept."""
        if self.stop_after is not None and len(self.pieces) >= self.stop_after:
            raise Cancelled("enough")


def test_every_word_comes_out_at_its_aligned_time(tmp_path: Path) -> None:
    """Times count from the beginning of the recording, whatever chunk a word was in."""
    made = transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(), Journal())
    words = [word for segment in made.segments for word in segment.words]
    assert made.chunks == 10
    assert len(words) >= 85
    assert all(a.start < b.start for a, b in pairwise(words))
    assert max(word.end for word in words) <= SECONDS


def test_turns_decide_who_said_a_word(tmp_path: Path) -> None:
    """The fake diarizer's two people alternate."""
    made = transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(), Journal())
    assert made.speakers == 2
    assert {segment.speaker for segment in made.segments if segment.start < 9} == {0}


def test_with_split_each_channel_is_a_speaker(tmp_path: Path) -> None:
    """And nobody looks for speakers by their voices."""
    engines = Engines(channels=2)
    made = transcribe(tmp_path / "in", tmp_path, engines.tools(), Options(split=True), Journal())
    assert made.speakers == 2
    assert engines.calls["observe"] == 0


def test_sounds_are_found_in_each_minute_when_asked_for(tmp_path: Path) -> None:
    """Their times count from the beginning of the recording."""
    made = transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(sounds=True), Journal())
    assert [event.start for event in made.events] == [1.0, 61.0]
    assert transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(), Journal()).events == ()


def test_the_stages_come_in_order(tmp_path: Path) -> None:
    """As progress shows them."""
    journal = Journal()
    transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(), journal)
    assert journal.stages == ["decoding", "diarizing", "transcribing", "finalizing"]


@pytest.mark.parametrize("stop_after", range(2, 22, 3))
def test_finished_pieces_are_not_done_again(stop_after: int, tmp_path: Path) -> None:
    """Cut off anywhere, the second attempt does the rest, and the result is the same."""
    whole = transcribe(tmp_path / "in", tmp_path, Engines().tools(), Options(), Journal())
    engines, journal = Engines(), Journal(stop_after)
    with pytest.raises(Cancelled):
        transcribe(tmp_path / "in", tmp_path, engines.tools(), Options(), journal)
    journal.stop_after = None
    assert transcribe(tmp_path / "in", tmp_path, engines.tools(), Options(), journal) == whole
    assert (engines.calls["decode"], engines.calls["observe"], engines.calls["recognize"]) == (1, 10, 10)


def test_a_lost_scratch_file_is_decoded_again(tmp_path: Path) -> None:
    """Another machine has the journal but not the file."""
    engines, journal = Engines(), Journal()
    whole = transcribe(tmp_path / "in", tmp_path, engines.tools(), Options(), journal)
    (tmp_path / "audio.pcm").unlink()
    assert transcribe(tmp_path / "in", tmp_path, engines.tools(), Options(), journal) == whole
    assert (engines.calls["decode"], engines.calls["recognize"]) == (2, 10)
