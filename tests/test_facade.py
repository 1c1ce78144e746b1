"""What `import voxhall` offers."""

import subprocess
import sys
from pathlib import Path

import voxhall
from recordings import BECKETT


def test_every_name_of_the_facade_is_there() -> None:
    """And no other is promised."""
    for name in voxhall.__all__:
        assert getattr(voxhall, name) is not None


def test_importing_the_package_is_cheap() -> None:
    """Engine processes import it too: nothing heavy comes along."""
    code = (
        "import sys, voxhall; print([m for m in ('numpy', 'fastapi', 'sqlalchemy', 'onnxruntime') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_script_transcribes_in_two_lines(tmp_path: Path) -> None:
    """Without a `__main__` guard."""
    script = tmp_path / "script.py"
    script.write_text(
        f"from voxhall import transcribe\nprint(transcribe({str(BECKETT)!r}, speakers=1).segments[0].text)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) > 2


def test_a_script_speaks_in_two_lines(tmp_path: Path) -> None:
    """And knows when each word is said."""
    script = tmp_path / "script.py"
    script.write_text(
        "from voxhall import speak\nspeech = speak('It costs $5.', voice='harry', seed=1)\n"
        f"speech.save({str(tmp_path / 'out.flac')!r})\nprint([word.text for word in speech.words], speech.rate)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "['It', 'costs', '$5.'] 24000\n"
    assert (tmp_path / "out.flac").read_bytes().startswith(b"fLaC")
