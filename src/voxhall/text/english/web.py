"""Addresses on the web, of mail and of files, hashtags and handles."""

import re

from voxhall.text.english.acronyms import spelled, word_or_letters
from voxhall.text.english.numerals import number
from voxhall.text.rules import Match, rule

DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|dev|app|co|me|tv|us|uk|ca|de|fr|es|it|nl|eu|ch|at|be|se|no|dk|fi|pl|ru|"
    "jp|cn|in|br|au|nz|za|et|er|ke|ng|xyz|tech|cloud|online|site|blog|shop|wiki|fm|gg|ly"
)
FILES = (
    "pdf|txt|docx?|xlsx?|pptx?|csv|json|xml|yaml|yml|toml|html?|css|js|ts|tsx|jsx|py|rb|rs|go|java|c|h|cpp|sh|bat|exe|"
    "zip|tar|gz|png|jpe?g|gif|svg|webp|mp3|mp4|wav|ogg|flac|mov|avi|mkv|md|log|ini|conf|cfg|sql|db|iso|dmg|apk|bin|onnx"
)
SIGNS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals", "&": "and",
    "#": "hash",
    "~": "tilde", ":": "colon", "@": "at", "%": "percent", "+": "plus", "\\": "backslash", ",": "comma", "*": "star",
    "!": "exclamation mark", ";": "semicolon", "$": "dollar", "|": "pipe", "^": "caret",
}  # fmt: skip
WORDS = {
    "com", "org", "net", "gov", "info", "biz", "dev", "app", "blog", "shop", "wiki", "site", "online", "cloud", "tech",
    "doc", "zip", "bin", "log", "tar", "wav", "gif", "jpg", "jpeg", "png", "json", "yaml", "toml", "bat", "go", "java",
    "http", "mil", "docs", "conf", "me", "int", "co",
}  # fmt: skip
"""Endings that are said as words."""
SAID = {"jpg": "jpeg", "png": "ping", "conf": "conf", "gif": "gif", "wav": "wave", "yml": "yaml", "exe": "E.X.E",
        "http": "H.T.T.P", "https": "H.T.T.P.S", "www": "W.W.W", "html": "H.T.M.L", "txt": "T.X.T"}  # fmt: skip

_PART = re.compile(r"[A-Za-zÀ-ɏ]+|\d+|[./\-_?=&#~:@%+\\,*!;$|^]|.", re.DOTALL)
_HUMP_OR_LINE = re.compile(r"_|[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_HUMP = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")


def address(written: str) -> str:
    """Say an address sign by sign and word by word."""
    said = []
    before = ""
    for part in _PART.findall(written):
        if part.isdecimal():
            said.append(number(part))
        elif part[0].isalpha():
            said.append(_ending(part) if before == "." else _name(part))
        elif part in SIGNS:
            said.append(SIGNS[part])
        before = part
    return " ".join(said)


def _ending(part: str) -> str:
    lower = part.lower()
    if lower in SAID:
        return SAID[lower]
    known = lower in re.split(r"\|", DOMAINS) or lower in re.split(r"\|", FILES)
    return spelled(part.upper()) if known and lower not in WORDS and len(part) <= 4 else _name(part)  # noqa: PLR2004


def _name(part: str) -> str:
    if part.lower() in SAID:
        return SAID[part.lower()]
    if len(part) > 1 and not re.search("[aeiouyAEIOUYÀ-ɏ]", part) and len(part) <= 4:  # noqa: PLR2004
        return spelled(part.upper())
    return word_or_letters(part) if part.isupper() else " ".join(_HUMP.findall(part)) or part


def _url(match: Match) -> str:
    return address(match["address"].rstrip("/"))


def _mail(match: Match) -> str:
    return address(match["address"])


def _tag(match: Match) -> str:
    return "hashtag " + _humps(match["name"])


def _handle(match: Match) -> str:
    return "at " + _humps(match["name"])


def _humps(name: str) -> str:
    """Say run-together words apart: ThrowbackThursday."""
    return " ".join(_hump(word) for word in _HUMP_OR_LINE.findall(name))


def _hump(word: str) -> str:
    if word == "_":
        return "underscore"
    return number(word) if word.isdecimal() else word_or_letters(word) if word.isupper() else word


_HOST = rf"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{{0,62}})\.){{1,6}}(?:{DOMAINS})(?::\d{{1,5}})?(?:[/?#][^\s\"'<>()]{{0,400}}?)?"
RULES = (
    rule(r"(?:mailto:)?(?P<address>[a-zA-Z0-9][\w.+-]{0,63}@[a-zA-Z0-9][a-zA-Z0-9.-]{0,99}\.[a-zA-Z]{2,12})", _mail),
    rule(r"(?:https?|ftp|wss?|HTTPS?|file|s3|ssh|git):///?(?P<address>[^\s\"'<>()]{1,500}?)", _url),
    rule(rf"(?P<address>{_HOST})", _url),
    rule(r"(?P<address>www\.[^\s\"'<>()]{1,400}?)", _url),
    rule(
        rf"(?P<address>(?:[~.]{{0,2}}/)?(?:[\w@+~-]{{1,60}}/){{0,12}}\.?[\w+-]{{1,60}}(?:\.[\w+-]{{1,20}}){{0,3}}\.(?:{FILES}))",
        _mail,
    ),
    rule(r"(?P<address>(?:~|\.{1,2})?(?:/[\w.@+~-]{1,60}){2,12}/?)", _mail),
    rule(r"(?P<address>[A-Z]:\\[^\s\"'<>]{0,200}?)", _mail),
    rule(r"#(?P<name>[^\W\d_]\w{0,60})", _tag),
    rule(r"@(?P<name>\w{1,60})", _handle),
)
