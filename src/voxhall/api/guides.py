"""The guides: short pages on how to use the server, kept as Markdown beside the code."""

from functools import cache
from importlib import resources

FOLDER = resources.files("voxhall") / "guides"
ORDER = (
    "getting-started",
    "authentication",
    "media-probe",
    "asr",
    "mt",
    "streaming",
    "webhooks",
    "best-practices",
    "error-codes",
    "rate-limits",
    "audio-formats",
)


@cache
def guides() -> dict[str, str]:
    """Give all guides by name, in Markdown."""
    return {name: (FOLDER / f"{name}.md").read_text() for name in ORDER}


def title_of(guide: str) -> str:
    """Give a guide's title."""
    return guide.partition("\n")[0].removeprefix("# ")


def summary_of(guide: str) -> str:
    """Give a guide's first sentence."""
    return guide.split("\n\n")[1].partition(". ")[0].rstrip(".") + "."
