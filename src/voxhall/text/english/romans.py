"""Roman numerals, where something near them says that they are numbers."""

import re

from voxhall.text.english.numerals import cardinal, ordinal, roman, year
from voxhall.text.rules import Match, rule, word_after, word_before

RULERS = {
    "Henry", "Louis", "Edward", "George", "William", "James", "Charles", "Richard", "Elizabeth", "Mary", "John", "Paul",
    "Pius", "Benedict", "Gregory", "Leo", "Innocent", "Clement", "Urban", "Alexander", "Nicholas", "Peter", "Catherine",
    "Philip", "Ferdinand", "Francis", "Frederick", "Wilhelm", "Otto", "Napoleon", "Ramses", "Ramesses", "Ptolemy",
    "Constantine", "Theodosius", "Justinian", "Ivan", "Leopold", "Joseph", "Maximilian", "Gustav", "Christian",
    "Haakon",
    "Harald", "Olaf", "Carlos", "Alfonso", "Felipe", "Pedro", "Umberto", "Victor", "Emmanuel", "Cyrus", "Darius",
    "Xerxes", "Mehmed", "Selim", "Murad", "Suleiman", "Menelik", "Tewodros", "Yohannes", "Robert",
    "Thutmose",
    "Amenhotep", "Seti", "Rudolf", "Sigismund", "Albert", "Stephen", "Margrethe", "Willem", "Nicolas", "Julius",
    "Sixtus",
}  # fmt: skip
"""First names of rulers and popes, after which a numeral is an ordinal."""
TITLES = {"King", "Queen", "Pope", "Emperor", "Tsar", "Czar", "Prince", "Sultan", "Pharaoh", "Empress", "Kaiser"}
COUNTED = {
    "chapter", "part", "act", "scene", "volume", "vol.", "ch.", "pt.", "sec.",
    "art.", "bk.", "book", "section", "article", "phase", "type", "class", "level",
    "stage", "appendix", "title", "war", "bowl", "figure", "table", "grade", "mark", "episode", "season", "round",
    "tier",
    "step", "unit", "page", "schedule", "category", "group", "annex", "division", "corps", "apollo", "rocky", "fantasy",
    "factor", "quad", "pac", "canto", "psalm", "sonnet", "symphony", "opus", "amendment", "world", "game", "version",
}  # fmt: skip
"""Words, in lower case, after which a numeral counts."""
NOT_NUMERALS = {"MIX", "DI", "CD", "MD", "DC", "MC", "CC", "CV", "MM", "CI", "MI", "LI", "DIM", "MCI", "XL", "CM",
                "DM", "ID",
                "DVD", "XX", "XXX", "CL", "ML", "MV", "LL", "DD", "MCC", "CDC", "MDC", "CIV", "DIV", "MIL", "CIVIC",
                "VC",
                "IM", "LCD", "CDI", "DL", "CX", "VI", "XI", "II", "IV", "IX", "XV", "LX", "MX", "XC", "DX", "DV",
                "LV"}  # fmt: skip
"""Proper numerals that alone mean something else, or may."""

VERBS = {
    "am",
    "have",
    "had",
    "think",
    "know",
    "want",
    "need",
    "will",
    "can",
    "would",
    "hope",
    "love",
    "saw",
    "met",
    "say",
}
"""Words after which `I` is a person."""

_ADJACENT = re.compile(r"[\w.]\s\Z")
_TITLED = re.compile(rf"\b(?:{'|'.join(sorted(TITLES))})\s+[A-Z][\w.]{{1,30}}(?:\s[A-Z]\w{{1,30}})?\s+\Z")


def _numeral(match: Match) -> str | None:
    written = match["numeral"]
    value = roman(written)
    words = _words(match, written, value) if value else None
    return words + (match["owner"] or "") if words else None


def _words(match: Match, written: str, value: int) -> str | None:
    before = word_before(match) if _ADJACENT.search(match.string, max(0, match.start() - 2), match.start()) else ""
    if match["ending"] or word_after(match).lower() in {"century", "dynasty", "olympiad"}:
        return ordinal(value)
    if before.lower() in COUNTED and not (written == "I" and before.islower()):
        return " ".join(cardinal(value))
    ruler = before in RULERS or _TITLED.search(match.string[max(0, match.start() - 70) : match.start()])
    if ruler and before[:1].isupper() and not (len(written) == 1 and written in "CDLM"):
        return (
            None if written == "I" and (before not in RULERS or word_after(match) in VERBS) else f"the {ordinal(value)}"
        )
    if len(written) > 1 and not set(written) - set("IVX") and before[:1].isupper() and not before.isupper():
        return " ".join(cardinal(value))
    sure = len(written) > 3 or (len(written) > 2 and not set(written) - set("IVX"))  # noqa: PLR2004 - no word is one
    return year(value) if sure and written not in NOT_NUMERALS else None


RULES = (rule(r"(?P<numeral>[IVXLCDM]{1,12})(?P<ending>th|st|nd|rd)?(?P<owner>'s)?", _numeral),)
