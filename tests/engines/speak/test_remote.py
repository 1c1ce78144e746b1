"""A server with OpenAI's speech API, asked over a real socket."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from voxhall.engines.protocols import Style
from voxhall.engines.registry import Registry
from voxhall.engines.speak import remote
from voxhall.errors import EngineFailed

TONE = (8000 * np.sin(np.arange(12000) / 10)).astype("<i2")


class Speech(BaseHTTPRequestHandler):
    """Answers with a tone, and remembers what it was asked."""

    asked: list[tuple[str, str, dict[str, object]]]

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append((self.path, self.headers["authorization"], body))
        self.send_response(500 if body["input"] == "fail" else 200)
        self.end_headers()
        self.wfile.write(TONE.tobytes())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server's address."""
    Speech.asked = []
    with HTTPServer(("127.0.0.1", 0), Speech) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/"
        server.shutdown()
        thread.join()


def options(url: str) -> dict[str, object]:
    """Give the engine's options as an operator writes them."""
    return {"url": url, "key": "secret", "model": "big", "voices": {"maeve": {"voice": "nova", "feminine": True}}}


def test_the_server_is_asked_as_the_protocol_has_it(url: str, tmp_path: Path) -> None:
    """For PCM, in its own voice, with its key; its sound comes back."""
    registry = Registry(tmp_path, {"remote": options(url)})
    assert registry.choose("speak") is remote.engine
    chosen = registry.options_of(remote.engine)
    [character] = remote.engine.characters(chosen)
    speaker = remote._load(chosen, tmp_path)  # type: ignore[arg-type]  # an Options
    utterance = speaker.prepare(("Hello", "there."), character.base, "en", Style(speed=1.5), None)
    sound = speaker.render(utterance.pieces[0])
    np.testing.assert_allclose(sound, TONE / 32768, atol=1e-6)
    body = {"model": "big", "input": "Hello there.", "voice": "nova", "speed": 1.5, "response_format": "pcm"}
    assert Speech.asked == [("/v1/audio/speech", "Bearer secret", body)]


def test_a_server_that_fails_is_an_engine_that_fails(url: str, tmp_path: Path) -> None:
    """Whether it answers with an error or not at all."""
    for address in (url, "http://127.0.0.1:9/v1/"):
        chosen = Registry(tmp_path, {"remote": options(address)}).options_of(remote.engine)
        speaker = remote._load(chosen, tmp_path)  # type: ignore[arg-type]  # an Options
        utterance = speaker.prepare(("fail",), "nova", "en", Style(), None)
        with pytest.raises(EngineFailed):
            speaker.render(utterance.pieces[0])


def test_without_a_server_it_says_what_to_set(tmp_path: Path) -> None:
    """In the words of the configuration."""
    assert "url" in (Registry(tmp_path).missing(remote.engine) or "")
