"""What of a text is not to be translated: markup, placeholders, addresses, numbers; and terms with a translation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MARKUP = re.compile(
    r"<!--.{0,2000}?-->|</?[A-Za-z][^<>]{0,2000}>|&(?:\#\d{1,7}|\#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,31});"
    r"|(?:https?|ftp)://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’]|www\.[\w-]+\.[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’]"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|\{\{[^{}]{0,200}\}\}|\$?\{[^{}]{0,200}\}|%\([^()\s]{1,100}\)[a-z]|%(?:\d{1,2}\$)?[sdifux@](?![A-Za-z])"
    r"|`[^`\n]{1,500}`|\[\[[^\[\]\n]{1,400}\]\]|\\[nrt](?![A-Za-z])",
    re.DOTALL,
)
NUMBER = re.compile(r"[+-]?\d{1,40}(?:[.,:/’-]\d{1,40}){0,8}")
DIGITS = re.compile(r"\d{1,60}")
MARK = re.compile(r"\{ ?(\d{1,4}) ?\}")
"""What stands for something that is kept, as it comes back."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which marks stand for what is kept."""

    text: str
    kept: tuple[str, ...]
    """What each mark stands for, `{0}` first."""

    def restore(self, translated: str) -> str | None:
        """Put back what is kept; None where a mark was lost or came twice."""
        found = sorted(int(match[1]) for match in MARK.finditer(translated))
        if found != list(range(len(self.kept))):
            return None
        return MARK.sub(lambda match: self.kept[int(match[1])], translated)

    def pieces(self) -> list[str]:
        """Cut the text at what is kept: text and kept things by turns, beginning and ending with text."""
        cut = MARK.split(self.text)
        return [self.kept[int(piece)] if at % 2 else piece for at, piece in enumerate(cut)]


class Masker:
    """Puts marks in the place of markup, addresses, placeholders and, if wished, numbers; and of terms.

    A term's mark stands for its translation. The longest term wins; case is not looked at.
    """

    def __init__(self, terms: Mapping[str, str], *, numbers: bool) -> None:
        self._terms = {term.casefold(): said for term, said in terms.items()}
        patterns = [f"(?P<markup>{MARKUP.pattern})"]
        if terms:
            longest_first = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
            patterns.append(rf"(?P<term>(?<!\w)(?:{longest_first})(?!\w))")
        if numbers:
            patterns.append(f"(?P<number>{NUMBER.pattern})")
        self._pattern = re.compile("|".join(patterns), re.DOTALL | re.IGNORECASE)

    def mask(self, text: str) -> Masked:
        """Give a text with marks."""
        kept: list[str] = []

        def put(match: re.Match[str]) -> str:
            term = match.groupdict().get("term")
            kept.append(_as_written(term, self._terms.get(term.casefold(), term)) if term else match[0])
            return f"{{{len(kept) - 1}}}"

        return Masked(self._pattern.sub(put, text), tuple(kept))


def _as_written(term: str, said: str) -> str:
    """Begin a translation with a capital where its term does."""
    return said[:1].upper() + said[1:] if term[:1].isupper() else said


def same_numbers(source: str, translated: str) -> bool:
    """Tell whether two texts have the same digits in them, whatever stands between these."""
    return sorted(DIGITS.findall(source)) == sorted(DIGITS.findall(translated))


def has_words(text: str) -> bool:
    """Tell whether there is anything to translate."""
    return any(character.isalpha() for character in MARKUP.sub("", text))
