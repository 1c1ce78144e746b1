"""Text with the numbers of its sources, as language models write it, as in "Built in 1851 [1][3]."."""

import re

_MARKER = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_END = re.compile(
    r"(?<=[.!?…。！？።])[\"'”’)\]]*(?:\s*\[[\d,\s]{1,20}\])*(?=\s+[^\s\[])"
    r"|(?:\[[\d,\s]{1,20}\])+(?=\s+[A-Z\d])|\n+(?=[^\s\[])"
)
"""Where a sentence ends, its markers included; known only once something else follows."""
_ABBREVIATED = re.compile(r"(?:\b(?:Dr|Mrs?|Ms|Prof|St|No|vs|etc|e\.g|i\.e|ca|approx|Inc|Ltd)|\b[A-Z])\.$")
_LINK = re.compile(r"!?\[([^\]\d][^\]]*)\]\([^)]*\)|https?://\S+|<[^>]{1,200}>")
"""Links and tags, by which an answer could carry something away."""


def cut(text: str) -> tuple[list[str], str]:
    """Give the sentences of a text that is still being written, and the rest, whose end is not known yet."""
    done, begin = [], 0
    for end in _END.finditer(text):
        if not _ABBREVIATED.search(text[begin : end.end()].rstrip()):
            done.append(text[begin : end.end()])
            begin = end.end()
    return done, text[begin:]


def sources_named(sentence: str) -> list[int]:
    """Give the numbers that a sentence names, each once."""
    return list(dict.fromkeys(int(each) for group in _MARKER.findall(sentence) for each in group.split(",")))


def without_markers(sentence: str) -> str:
    """Give what a sentence says, on one line, without numbers of sources, links and tags."""
    return " ".join(_LINK.sub(lambda link: link[1] or "", _MARKER.sub("", sentence)).split())
