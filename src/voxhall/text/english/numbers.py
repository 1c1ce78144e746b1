"""Numbers that stand for themselves: counts, years, ordinals, fractions, ranges, sums, scores."""

import re
import unicodedata

from voxhall.text.english.numerals import cardinal, digits, number, ordinal, pairs, plural, year
from voxhall.text.rules import NUMBER, Match, rule, word_after, word_before

SIGNED = rf"[-−]?(?:{NUMBER})"
DASH = r"\s?[-–—−]\s?"
YEAR_WORDS = {
    "in", "since", "by", "until", "till", "from", "during", "before", "after", "circa", "year", "of", "early", "late",
    "around", "ca.", "spring", "summer", "autumn", "fall", "winter", "class", "january", "february", "march", "april",
    "may", "june", "july", "august", "september", "october", "november", "december", "between", "copyright",
    "q1", "q2", "q3", "q4", "fy",
}  # fmt: skip
"""Words before a year."""
MANY = {"people", "men", "women", "children", "percent", "feet", "sheep", "fish", "dollars", "items", "or"}
"""Words after a count that do not end in s."""
NOT_MANY = {"was", "has", "is", "as", "its", "his", "this", "us", "does", "goes", "across", "previous", "always"}
SOFTWARE = {
    "python", "version", "node", "java", "ios", "android", "macos", "ubuntu", "debian", "windows", "php", "ruby", "go",
    "rust", "chrome", "firefox", "django", "release", "postgres", "postgresql", "bluetooth", "usb", "http", "linux",
    "kernel", "update", "build", "node.js", "swift", "kotlin", "perl", "pytorch", "cuda", "opengl", "tls",
}  # fmt: skip
"""Words before a version whose parts are counted, not decimals: Python 3.11."""
FRACTIONS = {"2": "half", "4": "quarter"}
FIXED = {"9/11": "nine eleven", "24/7": "twenty four seven", "50/50": "fifty fifty", "20/20": "twenty twenty"}
PAIRED = {"7-11"}
"""Names that look like ranges."""
RATED = {10, 100}
"""Below the line where a rating is more likely than a fraction."""
COMPARED = {
    "<": "less than",
    ">": "more than",
    "≤": "at most",
    "≥": "at least",
    "±": "plus or minus",
    "~": "about",
    "≈": "about",
}
"""Signs before a quantity."""
EMERGENCY = {"call", "dial", "ring", "calling", "dialed", "called", "phone"}
CODES = {"pin", "code", "passcode", "password", "zip", "extension"}
"""Words before digits that are said one by one."""
OPERATORS = {
    "+": "plus", "-": "minus", "−": "minus", "–": "minus", "×": "times", "*": "times", "x": "times", "÷": "divided by",
    "/": "divided by", "=": "equals", "<": "is less than", ">": "is greater than", "≤": "is at most", "^": "to the",
    "≥": "is at least", "±": "plus or minus", "≈": "is about", "≠": "is not equal to",
}  # fmt: skip
POWERS = {"²": "squared", "³": "cubed"}

_SUM_PART = re.compile(rf"({SIGNED}|[a-z])\s?([-+−–×*x÷/=<>≤≥±≈≠^]?)\s?")


def _count(match: Match) -> str:
    """Say a number alone: most often a count, four digits often a year."""
    written = match[0]
    if re.fullmatch(r"[1-9]\d{3}", written) and not _counted(match):
        value = int(written)
        if 1010 <= value < 2100 or word_before(match).lower() in YEAR_WORDS & {"in", "since", "circa", "year"}:  # noqa: PLR2004
            return year(value)
    if written == "911" and not _counted(match):
        return "nine one one"
    before = word_before(match).lower()
    if (re.fullmatch(r"\d{3}", written) and before in EMERGENCY) or (written.isdecimal() and before in CODES):
        return " ".join(digits(written))
    if re.fullmatch(r"\d{5}", written) and re.fullmatch(r"[A-Z]{2}", word_before(match)):
        return " ".join(digits(written))
    return number(written)


def _counted(match: Match) -> bool:
    """Tell whether a plural follows, and nothing before says that it is a year."""
    after = word_after(match)
    many = after in MANY or (len(after) > 3 and after.endswith("s") and not after.endswith("ss"))  # noqa: PLR2004
    return many and after.islower() and after not in NOT_MANY and word_before(match).lower() not in YEAR_WORDS


def _decade(match: Match) -> str:
    return decade(int(match["decade"]))


def decade(value: int) -> str:
    """Say the 1990s and the 90s."""
    if value < 100:  # noqa: PLR2004 - the '90s
        return plural(" ".join(cardinal(value)))
    return plural(year(value))


def _fraction(match: Match) -> str | None:
    top, bottom = int(match["top"]), int(match["bottom"])
    if match[0] in FIXED:
        return FIXED[match[0]]
    if bottom in RATED and not match["whole"] and word_after(match) != "of":
        return f"{number(str(top))} out of {number(str(bottom))}"
    if not match["whole"] and not (0 < top < bottom and (bottom <= 10 or bottom in {12, 16, 20, 32, 64, 100})):  # noqa: PLR2004
        return None
    if bottom < 2:  # noqa: PLR2004
        return None
    whole = number(match["whole"]) + " and " if match["whole"] else ""
    return ("minus " if match["minus"] else "") + whole + parts(top, bottom, alone=bool(match["whole"]))


def parts(top: int, bottom: int, *, alone: bool) -> str:
    """Say a fraction: a half, three quarters, five eighths; after a whole number one is `a`."""
    name = FRACTIONS.get(str(bottom)) or ordinal(bottom)
    one = "a" if alone or bottom == 2 else "one"  # noqa: PLR2004 - a half
    if top == 1:
        return f"{one} {name}"
    return f"{number(str(top))} {'halves' if name == 'half' else plural(name)}"


def _vulgar(match: Match) -> str | None:
    top, _, bottom = unicodedata.normalize("NFKC", match["sign"]).partition("\N{FRACTION SLASH}")
    if not (top.isdecimal() and bottom.isdecimal()) or top == "0":
        return None
    said = parts(int(top), int(bottom), alone=bool(match["whole"]))
    return f"{number(match['whole'])} and {said}" if match["whole"] else said


def _range(match: Match) -> str | None:
    low, high = match["low"], match["high"]
    if re.fullmatch(r"1[1-9]\d\d|20\d\d", low) and re.fullmatch(r"\d\d|1[1-9]\d\d|20\d\d", high):
        return f"{year(int(low))} to {'oh ' if high[0] == '0' else ''}{year(int(high))}"
    if len(low) == 3 and len(high) == 4:  # noqa: PLR2004 - a telephone number
        return None
    if low.isdecimal() and high.isdecimal():
        if low == high or match[0] in PAIRED:  # 50-50
            return f"{number(low)} {number(high)}"
        if int(low) > int(high) and len(high) > 2:  # noqa: PLR2004 - a type: 747-400
            return f"{_typed(low)} {_typed(high)}"
    return f"{number(low)} to {number(high)}"


def _typed(written: str) -> str:
    """Say three digits of a type as they are called: seven forty seven, four hundred."""
    return " ".join(pairs(int(written))) if len(written) == 3 and int(written) % 100 else number(written)  # noqa: PLR2004


def _sum(match: Match) -> str | None:
    written = match[0]
    if "=" not in written and not re.search(r"[+÷<>≤≥±≈≠^]|\s[×*]\s", written):
        return None
    said = ""
    for part, operator in _SUM_PART.findall(written):
        said += f" {part if part.isalpha() else number(part)} {OPERATORS.get(operator, '')}"
    return " ".join(said.split())


def _by(match: Match) -> str:
    return " by ".join(number(part) for part in re.split(r"\s?[x×X]\s?", match[0]))


def _version(match: Match) -> str | None:
    name, written = match["v"], match["version"]
    count = written.count(".")
    groups = [number(group) for group in written.split(".")]
    if not name and count == 2 and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written):  # noqa: PLR2004 - 1.000.000
        return number(written.replace(".", ""))
    if not name and count < 2 and word_before(match).lower() not in SOFTWARE:  # noqa: PLR2004
        return None
    return ("version " if name else "") + (" dot " if count > 2 else " point ").join(groups)  # noqa: PLR2004


def _ratio(match: Match) -> str:
    """Say a ratio, or a chapter and its verse."""
    to = " " if word_before(match)[:1].isupper() else " to "
    return number(match["a"]) + to + number(match["b"])


def _power(match: Match) -> str:
    base = match["base"]
    said = base if base.isalpha() else number(base)
    exponent = unicodedata.normalize("NFKC", match["power"]).replace("\N{MINUS SIGN}", "-")
    if match["power"] in POWERS:
        return f"{said} {POWERS[match['power']]}"
    if exponent.startswith("-"):
        return f"{said} to the minus {number(exponent[1:])}"
    return f"{said} to the {ordinal(int(exponent))}"


def _serial(match: Match) -> str:
    """Say a card's or a book's number in its groups."""
    return ", ".join(" ".join(digits(group)) for group in re.split(r"[\s-]", match[0]) if group)


def _house(match: Match) -> str | None:
    """Say three digits before a street's name two by two."""
    return " ".join(pairs(int(match[0]))) if int(match[0]) % 100 else None


DECADES = (
    rule(r"(?P<many>\d{1,3}(?:,000){1,4})'?s", lambda match: plural(number(match["many"]).removeprefix("one "))),
    rule(r"'?(?P<decade>[1-9]0|1\d\d0|20\d0)'?s", _decade),
)
"""Tried before units: 20s are years rather than seconds."""
SERIALS = (
    rule(r"\d{4}(?:[ -]\d{4}){2}[ -]\d{1,7}", _serial),
    rule(r"97[89][- ]?\d{1,5}[- ]\d{1,7}[- ]\d{1,7}[- ]\d", _serial),
    rule(r"\d{3}-\d{2}-\d{4}", _serial),
    rule(
        r"\d{1,3}(?:[\u00a0\u202f]\d{3}){1,5}|\d{1,3}(?: \d{3}){0,4} 000",
        lambda match: number(re.sub(r"\s", "", match[0])),
    ),
    rule(r"\d{10,40}|0\d{1,40}", lambda match: " ".join(digits(match[0]))),
)
RULES = (
    *SERIALS,
    rule(r"(?P<v>[vV])?\.?\s?(?P<version>\d{1,5}(?:\.\d{1,5}){1,5})", _version),
    rule(r"(?P<value>\d{1,3}(?:,\d{3}){0,4}|\d{1,12})(?:st|nd|rd|th|ST|ND|RD|TH)",
         lambda match: ordinal(int(match["value"].replace(",", "")))),
    rule(r"(?P<minus>[-−])?(?:(?P<whole>\d{1,4})[\s-])?(?P<top>\d{1,3})[/⁄](?P<bottom>\d{1,3})", _fraction),
    rule(r"(?P<whole>\d{1,9})?\s?(?P<sign>[¼½¾⅐-⅞])", _vulgar),
    rule(r"(?P<base>\d{1,9}|[a-zA-Z])(?P<power>[⁻]?[⁰¹²³⁴-⁹]{1,4})", _power),
    rule(rf"(?P<number>{SIGNED})\s?×\s?10(?P<power>[⁻]?[⁰¹²³⁴-⁹]{{1,4}})",
         lambda match: f"{number(match['number'])} times ten to the "
         + unicodedata.normalize("NFKC", match["power"]).replace("−", "minus ")),
    rule(rf"(?:{SIGNED}|[a-z])(?:\s?[-+−–×*x÷/=<>≤≥±≈≠^]\s?(?:{SIGNED}|[a-z])){{1,8}}", _sum),
    rule(rf"(?:{SIGNED})(?:\s?[x×X]\s?(?:{NUMBER})){{1,3}}", _by),
    rule(r"(?P<lines>720|1080|1440|2160)p", lambda match: " ".join(pairs(int(match["lines"]))) + " P"),
    rule(rf"(?P<low>{NUMBER}){DASH}(?P<high>{NUMBER})", _range),
    rule(r"(?P<a>\d{1,3}):(?P<b>\d{1,3})", _ratio),
    rule(rf"(?P<sign>[<>≤≥±≈~])\s?(?P<number>{SIGNED})",
         lambda match: f"{COMPARED[match['sign']]} {number(match['number'])}"),
    rule(rf"(?P<number>{SIGNED})[eE](?P<power>[-+]?\d{{1,3}})",
         lambda match: f"{number(match['number'])} times ten to the {number(match['power'])}"),
    rule(rf"(?P<number>{NUMBER})x", lambda match: number(match["number"]) + " times"),
    rule(rf"(?P<number>{NUMBER})\+", lambda match: number(match["number"]) + " plus"),
    rule(r"\+(?P<number>" + NUMBER + ")", lambda match: "plus " + number(match["number"])),
    rule(r"\d{3}(?=\s[A-Z][a-z]{2,20}\s(?:St|Ave|Blvd|Rd|Street|Avenue|Road|Lane|Drive)\b)", _house),
    rule(SIGNED, _count),
)  # fmt: skip
"""From the most to the least particular."""
