"""History from the command line, as a person looks into it."""

import asyncio
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from remembered import Remembering
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Scope
from voxhall.stores.database import open_database
from voxhall.stores.objects import open_objects

pytestmark = pytest.mark.timeout(120)


def history(*arguments: object, data_dir: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a sub-command and expect its exit status."""
    environment = {**os.environ, "VOXHALL_DATA_DIR": str(data_dir), "COLUMNS": "200"}
    command = [sys.executable, "-m", "voxhall", "history", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


async def fill(folder: Path) -> int:
    """Add one of each kind to the first admin's account; give the transcription's id."""
    async with open_database(f"sqlite+aiosqlite:///{folder / 'voxhall.db'}") as database:
        keys = Keys(database)
        await keys.ensure_admin("the-key")
        caller = await keys.authenticate("the-key")
        assert Scope.READ in caller.scopes
        write = Remembering(database, open_objects((folder / "objects").as_uri()), caller)
        await write.render("maeve.h1", 1000.0)
        await write.conversation("maeve.h1", 2000.0, "Call the dentist.", uid="sess_a")
        return await write.transcription("interview.mp3", 3000.0, "We met at the station.")


def test_history_is_listed_shown_searched_and_exported(tmp_path: Path) -> None:
    """The first admin's, without a server; what is wrong is said in a sentence."""
    made = asyncio.run(fill(tmp_path))
    listed = history("list", data_dir=tmp_path)
    assert ["interview.mp3" in listed.stdout, "sess_a" in listed.stdout, "maeve.h1" in listed.stdout] == [True] * 3
    assert "3 of 3" in listed.stderr
    assert "interview" not in history("list", "--type", "conversation", data_dir=tmp_path).stdout
    assert "music" in history("list", "--type", "music", data_dir=tmp_path, code=1).stderr
    assert "SPEAKER_0: We met at the station." in history("show", "transcription", made, data_dir=tmp_path).stdout
    assert "Call the dentist." in history("show", "conversation", "sess_a", data_dir=tmp_path).stdout
    assert "no render 99" in history("show", "tts", 99, data_dir=tmp_path, code=1).stderr
    assert "dentist" in history("search", "dentist", data_dir=tmp_path).stdout
    assert "interview.mp3" in history("search", "station", data_dir=tmp_path).stdout
    assert "3 items" in history("export", tmp_path / "all.zip", data_dir=tmp_path).stdout
    assert f"transcriptions/{made}/transcript.txt" in zipfile.ZipFile(tmp_path / "all.zip").namelist()
