"""Whoever ends a job, and however many at once: it has one outcome, and nothing of it stays."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recordings import speech_of
from serving import Server, serving, wait_for


def done_with(server: Server) -> bool | None:
    """Tell that no job waits or runs any more."""
    return server.get("/health").json()["queue_length"] == 0 or None


def test_two_clients_cancel_and_delete_while_it_finishes(tmp_path: Path) -> None:
    """Each hears of an outcome that is true: cancelled, ended before, or gone; then it is gone, files and all."""
    with serving(tmp_path, job_slots=1) as server, ThreadPoolExecutor(4) as clients:
        objects = tmp_path / "objects"
        for round_ in range(12):
            recording = speech_of(1.0 + round_ / 4)
            made = server.post("/v1/transcriptions", files={"file": recording}).json()
            url = made["url"]

            def finishing(url: str = url, percent: int = 10 * (round_ % 10)) -> bool | None:
                state = server.get(url).json()
                ended = state["status"] in {"completed", "failed"}
                return ended or (state["progress"] or {}).get("percent", 0) >= percent or None

            wait_for(finishing, seconds=60)
            asked = [("POST", f"{url}/cancel"), ("DELETE", url), ("POST", f"{url}/cancel"), ("DELETE", url)]
            heard = [answer.status_code for answer in clients.map(lambda each: server.request(each[0], each[1]), asked)]
            assert set(heard[::2]) <= {200, 404, 409}
            assert set(heard[1::2]) <= {200, 404}
            assert 200 in heard[1::2]
            assert server.get(url).status_code == 404
        wait_for(lambda: done_with(server), seconds=60)
        # the health check leaves an object of its own
        left = [path for path in objects.rglob("*") if path.is_file() and path.name != "health"]
        assert left == []
