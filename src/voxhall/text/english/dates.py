"""Dates and times of day."""

from voxhall.text.english.numerals import cardinal, number, ordinal, year
from voxhall.text.english.stops import stop
from voxhall.text.rules import Match, rule, word_before

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?:(?P<weekday>Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day|\.)?,?\s)?"
_DAYS = "Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?P<year>1\d{3}|20\d\d)"
_CLOCK = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d{1,6})?)?"
_HALF = r"(?P<half>[aApP])\.?\s?[mM]\.?(?![a-zA-Z])"


def month(written: str) -> str:
    """Give a month's full name."""
    return next(name for name in MONTHS if name.startswith(written.rstrip(".")[:3]))


def _weekday(match: Match) -> str:
    return _day_name(match["weekday"]) + ", " if match["weekday"] else ""


def _day_name(short: str) -> str:
    return next(day for day in DAYS if day.startswith(short[:3]))


def _month_day(match: Match) -> str:
    """Say `July 4, 2026` and `Nov. 21`."""
    said = f"{_weekday(match)}{month(match['month'])} {ordinal(int(match['day']))}"
    if match["until"]:
        said += f" to {ordinal(int(match['until']))}"
    return said + (f", {year(int(match['year']))}" if match["year"] else "")


def _day_month(match: Match) -> str:
    """Say `21 November 2026`."""
    the = "" if word_before(match).lower() == "the" and not match["weekday"] else "the "
    until = f" to the {ordinal(int(match['until']))}" if match["until"] else ""
    said = f"{_weekday(match)}{the}{ordinal(int(match['day']))}{until} of {month(match['month'])}"
    return said + (f", {year(int(match['year']))}" if match["year"] else "")


def _numeric(match: Match) -> str | None:
    """Say `2026-11-21`, `11/21/2026`, and `21/11/2026` where the first cannot be a month."""
    first, second, written = int(match["one"]), int(match["two"]), int(match["year"])
    if first > 12 >= second:  # noqa: PLR2004 - months
        first, second = second, first
    if not (1 <= first <= 12 and 1 <= second <= 31):  # noqa: PLR2004 - a date
        return None
    full = written if written > 99 else written + (2000 if written < 70 else 1900)  # noqa: PLR2004 - two digits
    return f"{MONTHS[first - 1]} {ordinal(second)}, {year(full)}" + (_at(match) if "hour" in match.groupdict() else "")


def _at(match: Match) -> str:
    return f", {clock(int(match['hour']), int(match['minute']), match['second'])}" if match["hour"] else ""


def _month_year(match: Match) -> str:
    return f"{month(match['month'])} {year(int(match['year']))}"


def clock(hour: int, minute: int, second: str | None = None, half: str | None = None) -> str:
    """Say a time of day: ten thirty, ten oh five P.M, fourteen hundred."""
    if minute:
        said = f"{' '.join(cardinal(hour))} {'oh ' if minute < 10 else ''}{' '.join(cardinal(minute))}"  # noqa: PLR2004
    elif half:
        said = " ".join(cardinal(hour))
    else:
        said = " ".join(cardinal(hour)) + (" o'clock" if 0 < hour <= 12 else " hundred")  # noqa: PLR2004
    if second and int(second):
        said += f" and {number(str(int(second)))} second{'' if int(second) == 1 else 's'}"
    return said + (f" {half.upper()}.M" if half else "")


def _clock(match: Match) -> str:
    half = match.groupdict().get("half")
    return clock(int(match["hour"]), int(match["minute"] or 0), match["second"], half) + stop(match)


def _military(match: Match) -> str:
    """Say `0800 hours`."""
    zero = "zero " if match["hour"][0] == "0" else ""
    minutes = " ".join(cardinal(int(match["minute"]))) if int(match["minute"]) else "hundred"
    return f"{zero}{' '.join(cardinal(int(match['hour'])))} {minutes}"


def _clocks(match: Match) -> str:
    first = clock(int(match["hour"]), int(match["minute"] or 0), None, match["early"] or None)
    if not match["early"] and match["half"] and not match["minute"]:
        first = number(match["hour"])
    return f"{first} to {clock(int(match['hour2']), int(match['minute2'] or 0), None, match['half'])}" + stop(match)


RULES = (
    rule(rf"(?P<year>\d{{4}})-(?P<one>\d\d)-(?P<two>\d\d)(?:[T\s]{_CLOCK}Z?)?", _numeric),
    rule(r"(?P<year>\d{4})/(?P<one>\d\d?)/(?P<two>\d\d?)", _numeric),
    rule(r"(?P<one>\d\d?)/(?P<two>\d\d?)/(?P<year>\d{4}|\d\d)", _numeric),
    rule(r"(?P<one>\d\d?)[.-](?P<two>\d\d?)[.-](?P<year>(?:19|20)\d\d)", _numeric),
    rule(rf"{_WEEKDAY}{_MONTH}\s{_DAY}(?:st|nd|rd|th)?(?:\s?[-–—]\s?(?P<until>\d\d?)(?:st|nd|rd|th)?)?"
         rf"(?:,?\s{_YEAR})?", _month_day),
    rule(rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?(?:\s?[-–—]\s?(?P<until>\d\d?)(?:st|nd|rd|th)?)?\s(?:of\s)?{_MONTH}"
         rf"(?:,?\s{_YEAR})?", _day_month),
    rule(rf"{_MONTH},?\s{_YEAR}", _month_year),
    rule(rf"(?P<first>{_DAYS})\.?\s?[-–—]\s?(?P<last>{_DAYS})\.?",
         lambda match: f"{_day_name(match['first'])} to {_day_name(match['last'])}" + stop(match)),
    rule(rf"(?P<hour>[01]?\d|2[0-4])(?::(?P<minute>[0-5]\d))?(?:\s?(?P<early>[aApP])\.?[mM]\.?)?\s?[-–—]\s?"
         rf"(?P<hour2>[01]?\d|2[0-4])(?::(?P<minute2>[0-5]\d))?\s?{_HALF}", _clocks),
    rule(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?P<early>)\s?[-–—]\s?"
         r"(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)(?P<half>)", _clocks),
    rule(rf"{_CLOCK}\s?{_HALF}", _clock),
    rule(rf"(?P<hour>1[0-2]|0?[1-9])(?P<minute>)(?P<second>)\s?{_HALF}", _clock),
    rule(_CLOCK, _clock),
    rule(r"(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)(?=\s(?:hours|hrs)\b)", _military),
)  # fmt: skip
