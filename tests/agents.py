"""Asking an agent: a server that knows something, a question that its own voice has spoken, and sessions with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hearing import silence
from serving import Server, serving, wait_for
from streamed import wav_of
from voxhall.audio.pcm import from_pcm
from voxhall.audio.resample import resampled

QUESTION = "How tall is the old tower?"
FACTS = (
    "The old tower stands on the northern cape. The old tower is forty metres tall and painted white. "
    "Ships see its light from thirty kilometres away. It was built in 1851."
)


@dataclass
class Desk:
    """The server, and somebody who asks it."""

    server: Server
    question: bytes
    """A WAV file of the question, without silence after it."""
    asked_then_silent: bytes
    """Likewise, with three seconds of silence after it."""

    def start(self, recording: bytes | None = None, **fields: object) -> dict[str, object]:
        """Begin a session with a recording, of the question if no other is given, as fast as it goes."""
        sound = self.question if recording is None else recording
        answer = self.server.post(
            "/api/v1/sessions/start-file",
            files={"file": ("question.wav", sound)},
            data={"realtime_factor": 0, "language": "en", **fields},
        )
        assert answer.status_code == 200, answer.text
        begun: dict[str, object] = answer.json()
        return begun

    def ended(self, begun: dict[str, object]) -> dict[str, object]:
        """Wait for the end of a session."""
        return self.server.wait(f"/api/v1/sessions/{begun['session_id']}")

    def lead(self, recording: bytes | None = None, **fields: object) -> dict[str, object]:
        """Lead a session from its beginning to its end."""
        return self.ended(self.start(recording, **fields))


def plain(text: str) -> str:
    """Give words without case and punctuation."""
    return " ".join("".join(letter for letter in word if letter.isalnum()) for word in text.lower().split())


def spoken(server: Server, text: str) -> np.ndarray:
    """Have a text spoken, well enough to be understood; gives samples at 16 kHz."""
    order = {"voice": "maeve", "input": text, "format": "wav", "verify_chunks": True, "temperature": 0}
    answer = server.post("/vui/v1/tts", json=order)
    assert answer.status_code == 200, answer.text
    return np.concatenate(list(resampled([from_pcm(answer.content[44:])], 24_000, 16_000)))


@contextmanager
def asking(folder: Path, **settings: object) -> Iterator[Desk]:
    """Run a server until the block ends, once it knows about the tower."""
    with serving(folder, net_allow="127.0.0.0/8", **settings) as server:
        assert server.post("/knowledge", files={"file": ("tower.txt", FACTS.encode())}).status_code == 201
        sound = spoken(server, QUESTION)

        def ready() -> bool | None:
            return all(each["status"] == "ready" for each in server.get("/knowledge").json()["documents"]) or None

        wait_for(ready, seconds=60)
        yield Desk(server, wav_of(sound), wav_of(np.concatenate([sound, silence(3.0)])))
