"""What a Markdown file says, without its markup."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from voxhall.domain.knowledge import Page

FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
"""Facts about the file before its text."""
TITLE = re.compile(r"""^title:\s*["']?(.*?)["']?\s*$""", re.MULTILINE)

_parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")


def read_markdown(source: str) -> Page:
    """Read a Markdown file; its title is that of its front matter, or else its first heading."""
    source = source.replace("\r\n", "\n")
    front = FRONT.match(source)
    named = TITLE.search(front[1]) if front else None
    title = named[1] if named else ""
    paragraphs: list[str] = []
    row: list[str] = []
    before = ""
    for token in _parser.parse(source[front.end() :] if front else source):
        if token.type in {"fence", "code_block"}:
            paragraphs.append(token.content.rstrip())
        elif token.type == "inline":
            text = _plain(token)
            if before == "heading_open" and not title:
                title = text
            if before in {"td_open", "th_open"}:
                row.append(text)
            else:
                paragraphs.append(text)
        elif token.type == "tr_close":
            paragraphs.append(" | ".join(row))
            row = []
        before = token.type
    return Page(title, "\n\n".join(filter(None, paragraphs)))


def _plain(token: Token) -> str:
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        breaks.get(child.type, child.content) for child in token.children or () if child.type != "html_inline"
    )
