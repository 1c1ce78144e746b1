"""What `import voxhall` offers."""

import subprocess
import sys
from pathlib import Path

import pytest

import voxhall
from recordings import BECKETT
from voxhall.errors import InvalidInput


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


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"text": " "}, "not empty"),
        ({"text": "x\x00y"}, "zero bytes"),
        ({"text": "x" * 501}, "501"),
        ({"limit": -1}, "limit should be at least 1, not -1"),
        ({"days": 0}, "days should be at least 1, not 0"),
        ({"topic": "sports"}, "'sports'"),
    ],
)
def test_questions_that_nobody_can_answer_are_refused(wanted: dict[str, object], why: str) -> None:
    """Before anything is opened, with the value and what would be right."""
    with pytest.raises(InvalidInput, match=why):
        voxhall.search(**{"text": "x", **wanted})
    if "limit" not in wanted:
        with pytest.raises(InvalidInput, match=why):
            voxhall.answer(**{"text": "x", **wanted})
