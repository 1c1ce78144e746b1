"""French, Spanish and German in one table; plain numbers in every other language that num2words knows."""

import re
from dataclasses import dataclass
from functools import cache

from voxhall.text.english.numerals import roman
from voxhall.text.locales import LOCALES, Locale
from voxhall.text.rules import Match, Reader, Rule, last, rule, table, word_after, word_before

COMMA = r"(?:\d{1,3}(?:[. \u00a0\u202f]\d{3}){1,6}|\d{1,24})(?:,\d{1,20})?"
"""A number as most of Europe writes it: a comma before decimals, points or spaces between thousands."""
ADDRESS = (
    r"(?:https?://|www\.)[^\s]{1,300}?|[\w.+-]{1,60}@[\w.-]{1,90}\.\w{2,9}|[\w-]{1,60}\.(?:com|org|net|fr|es|de|eu)"
)
DATE = r"(?P<day>\d{1,2})[./](?P<number>\d{1,2})[./](?P<year>\d{4})|(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
LONGEST = 12
"""Digits from which a number is read digit by digit."""

_INSIDE = re.compile(r"\d{1,40}")


@dataclass(frozen=True, slots=True)
class Speller:
    """Number words of one language."""

    language: str

    def cardinal(self, value: int, to: str = "cardinal") -> str:
        """Spell a whole number."""
        from num2words import num2words  # noqa: PLC0415 - its fifty languages take a tenth of a second to import

        return str(num2words(value, lang=self.language, to=to)).replace("\u00ad", "")

    def digits(self, written: str) -> str:
        """Spell digit by digit."""
        return " ".join(self.cardinal(int(digit)) for digit in written if digit.isdecimal())

    def inside(self, match: Match) -> str:
        """Spell digits within a word."""
        said = self.cardinal(int(match[0])) if len(match[0]) < LONGEST else self.digits(match[0])
        return f" {said} "

    def number(self, written: str, comma: str) -> str:
        """Spell a number whose decimals stand after a comma."""
        whole, _, fraction = re.sub(r"[.\s]", "", written).partition(",")
        by_digits = len(whole) > LONGEST or (len(whole) > 1 and whole[0] == "0")
        said = self.digits(whole) if by_digits else self.cardinal(int(whole))
        return f"{said} {comma} {self._decimals(fraction)}" if fraction else said

    def _decimals(self, fraction: str) -> str:
        if len(fraction) > 2 or fraction[0] == "0" or self.language == "de":  # noqa: PLR2004
            return self.digits(fraction)
        return self.cardinal(int(fraction))


@cache
def speller(language: str) -> Speller | None:
    """Make the speller of a language; nothing where num2words does not know it."""
    from num2words import CONVERTER_CLASSES  # noqa: PLC0415 - see above

    return Speller(language) if language in CONVERTER_CLASSES else None


def reader(language: str) -> Reader:
    """Make a language's reader; one that leaves digits to the voice where nothing is known of it."""
    spells = speller(language)
    if spells is None:
        return Reader((), _word)
    locale = LOCALES.get(language)
    if locale is None:
        return Reader(_plain(spells), _word)
    return Reader(tuple(_Rules(spells, locale).all()), lambda written: _word(_INSIDE.sub(spells.inside, written)))


def _word(written: str) -> str:
    """Leave letters and digits, drop signs that are not heard."""
    return " ".join(re.sub(r"[^\w'’\-.,:%$€£&@/+=\u0300-\u036f\u0900-\u0fff]|_", " ", written).split())


def _plain(spells: Speller) -> tuple[Rule, ...]:
    def say(match: Match) -> str | None:
        try:
            return spells.cardinal(int(match[0]))
        except (NotImplementedError, OverflowError, KeyError, IndexError, ValueError, TypeError):
            return None  # some of its languages cannot count far

    return (rule(r"\d{1,9}", say),)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one language, from its table."""

    spells: Speller
    locale: Locale

    def all(self) -> list[Rule]:
        """Give them from the most to the least particular."""
        its = self.locale
        months = "|".join(its.months)
        number = rf"(?P<low>{COMMA})"
        return [
            rule(ADDRESS, self._address),
            rule(rf"(?P<short>{table(its.abbreviations)})", self._abbreviation),
            rule(r"\+\d{2}(?:[\s.-]?\d{1,4}){3,6}|0\d(?:[\s.-]\d{2}){4}", self._phone),
            rule(DATE, self._date),
            rule(rf"(?P<day>\d{{1,2}})(?:er|\.|º)?\s(?:de\s)?(?P<month>{months})(?:\s(?:de[l]?\s)?(?P<year>\d{{4}}))?",
                 self._day),
            rule(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)\s?[-–]\s?(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)",
                 self._clocks),
            rule(rf"(?:[nN]°|[nN]\.?º|Nr\.)\s?{number}", lambda match: f"{its.number} {self._count(match['low'])}"),
            rule(rf"(?P<hour>[01]?\d|2[0-4])(?:{its.clock_sign})(?P<minute>[0-5]\d)?(?:\s?(?:{its.clock_word}))?",
                 self._clock),
            rule(rf"(?P<hour>[01]?\d|2[0-4])\s(?:{its.clock_word})", self._hour),
            rule(rf"(?P<low>\d{{1,9}}){its.ordinal}", self._ordinal),
            rule(rf"(?P<sign>[$€£])\s?(?P<scale>){number}", self._money),
            rule(rf"{number}\s?(?P<scale>{its.scales})?\s?(?P<sign>[$€£]|EUR|USD|GBP)", self._money),
            rule(rf"(?P<low>[-−]?(?:{COMMA}))\s?(?P<unit>{table(its.units)})(?:\.(?=\s+[a-zß-ÿ]))?", self._unit),
            rule(table(its.fractions), lambda match: its.fractions[match[0]]),
            rule(r"(?P<numeral>[IVXL]{2,9})(?P<place>e|ème)?", self._roman),
            rule(rf"(?P<low>{COMMA})\s?[-–—]\s?(?P<high>{COMMA})", self._range),
            rule(r"(?P<year>1[1-9]\d\d|20\d\d)", self._year),
            rule(r"\d\.\d{1,2}(?:\.\d{1,3})?", self._version),
            rule(rf"(?P<low>[-−]?(?:{COMMA}))", self._plain),
            rule(r"\d{13,40}", lambda match: self.spells.digits(match[0])),
            rule(rf"(?P<sign>{table(its.signs)})", lambda match: its.signs[match["sign"]]),
        ]  # fmt: skip

    def _count(self, written: str, *, before: str = "") -> str:
        said = self.spells.number(written, self.locale.comma)
        if not before or "," in written:
            return said
        for ending, short in self.locale.ones:
            if said.endswith(ending) and said[: -len(ending)][-1:] in {"", " ", "-"}:
                return said[: -len(ending)] + short
        return said

    def _plain(self, match: Match) -> str:
        written = match["low"]
        sign = f"{self.locale.minus} " if written[0] in "-−" else ""
        after = word_after(match)
        return sign + self._count(written.lstrip("-−"), before=after if after.endswith("os") else "")

    def _abbreviation(self, match: Match) -> str:
        return self.locale.abbreviations[match["short"]] + last(match)

    def _phone(self, match: Match) -> str:
        groups = re.findall(r"\d+", match[0])
        said = [self.spells.cardinal(int(g)) if g[0] != "0" and len(g) < 3 else self.spells.digits(g) for g in groups]  # noqa: PLR2004
        return ("plus " if match[0][0] == "+" else "") + ", ".join(said)

    def _date(self, match: Match) -> str | None:
        names = ("day", "number", "year") if match["day"] else ("d", "m", "y")
        day, month, year = (int(match[name]) for name in names)
        if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - a date
            return None
        return self._said_date(match, day, self.locale.months[month - 1], year)

    def _day(self, match: Match) -> str | None:
        year = int(match["year"]) if match["year"] else None
        day = int(match["day"])
        return self._said_date(match, day, match["month"], year) if 1 <= day <= 31 else None  # noqa: PLR2004

    def _said_date(self, match: Match, day: int, month: str, year: int | None) -> str:
        its = self.locale
        said = its.day(day, word_before(match), self.spells.cardinal) + f" {its.of}{month}"
        return said + (f" {its.of}{self._say_year(year)}" if year else "")

    def _say_year(self, value: int) -> str:
        return self.spells.cardinal(value, "year") if self.locale.years else self.spells.cardinal(value)

    def _year(self, match: Match) -> str:
        return self._say_year(int(match["year"]))

    def _clock(self, match: Match) -> str:
        return self.locale.clock(int(match["hour"]), int(match["minute"] or 0), self.spells.cardinal)

    def _clocks(self, match: Match) -> str:
        first, second = (
            self.locale.clock(int(match[hour]), int(match[minute]), self.spells.cardinal)
            for hour, minute in (("hour", "minute"), ("hour2", "minute2"))
        )
        return f"{first} {self.locale.to} {second}"

    def _roman(self, match: Match) -> str | None:
        value = roman(match["numeral"])
        if not value or not (match["place"] or word_before(match)):
            return None
        return self.spells.cardinal(value, "ordinal" if match["place"] else "cardinal")

    def _hour(self, match: Match) -> str:
        return self.locale.clock(int(match["hour"]), 0, self.spells.cardinal)

    def _ordinal(self, match: Match) -> str:
        value = int(match["low"])
        ending = match.groupdict().get("ending") or ""
        return self.locale.place(value, ending, word_before(match), self.spells.cardinal)

    def _money(self, match: Match) -> str:
        its = self.locale
        one, many = its.money[match["sign"]]
        whole, _, fraction = match["low"].partition(",")
        if match["scale"]:
            scale = its.scale_words.get(match["scale"], match["scale"])
            return f"{self._count(match['low'], before=scale)} {scale} {its.scale_of}{many}"
        name = one if whole == "1" else many
        if re.search(r"(?:000[. \u00a0\u202f]000)$", whole):
            name = its.scale_of + name
        if len(fraction) == 2 and int(fraction):  # noqa: PLR2004 - hundredths
            return f"{self._count(whole, before=name)} {name} {its.money_joint}{self._count(str(int(fraction)))}"
        return f"{self._count(whole if not fraction.strip('0') else match['low'], before=name)} {name}"

    def _unit(self, match: Match) -> str:
        one, many = self.locale.units[match["unit"]]
        sign = f"{self.locale.minus} " if match["low"][0] in "-−" else ""
        low = match["low"].lstrip("-−")
        name = one if low == "1" else many
        return f"{sign}{self._count(low, before=name)} {name}"

    def _range(self, match: Match) -> str:
        years = all(re.fullmatch(r"1[1-9]\d\d|20\d\d", match[side]) for side in ("low", "high"))
        low, high = (self._say_year(int(match[s])) if years else self._count(match[s]) for s in ("low", "high"))
        return f"{low} {self.locale.to} {high}"

    def _version(self, match: Match) -> str:
        return f" {self.locale.point} ".join(self.spells.cardinal(int(part)) for part in match[0].split("."))

    def _address(self, match: Match) -> str:
        bare = re.sub(r"^https?://|/$", "", match[0])
        words = re.findall(r"\d+|[^\W\d_]+|[^\w\s]|_", bare)
        said = [
            self.spells.digits(w) if w.isdecimal() else self.locale.address.get(w, w if w.isalpha() else "")
            for w in words
        ]
        return " ".join(word for word in said if word)
