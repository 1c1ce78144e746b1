"""Abbreviations and the words they stand for."""

import re

from voxhall.text.english.numerals import digits, number
from voxhall.text.english.stops import stop
from voxhall.text.rules import Match, last, rule, table, word_before

TITLES = {
    "Mr": "mister", "Mrs": "missus", "Ms": "miz", "Prof": "professor", "Gen": "general", "Col": "colonel",
    "Capt": "captain", "Lt": "lieutenant", "Sgt": "sergeant", "Maj": "major", "Cmdr": "commander", "Adm": "admiral",
    "Sen": "senator", "Rep": "representative", "Gov": "governor", "Pres": "president", "Rev": "reverend",
    "Hon": "honorable", "Fr": "father", "Messrs": "messieurs", "Mt": "mount", "Ft": "fort", "Supt": "superintendent",
}  # fmt: skip
"""Never the end of a sentence."""
MIDDLES = {
    "vs": "versus", "v": "versus", "e.g": "for example", "i.e": "that is", "cf": "compare", "approx": "approximately",
    "viz": "namely", "al": "al", "ca": "circa", "esp": "especially", "incl": "including", "excl": "excluding",
    "tel": "telephone", "Tel": "telephone", "ext": "extension", "Ext": "extension", "resp": "respectively",
    "Approx": "approximately", "E.g": "for example", "I.e": "that is", "Vs": "versus", "gov't": "government",
}  # fmt: skip
"""Hardly ever the end of a sentence."""
ENDS = {
    "etc": "et cetera", "Inc": "incorporated", "Ltd": "limited", "Corp": "corporation", "Co": "company",
    "Jr": "junior", "Sr": "senior", "Esq": "esquire", "dept": "department", "Dept": "department", "Ave": "avenue",
    "Blvd": "boulevard", "Rd": "road", "Ln": "lane", "Hwy": "highway", "Pkwy": "parkway", "Sq": "square",
    "Bros": "brothers", "Assn": "association", "Univ": "university", "est": "estimated", "misc": "miscellaneous",
    "max": "maximum", "min": "minimum", "avg": "average", "temp": "temperature", "a.k.a": "A.K.A", "fwd": "forward",
    "Bldg": "building", "Apt": "apartment", "Ste": "suite", "Mfg": "manufacturing", "Intl": "international",
    "Gov't": "government", "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday",
    "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Aug": "August", "Sep": "September",
    "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December", "lbs": "pounds", "lb": "pound",
    "Ph.D": "P.H.D", "hrs": "hours", "mins": "minutes", "secs": "seconds", "ref": "reference", "orig": "originally",
    "Ph.D.s": "P.H D's", "dept's": "department's", "Calif": "California", "Mass": "Massachusetts",
}  # fmt: skip
"""Sometimes the end of a sentence."""
BARE = {
    "Mr": "mister", "Mrs": "missus", "Ms": "miz", "vs": "versus", "etc": "et cetera", "Jr": "junior", "Sr": "senior",
    "Blvd": "boulevard", "Ave": "avenue", "Ltd": "limited", "Inc": "incorporated", "aka": "A.K.A", "w/": "with",
    "'n'": "and",
    "w/o": "without", "b/c": "because", "c/o": "care of", "n/a": "N.A", "N/A": "N.A", "and/or": "and or",
    "ie": "that is",
    "eg": "for example", "approx": "approximately", "dept": "department", "Dept": "department", "w/out": "without",
    "PhD": "P.H.D", "PhDs": "P.H D's", "C++": "C plus plus", "C#": "C sharp", "F#": "F sharp", "OK": "okay",
    "Hwy": "highway", "°": "degrees", "lbs": "pounds", "kg": "kilograms", "km": "kilometers",
    "kph": "kilometers per hour",
    "mph": "miles per hour", "&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "§": "section",
    "<": "less than", ">": "greater than", "≤": "at most", "≥": "at least", "×": "times", "÷": "divided by",
    "±": "plus or minus",
    "≈": "about", "≠": "is not equal to", "©": "copyright", "km/h": "kilometers per hour", "pts": "points",
    ".NET": "dot net", "b/w": "between", "P.S": "P.S", "tbsp": "tablespoon", "tsp": "teaspoon", "√": "square root of",
    "∞": "infinity", "$": "dollars", "£": "pounds", "€": "euros", "№": "number", "#": "number",
    "km²": "square kilometers",
}  # fmt: skip
"""What needs no full stop."""
NUMBERED = {
    "No": "number", "Nos": "numbers", "no": "number", "Nr": "number", "pp": "pages", "p": "page", "Vol": "volume",
    "vol": "volume", "Ch": "chapter", "ch": "chapter", "Fig": "figure", "fig": "figure", "Figs": "figures",
    "Sec": "section", "sec": "section", "Eq": "equation", "Art": "article", "Ver": "version", "ver": "version",
    "Pt": "part", "Ex": "example", "Tab": "table", "Rm": "room", "ed": "edition", "Op": "opus", "op": "opus",
    "Bk": "book", "Q": "question", "para": "paragraph", "Apt": "apartment", "v": "verse",
}  # fmt: skip
"""Before a number, with their full stop."""
SERIAL = 5
"""Digits from which the number of an order is read digit by digit."""

_PLACE = r"(?P<number>\d{1,9}(?:\.\d{1,3})?(?:\s?[-–—]\s?\d{1,9})?)(?P<letter>[a-z])?"
_CAPITAL = re.compile(r"\s{1,2}[A-Z]")


def _drive_or_doctor(match: Match) -> str:
    """Say `Dr. Smith` and `Mulberry Dr.`: a street's comes after its name."""
    if _CAPITAL.match(match.string, match.end()) and not (_named(match) and stop(match)):
        return "doctor" if not _street(match) else "drive"
    return ("drive" if _named(match) else "doctor") + stop(match)


def _saint_or_street(match: Match) -> str:
    """Say `St. John` and `Main St.`: a saint's name follows."""
    if _CAPITAL.match(match.string, match.end()) and not (_named(match) and stop(match)) and not _street(match):
        return "saint"
    return ("street" if _named(match) or _street(match) else "saint") + stop(match)


def _named(match: Match) -> bool:
    return word_before(match)[:1].isupper() or word_before(match)[:1].isdigit()


def _street(match: Match) -> bool:
    """Tell whether a house number and a name stand before it: 12 Main St."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    return bool(re.search(r"\d\w{0,3}\s(?:[A-Z][\w.']{0,20}\s){1,3}\Z", before))


def _initial(match: Match) -> str | None:
    """Say the initial of a name: J. Smith."""
    return None if stop(match) and not word_before(match).endswith(".") else match["initial"]


def _dotted(match: Match) -> str:
    letters = match[0].replace(".", "")
    return ".".join(letters.upper()) + stop(match)


def _numbered(match: Match) -> str:
    return f"{NUMBERED[match['what']]} {_range(match['number'])} {match['letter'] or ''}".strip()


def _range(written: str) -> str:
    return " to ".join(number(part) for part in re.split(r"\s?[-–—]\s?", written))


def _hash(match: Match) -> str:
    written = match["number"]
    return "number " + (number(written) if len(written) < SERIAL else " ".join(digits(written)))


RULES = (
    rule(r"Dr\.?", _drive_or_doctor),
    rule(r"St\.?", _saint_or_street),
    rule(rf"(?P<what>{table(NUMBERED)})\.\s?{_PLACE}", _numbered),
    rule(rf"(?P<what>{table(NUMBERED)})\.(?=\s[IVXL]{{2,6}}\b|\s(?:of|one)\s)", lambda match: NUMBERED[match["what"]]),
    rule(r"§§?\s?(?P<number>\d{1,9})", lambda match: "section " + number(match["number"])),
    rule(r"(?:#|№\s?)(?P<number>\d{1,9})", _hash),
    rule(rf"(?P<short>{table(TITLES)})\.", lambda match: TITLES[match["short"]] + last(match)),
    rule(rf"(?P<short>{table(MIDDLES)})\.", lambda match: MIDDLES[match["short"]] + last(match)),
    rule(rf"(?P<short>{table(ENDS)})\.", lambda match: ENDS[match["short"]] + stop(match)),
    rule(rf"(?P<short>{table(BARE)})", lambda match: BARE[match["short"]]),
    rule(r"(?:[A-Za-z]\.){1,8}[A-Za-z]\.?(?<!\d)", _dotted),
    rule(r"x(?=\s\d)", lambda _: "by"),
    rule(r"(?P<initial>[A-Z])\.(?=\s[A-Z])", _initial),
)  # fmt: skip
