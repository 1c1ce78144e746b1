"""A real browser: its MediaRecorder's WebM, over the live socket, as a page would send it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
import requests
from rapidfuzz.fuzz import ratio
from websockets.sync.client import ClientConnection, connect

from hearing import samples_of, silence
from live import key_of, plain
from recordings import TWO_CITIES
from serving import serving, wait_for
from streamed import wav_of

pytestmark = pytest.mark.timeout(180)

OPENING = "it was the best of times it was the worst of times"
TALK = """
new Promise(async (done, failed) => {
  try {
    const said = []
    const socket = new WebSocket(ADDRESS, ["openai-insecure-api-key." + KEY])
    const microphone = await navigator.mediaDevices.getUserMedia({audio: {
      echoCancellation: false, noiseSuppression: false, autoGainControl: false}})
    const recorder = new MediaRecorder(microphone, {mimeType: "audio/webm;codecs=opus"})
    recorder.ondataavailable = ({data}) => socket.send(data)
    recorder.onstop = () => setTimeout(() => socket.send("END"), 300)
    socket.onmessage = ({data}) => {
      const message = JSON.parse(data)
      if (message.type === "ready") recorder.start(250)
      if (message.type === "turn_detected") recorder.stop()
      if (message.type !== "chunk_received") said.push(message)
    }
    socket.onclose = ({code}) => done(JSON.stringify({code, said}))
  } catch (error) { failed(error) }
})
"""


def browser() -> str:
    """Find chromium; skip by name where it is not installed, unless one is required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and not os.environ.get("VOXHALL_TEST_REQUIRE_BROWSER"):
        pytest.skip("no chromium is installed")
    assert found, "no chromium is installed"
    return found


class Page(BaseHTTPRequestHandler):
    """An empty page: recording needs an address that browsers trust."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>page</title>")

    def log_message(self, *_: object) -> None:
        """Be silent."""


@contextmanager
def page() -> Iterator[str]:
    """Serve the page from an origin of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def browsing(folder: Path, microphone: Path, address: str) -> Iterator[ClientConnection]:
    """Open a page in a browser that hears a file; give what its developer tools are asked by."""
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder / 'profile'}",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "about:blank",
    ]
    with subprocess.Popen([browser(), *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            port = next(found[1] for line in process.stderr if (found := re.search(r"ws://127.0.0.1:(\d+)/", line)))
            Thread(target=process.stderr.read, daemon=True).start()
            tab = requests.put(f"http://127.0.0.1:{port}/json/new?{address}", timeout=10).json()
            with connect(tab["webSocketDebuggerUrl"], max_size=None) as tools:
                yield tools
        finally:
            process.kill()


def evaluate(tools: ClientConnection, script: str) -> Any:
    """Run a script in the page, and wait for what it promises."""
    wanted = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
    tools.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": wanted}))
    while (answer := json.loads(tools.recv(timeout=120))).get("id") != 1:
        pass
    assert "exceptionDetails" not in answer["result"], answer["result"]
    return answer["result"]["result"]["value"]


def test_what_a_browser_records_is_understood(tmp_path: Path) -> None:
    """With a publishable key of the page's own origin, among the subprotocols."""
    browser()
    microphone = tmp_path / "microphone.wav"
    microphone.write_bytes(wav_of(np.concatenate([silence(0.5), samples_of(TWO_CITIES, 0.5, 4.6), silence(3.0)])))
    with serving(tmp_path / "data") as server, page() as origin:
        key = key_of(server, email="page@example.com", key_type="publishable", allowed_origins=[origin])
        query = "language=en&format=webm_opus&turn_detection=server_vad&vad_type=silero"
        address = f"{server.url.replace('http', 'ws', 1)}/v1/ws/transcribe?{query}"
        script = TALK.replace("ADDRESS", json.dumps(address)).replace("KEY", json.dumps(key))
        with browsing(tmp_path, microphone, origin) as tools:
            wait_for(lambda: evaluate(tools, "document.title") == "page" or None, seconds=20)
            heard = json.loads(evaluate(tools, script))
    assert heard["code"] == 1000
    assert [message["type"] for message in heard["said"]] == ["ready", "turn_detected", "transcription"]
    text = plain(heard["said"][1]["transcription"])
    # the microphone plays its file again and again, so that the page may begin in the middle of it
    assert ratio(text, OPENING) > 80 or text in OPENING
