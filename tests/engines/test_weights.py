"""Models are fetched whole or not at all, listed, and removed; against a small hub of our own."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voxhall.engines import weights
from voxhall.engines.registry import Weights, all_engines
from voxhall.errors import EngineUnavailable, NotFound

SHA = "0123456789abcdef0123456789abcdef01234567"
FILES = {"config.json": b"{}", "model.bin": b"\0" * 300_000, "README.md": b"not needed"}
MODEL = Weights("tiny-model", "voices/tiny-model", 1, "MIT", ("config.json", "*.bin"))


class Hub(BaseHTTPRequestHandler):
    """The two addresses of the Hugging Face hub that fetching needs."""

    broken: bool
    """Whether the largest file breaks off."""
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        """Describe a file."""
        self.answer(b"", len(FILES[Path(self.path).name]))

    def do_GET(self) -> None:
        """Give the list of files, or a file."""
        if not self.path.startswith(f"/api/models/{MODEL.repository}") and "/resolve/" not in self.path:
            self.send_error(404)
        elif "/resolve/" not in self.path:
            files = [{"rfilename": name, "size": len(data)} for name, data in FILES.items()]
            body = json.dumps({"id": MODEL.repository, "sha": SHA, "siblings": files}).encode()
            self.answer(body, len(body))
        elif self.broken and self.path.endswith("model.bin"):
            self.send_error(403)
        else:
            body = FILES[Path(self.path).name]
            self.answer(body, len(body))

    def answer(self, body: bytes, length: int) -> None:
        """Send headers and body."""
        self.send_response(200)
        self.send_header("ETag", f'"{Path(self.path).name}"')
        self.send_header("X-Repo-Commit", SHA)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def hub() -> Iterator[str]:
    """Address of a hub that works."""
    Hub.broken = False
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_model_is_fetched(hub: str, tmp_path: Path) -> None:
    """Its folder holds the files it needs and nothing else."""
    assert not weights.present(MODEL, tmp_path)
    here = weights.pull(MODEL, tmp_path, endpoint=hub)
    assert here == weights.folder(MODEL.name, tmp_path)
    assert {file.name: file.read_bytes() for file in here.iterdir()} == {
        name: FILES[name] for name in ("config.json", "model.bin")
    }
    assert weights.present(MODEL, tmp_path)
    assert list(tmp_path.iterdir()) == [here]


def test_half_a_model_is_not_there(hub: str, tmp_path: Path) -> None:
    """A fetch that breaks off leaves no model, not even when it is tried again offline; later it is completed."""
    Hub.broken = True
    with pytest.raises(EngineUnavailable):
        weights.pull(MODEL, tmp_path, endpoint=hub)
    with pytest.raises(EngineUnavailable):
        weights.pull(MODEL, tmp_path, endpoint="http://127.0.0.1:9")
    assert not weights.present(MODEL, tmp_path)
    Hub.broken = False
    weights.pull(MODEL, tmp_path, endpoint=hub)
    assert weights.present(MODEL, tmp_path)


def test_offline_says_what_to_do(tmp_path: Path) -> None:
    """Where no hub can be reached, the sentence names the folder into which the files can be copied."""
    with pytest.raises(EngineUnavailable, match="copy its files into") as caught:
        weights.pull(MODEL, tmp_path, endpoint="http://127.0.0.1:9")
    assert str(tmp_path / "tiny-model") in str(caught.value)
    assert not weights.present(MODEL, tmp_path)


def test_a_model_that_is_not_on_the_hub(hub: str, tmp_path: Path) -> None:
    """An unknown repository is an error, not an empty model."""
    with pytest.raises(EngineUnavailable):
        weights.pull(Weights("other", "voices/other", 1, "MIT"), tmp_path, endpoint=hub)
    assert not weights.present(Weights("other", "voices/other", 1, "MIT"), tmp_path)


def test_what_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    """A model copied into its folder by hand counts."""
    weights.folder(MODEL.name, tmp_path).mkdir()
    assert weights.pull(MODEL, tmp_path, endpoint="http://127.0.0.1:9") == tmp_path / "tiny-model"


def test_a_model_is_removed(tmp_path: Path) -> None:
    """Removing leaves nothing; removing what is not there is an error."""
    weights.folder(MODEL.name, tmp_path).mkdir()
    weights.remove(MODEL, tmp_path)
    assert not any(tmp_path.iterdir())
    with pytest.raises(NotFound):
        weights.remove(MODEL, tmp_path)


def test_every_model_is_found_by_its_name() -> None:
    """No two engines call different models alike, for the name is the folder; an unknown name lists what there is."""
    known = [model for engine in all_engines() for model in engine.weights]
    assert len({model.name for model in known}) == len(known)
    assert all(weights.find(model.name, all_engines()) is model for model in known)
    with pytest.raises(NotFound, match="whisper-small"):
        weights.find("whisper-gigantic", all_engines())
