"""English number words: the one place that spells them."""

import re

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = (
    (10**33, "decillion"), (10**30, "nonillion"), (10**27, "octillion"), (10**24, "septillion"), (10**21, "sextillion"),
    (10**18, "quintillion"), (10**15, "quadrillion"), (10**12, "trillion"), (10**9, "billion"), (10**6, "million"),
    (1_000, "thousand"), (100, "hundred"),
)  # fmt: skip
IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
LONGEST = 12
"""Digits without commas from which a number is read digit by digit."""
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}

_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


def cardinal(value: int) -> list[str]:
    """Spell a whole number that is not negative."""
    if value < len(ONES):
        return [ONES[value]]
    if value >= SCALES[0][0] * 1000:
        return digits(str(value))
    for scale, name in SCALES:
        if value >= scale:
            count, rest = divmod(value, scale)
            return [*cardinal(count), name, *(cardinal(rest) if rest else [])]
    tens, ones = divmod(value, 10)
    return [TENS[tens - 2], *([ONES[ones]] if ones else [])]


def digits(written: str) -> list[str]:
    """Spell digits one by one, whatever stands between them."""
    return [ONES[int(digit)] for digit in written if digit.isdecimal()]


def pairs(value: int) -> list[str]:
    """Spell three or four digits as a year or a house number: two by two."""
    hundreds, rest = divmod(value, 100)
    if not rest:
        return cardinal(value) if hundreds % 10 == 0 else [*cardinal(hundreds), "hundred"]
    return [*cardinal(hundreds), *(["oh"] if rest < 10 else []), *cardinal(rest)]  # noqa: PLR2004 - one digit


def year(value: int) -> str:
    """Spell a year: 1905, 2008, 2026."""
    if value < 1000 or value % 1000 < 10:  # noqa: PLR2004 - 476, 2008
        return " ".join(cardinal(value))
    return " ".join(pairs(value))


def number(written: str) -> str:
    """Spell a number with commas, a point, a sign or leading zeros."""
    sign = "minus " if written[0] in "-\N{MINUS SIGN}\N{EN DASH}" else ""
    whole, point, fraction = written.lstrip("-+\N{MINUS SIGN}\N{EN DASH}").partition(".")
    plain = whole.replace(",", "")
    by_digits = (len(plain) > 1 and plain[0] == "0") or (len(plain) >= LONGEST and "," not in whole)
    spelled = (digits(plain) if by_digits else cardinal(int(plain))) if plain else []
    return sign + " ".join([*spelled, *(["point", *digits(fraction)] if point and fraction else [])])


def ordinal(value: int) -> str:
    """Spell the place in a row: first, twenty second."""
    *front, last = cardinal(value)
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return " ".join([*front, last])


def plural(words: str) -> str:
    """Give the plural of spelled words: nineties, hundreds, sixes."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("x", "s")) else "s")


def roman(written: str) -> int | None:
    """Give the value of a Roman numeral; nothing where it is not a proper one."""
    if not written or not _ROMAN.fullmatch(written):
        return None
    values = [ROMAN[letter] for letter in written]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
