"""Reading documents with trafilatura, readability, pypdf and python-docx, described; see `_documents` for how."""

from pathlib import Path

from pydantic import BaseModel, Field

from voxhall.engines.registry import Engine


class Options(BaseModel, extra="forbid"):
    """Options of the reader."""

    memory: int = Field(default=1024, ge=256)
    """Megabytes that one document may take to read; enforced on Linux."""
    pages: int = Field(default=2000, ge=1)
    """Pages of a PDF that are read; what comes after them is left out."""


def load(options: Options, _models: Path) -> object:
    """Make the reader."""
    from voxhall.engines.read._documents import Documents  # noqa: PLC0415 - heavy

    return Documents(options)


engine = Engine(
    name="documents",
    ability="read",
    summary="web pages, PDF, Word, Markdown and plain text",
    licence="Apache-2.0 (trafilatura, readability), BSD-3-Clause (pypdf), MIT (python-docx, markdown-it)",
    load=load,
    options=Options,
    needs=("trafilatura", "readability", "pypdf", "docx", "markdown_it"),
)
