"""Searching and asking without a server: from the terminal and from Python."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from documents import KELBY
from voxhall.domain.document import Source
from voxhall.library import open_library
from voxhall.settings import read_settings

QUESTION = "Who built the lighthouse of Kelby?"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose index holds one document."""
    folder = tmp_path_factory.mktemp("data")

    async def fill() -> None:
        async with open_library(read_settings(data_dir=folder)) as library:
            source = Source("file", "kelby.txt", "\n\n".join(KELBY).encode())
            row, _ = await library.knowledge.enter(library.caller, source)
            await library.indexing.index(row, lambda _done, _total: None)

    asyncio.run(fill())
    return folder


def ran(*command: str, data_dir: Path, code: int = 0) -> str:
    """Run a program and give what it says."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir)}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_an_answer_and_its_sources(data_dir: Path) -> None:
    """For people, and for programs."""
    said = ran("-m", "voxhall", "answer", QUESTION, data_dir=data_dir)
    assert "Ada Thorne. [1]" in said
    assert "[1] kelby.txt" in said
    whole = json.loads(ran("-m", "voxhall", "answer", QUESTION, "--json", data_dir=data_dir))
    assert (whole["model"], whole["citations"][0]["rank"]) == ("extractive-1", 1)


def test_what_is_found(data_dir: Path) -> None:
    """The best first; nothing found is no failure."""
    found = json.loads(ran("-m", "voxhall", "search", "lighthouse lamp", "--limit", "1", "--json", data_dir=data_dir))
    assert len(found["hits"]) == 1
    assert found["hits"][0]["url"].startswith("http://127.0.0.1:8012/knowledge/")
    assert "kelby.txt" in ran("-m", "voxhall", "search", "lighthouse", data_dir=data_dir)


def test_a_script_asks_in_two_lines(data_dir: Path) -> None:
    """Through the façade."""
    code = (
        f"from voxhall import answer, search\nprint(answer({QUESTION!r}).text)\nprint(len(search('lamp', limit=1)))\n"
    )
    assert ran("-c", code, data_dir=data_dir).splitlines()[-1] == "1"


@pytest.mark.parametrize(
    "arguments",
    [("search",), ("search", "x", "--limit", "21"), ("search", "x", "--days", "0"), ("answer", "x", "--topic", "y")],
)
def test_wrong_options_are_refused(arguments: tuple[str, ...], data_dir: Path) -> None:
    """Before anything is opened."""
    ran("-m", "voxhall", *arguments, data_dir=data_dir, code=2)
