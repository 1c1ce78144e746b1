"""What the tests of the Fluxions dialect share."""

import pytest

from recordings import TWO_CITIES
from serving import Server


@pytest.fixture(scope="session")
def cloned(server: Server) -> str:
    """A voice that the first admin's account has made of a real recording; its id."""
    with TWO_CITIES.open("rb") as clip:
        answer = server.post("/vui/v1/voices", files={"audio": ("reader.wav", clip, "audio/wav")})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["voice_id"])
