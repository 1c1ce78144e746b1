"""What real work leaves in history."""

import math

import pytest

from recordings import BECKETT
from serving import Server

pytestmark = pytest.mark.timeout(120)


def test_a_transcription_is_remembered_with_its_cost_and_words(server: Server) -> None:
    """Its cost is that of its seconds, by the hour's price; it is found by what is said in it."""
    with BECKETT.open("rb") as recording:
        made = server.post("/submit", params={"filename": "remembered.wav", "cache": False}, data=recording).json()[
            "id"
        ]
    assert server.wait(f"/transcriptions/{made}")["status"] == "completed"
    shown = server.get(f"/history/transcriptions/{made}").json()
    assert shown["cost_usd"] == pytest.approx(math.ceil(shown["audio_duration_secs"]) * 0.20 / 3600, abs=1e-6)
    said = server.get(f"/transcriptions/{made}").json()["segments"][0]["text"]
    longest = max(said.replace(",", " ").replace(".", " ").split(), key=len)
    found = server.get("/history/search", params={"q": longest, "in": "text"}).json()["data"]
    assert made in [item["id"] for item in found]
    assert server.get("/history/search", params={"q": "remembered"}).json()["data"][0]["id"] == made
