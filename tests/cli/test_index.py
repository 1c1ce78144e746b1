"""The local index from the command line, as a person fills and asks it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)


def index(*arguments: object, data_dir: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a sub-command and expect its exit status."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), "COLUMNS": "200"}
    command = [sys.executable, "-m", "voxhall", "index", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_a_folder_is_added_searched_listed_and_removed(tmp_path: Path) -> None:
    """What can be read of it; what cannot is named and spoils nothing; no path is ever a hit's address."""
    notes = tmp_path / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "oven.md").write_text("# Baking\n\nThe loaf is baked in a very hot oven for forty minutes.\n")
    (notes / "deep" / "sun.txt").write_text("The diameter of the sun is about 1.39 million kilometres.")
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    (notes / ".hidden.txt").write_text("The diameter of the moon is 3,474 kilometres.")
    (notes / "picture.jpg").write_bytes(b"\xff\xd8")
    assert "broken.pdf" in index("add", notes, data_dir=tmp_path, code=1).stderr
    hits = json.loads(index("search", "How large is our star?", "--json", data_dir=tmp_path).stdout)
    assert "1.39 million" in hits[0]["text"]
    assert all(hit["url"].startswith("http://127.0.0.1:8012/knowledge/") for hit in hits)
    assert str(tmp_path) not in json.dumps(hits)
    assert "forty minutes" in index("search", "hot oven", "--limit", 1, data_dir=tmp_path).stdout
    listed = index("list", data_dir=tmp_path).stdout
    assert [line.split()[-1] for line in listed.splitlines() if ".txt" in line or "Baking" in line] == ["ready"] * 2
    assert "failed: " in listed
    [sun] = [line.split()[0] for line in listed.splitlines() if "sun.txt" in line]
    index("remove", sun, data_dir=tmp_path)
    assert "1.39" not in index("search", "How large is our star?", data_dir=tmp_path).stdout
    assert "there is no document" in index("remove", sun, data_dir=tmp_path, code=1).stderr


def test_no_file_of_a_folder_keeps_others_from_being_read(tmp_path: Path) -> None:
    """Those that are too large, that the system does not let us read or that have no proper name are named."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "sun.txt").write_text("The diameter of the sun is about 1.39 million kilometres.")
    (notes / "atlas.txt").symlink_to("/proc/self/mem")
    with (notes / "big.txt").open("wb") as file:
        file.truncate(33 << 20)
    Path(os.fsdecode(os.fsencode(notes) + b"/caf\xe9.txt")).write_text("The moon.")
    said = index("add", notes, data_dir=tmp_path, code=1).stderr
    assert f"{notes}/atlas.txt: it cannot be read" in said
    assert f"{notes}/big.txt: it is larger than the 32 MiB" in said
    assert "UTF-8" in said
    assert "1.39 million" in index("search", "How large is our star?", data_dir=tmp_path).stdout


@pytest.mark.parametrize("arguments", [(), ("nowhere.txt",), ("http://10.0.0.1/",), ("file:///etc/passwd",)])
def test_what_cannot_be_added_is_named(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """In one sentence."""
    said = index("add", *arguments, data_dir=tmp_path, code=1).stderr
    assert all(argument in said for argument in arguments)
