"""The guides that the server serves: every sample in them runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from recordings import BECKETT
from serving import Server
from voxhall.api.guides import ORDER, guides, title_of

pytestmark = pytest.mark.timeout(180)

SAMPLE = re.compile(r"^```(python|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAMPLES = [(name, *found) for name in ORDER for found in SAMPLE.findall(guides()[name])]


@pytest.mark.parametrize(("name", "language", "sample"), SAMPLES, ids=[f"{s[0]}-{s[1]}" for s in SAMPLES])
def test_every_sample_runs(name: str, language: str, sample: str, trusting: Server, tmp_path: Path) -> None:
    """As it is written, with the address and the key in the environment and a recording beside it."""
    shutil.copy(BECKETT, tmp_path / "audio.wav")
    media = trusting.post("/v1/transcriptions", files={"file": BECKETT.read_bytes()}, data={"mode": "sync"}).json()
    link = trusting.request("GET", f"{media['url']}/audio", allow_redirects=False).headers["location"]
    environment = {**os.environ, "BASE": trusting.url, "KEY": trusting.key, "MEDIA": link}
    command = [sys.executable, "-c", sample] if language == "python" else ["sh", "-c", sample]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if language == "bash":
        assert '"error":{' not in done.stdout, f"{name}: {done.stdout}"


@pytest.mark.parametrize("name", ORDER)
def test_a_guide_is_a_page_and_a_text(name: str, server: Server) -> None:
    """To browsers and to programs."""
    text = requests.get(f"{server.url}/guides/{name}", timeout=10)
    page = requests.get(f"{server.url}/guides/{name}", headers={"Accept": "text/html"}, timeout=10)
    assert text.text == guides()[name]
    assert text.headers["content-type"].startswith("text/markdown")
    assert f"<h1>{title_of(text.text)}</h1>" in page.text
    assert requests.get(f"{server.url}/guides", timeout=10).text.count(f"(guides/{name})") == 1


def test_an_unknown_guide_is_not_there(server: Server) -> None:
    """Those that are, are named."""
    answer = requests.get(f"{server.url}/guides/cooking", timeout=10)
    assert (answer.status_code, "asr" in answer.json()["error"]["message"]) == (404, True)


def test_links_between_guides_lead_somewhere() -> None:
    """To guides that there are."""
    links = {link for text in guides().values() for link in re.findall(r"\(/guides/([a-z-]+)\)", text)}
    assert links <= set(ORDER)


def test_everything_in_one_text(server: Server) -> None:
    """An index, and all guides with every call."""
    index = requests.get(f"{server.url}/llms.txt", timeout=10).text
    whole = requests.get(f"{server.url}/llms-full.txt", timeout=10).text
    for name, text in guides().items():
        assert f"/guides/{name})" in index
        assert text.strip() in whole
    assert "`POST /v1/transcriptions`" in whole
    assert "`POST /vui/v1/tts`" in whole
