"""What the tests of the Lesan dialect share."""

from collections.abc import Iterator

import pytest

from recordings import BECKETT
from serving import Server, serving
from tiny_nllb import write_nllb


@pytest.fixture(scope="session")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may fetch from, and tell, this machine, and translates."""
    folder = tmp_path_factory.mktemp("trusting")
    write_nllb(folder / "models" / "nllb-200-distilled-600m")
    with serving(folder, net_allow="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="session")
def finished(server: Server) -> dict[str, object]:
    """A completed transcription of ten seconds of one man's speech."""
    with BECKETT.open("rb") as file:
        answer = server.post(
            "/v1/transcriptions",
            files={"file": ("beckett.wav", file)},
            data={"language": "en", "mode": "sync", "word_timestamps": "true", "metadata": '{"order": 7}'},
        )
    assert answer.status_code == 200, answer.text
    made: dict[str, object] = answer.json()
    return made
