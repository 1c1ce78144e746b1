"""Apertium, where it is installed with English and Spanish."""

from pathlib import Path

import pytest

from voxhall.engines.registry import Registry
from voxhall.engines.translate import apertium

LACKING = Registry(Path()).missing(apertium.engine)
installed = pytest.mark.skipif(
    bool(LACKING) or not any(each.lead("en", "es") for each in apertium._directions(apertium.Options(), Path())),
    reason=LACKING or "apertium-eng-spa is not installed; on Debian: make system",
)


@installed
def test_english_and_spanish_sentences() -> None:
    """In both directions, several at once, marks as they were."""
    engine = apertium.Apertium(apertium.Options(), Path())
    found = engine.translate(("The house is big.", "I see {0} cats\nin [Madrid].", "¿yes?"), "en", "es")
    assert found[0] == "La casa es grande."
    assert "{0} gatos" in found[1]
    assert "[Madrid]" in found[1]
    assert engine.translate(("La casa es grande.",), "es", "en") == ("The house is big.",)


def test_directions_are_read_from_its_folder(tmp_path: Path) -> None:
    """In our codes, variants left out."""
    for name in ("eng-spa", "spa-eng_US", "en-eo", "spa-eng"):
        (tmp_path / f"{name}.mode").touch()
    options = apertium.Options(modes=tmp_path)
    assert apertium._modes(options) == {("en", "es"): "eng-spa", ("es", "en"): "spa-eng", ("en", "eo"): "en-eo"}


def test_without_it_the_command_that_installs_it_is_named(tmp_path: Path) -> None:
    """Which is part of the Makefile."""
    assert "make system" in (apertium._missing(apertium.Options(modes=tmp_path), tmp_path) or "")
