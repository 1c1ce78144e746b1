"""Amounts of money."""

from voxhall.text.english.numbers import COMPARED
from voxhall.text.english.numerals import cardinal, number
from voxhall.text.rules import NUMBER, Match, rule, table, word_after, word_before

SIGNS = {
    "US$": ("U.S dollar", "U.S dollars", "cent"), "A$": ("Australian dollar", "Australian dollars", "cent"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent"), "CA$": ("Canadian dollar", "Canadian dollars", "cent"),
    "$": ("dollar", "dollars", "cent"), "£": ("pound", "pounds", "penny"), "€": ("euro", "euros", "cent"),
    "¥": ("yen", "yen", ""), "₹": ("rupee", "rupees", "paisa"), "₽": ("ruble", "rubles", ""), "₩": ("won", "won", ""),
    "₿": ("bitcoin", "bitcoin", ""), "₦": ("naira", "naira", ""), "₺": ("lira", "lira", ""),
    "₪": ("shekel", "shekels", ""),
}  # fmt: skip
"""One, many, and the hundredth part."""
CODES = {
    "USD": ("U.S dollar", "U.S dollars", "cent"), "EUR": SIGNS["€"], "GBP": SIGNS["£"], "JPY": SIGNS["¥"],
    "CAD": SIGNS["C$"], "AUD": SIGNS["A$"], "CHF": ("Swiss franc", "Swiss francs", ""),
    "CNY": ("yuan", "yuan", ""), "INR": SIGNS["₹"], "ETB": ("birr", "birr", ""),
}  # fmt: skip
SCALES = {
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion", "hundred": "hundred",
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "mln": "million",
    "bn": "billion", "b": "billion", "B": "billion", "tn": "trillion", "T": "trillion",
}  # fmt: skip
PER = {"hr": "hour", "h": "hour", "mo": "month", "yr": "year", "wk": "week", "min": "minute", "lb": "pound",
       "kg": "kilogram", "gal": "gallon"}  # fmt: skip
NOT_THINGS = {
    "a", "an", "the", "and", "or", "of", "in", "on", "at", "to", "for", "from", "with", "by", "per", "each", "every",
    "more", "less", "but", "is", "was", "as", "than", "if", "when", "that", "which", "short", "worth", "off",
    "million", "billion",
}  # fmt: skip
"""Words that show that an amount does not describe the next word, as it does in `a $5 bill`."""

_SCALE = rf"(?:[\s-]?(?P<scale>(?:hundred|thousand|million|billion|trillion)|(?<=\d)(?:{table(SCALES)})))?"
_AMOUNT = rf"(?P<low>{NUMBER})(?:(?:[kKmMbB]|bn)?\s?[-–—]\s?(?P<again>[$£€¥])?(?P<high>{NUMBER}))?"
_PER = r"(?:/(?P<per>[a-z]{1,12}))?"


def _signed(match: Match) -> str:
    about = match.groupdict().get("about")
    return (f"{COMPARED[about]} " if about else "") + _amount(match, SIGNS[match["sign"]])


def _coded(match: Match) -> str:
    return _amount(match, CODES[match["code"]])


def _amount(match: Match, names: tuple[str, str, str]) -> str:
    """Say an amount: its scale before the currency, its hundredths after."""
    found = match.groupdict()
    per = f" per {PER.get(found['per'], found['per'])}" if found.get("per") else ""
    minus = "minus " if found.get("minus") else ""
    written = found["low"]
    if found.get("high") or found["scale"]:
        value = number(written) + (f" to {number(found['high'])}" if found.get("high") else "")
        value += f" {SCALES[found['scale']]}" if found["scale"] else ""
        return minus + f"{value} {names[0] if describes(match) else names[1]}" + per
    return minus + _small(written, names, describing=describes(match)) + per


def _small(written: str, names: tuple[str, str, str], *, describing: bool) -> str:
    one, many, part = names
    whole, _, fraction = written.partition(".")
    units = int(whole.replace(",", "") or 0)
    name = one if units == 1 or describing else many
    if len(fraction) != 2 or not part:  # noqa: PLR2004 - hundredths
        return f"{number(written)} {many if fraction and not describing else name}"
    cents = int(fraction)
    if not units and cents:
        return f"{' '.join(cardinal(cents))} {_parts(cents, part)}"
    if not cents:
        return f"{number(whole)} {name}"
    if cents < 10:  # noqa: PLR2004
        return f"{number(whole)} {name} and {' '.join(cardinal(cents))} {_parts(cents, part)}"
    return f"{number(whole)} {name} {' '.join(cardinal(cents))}"


def _parts(count: int, part: str) -> str:
    if count == 1 or part == "paisa":
        return part
    return {"penny": "pence"}.get(part, part + "s")


def describes(match: Match) -> bool:
    """Tell whether an amount describes a thing: a five dollar bill."""
    after = word_after(match)
    return word_before(match).lower() in {"a", "an"} and after.islower() and after not in NOT_THINGS


RULES = (
    rule(
        rf"(?P<about>[<>≤≥~≈])?(?P<minus>[-−])?(?P<sign>{table(SIGNS)})\s?{_AMOUNT}{_SCALE}{_PER}",
        _signed,
    ),
    rule(rf"(?P<code>{'|'.join(CODES)})\s?{_AMOUNT}{_SCALE}", _coded),
    rule(rf"{_AMOUNT}{_SCALE}\s?(?P<code>{'|'.join(CODES)})", _coded),
    rule(rf"{_AMOUNT}{_SCALE}\s?(?P<sign>[$£€¥₹₽₩₿])", _signed),
    rule(r"(?P<low>\d{1,3})\s?¢", lambda match: _small("0." + match["low"].zfill(2), SIGNS["$"], describing=False)),
    rule(r"£0?\.(?P<low>\d\d)", lambda match: _small("0." + match["low"], SIGNS["£"], describing=False)),
)
