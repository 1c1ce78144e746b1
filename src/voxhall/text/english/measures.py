"""Quantities with their units."""

import re

from voxhall.text.english.money import NOT_THINGS
from voxhall.text.english.numbers import COMPARED
from voxhall.text.english.numerals import number
from voxhall.text.english.stops import unit_stop
from voxhall.text.rules import NUMBER, Match, rule, table, word_after, word_before

UNITS = {
    "kg": "kilogram", "kgs": "kilogram", "g": "gram", "mg": "milligram", "µg": "microgram", "μg": "microgram",
    "km": "kilometer", "kms": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "µm": "micrometer",
    "μm": "micrometer", "nm": "nanometer", "mi": "mile", "ft": "foot", "yd": "yard", "yds": "yard", "oz": "ounce",
    "lb": "pound", "lbs": "pound", "gal": "gallon", "qt": "quart", "tbsp": "tablespoon", "tsp": "teaspoon",
    "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter",
    "s": "second", "sec": "second", "secs": "second", "ms": "millisecond", "µs": "microsecond", "μs": "microsecond",
    "ns": "nanosecond", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "yr": "year",
    "yrs": "year", "wk": "week", "wks": "week", "mo": "month", "mos": "month", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "THz": "terahertz", "kB": "kilobyte", "KB": "kilobyte",
    "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte",
    "GiB": "gibibyte", "kb": "kilobit", "Mb": "megabit", "Gb": "gigabit", "kbps": "kilobit per second",
    "Mbps": "megabit per second", "Gbps": "gigabit per second", "W": "watt", "kW": "kilowatt", "MW": "megawatt",
    "GW": "gigawatt", "kWh": "kilowatt hour", "MWh": "megawatt hour", "Wh": "watt hour", "V": "volt", "kV": "kilovolt",
    "mV": "millivolt", "mA": "milliamp", "mAh": "milliamp hour", "Ω": "ohm", "kΩ": "kiloohm",
    "J": "joule", "kJ": "kilojoule", "N": "newton", "Pa": "pascal", "hPa": "hectopascal", "kPa": "kilopascal",
    "cal": "calorie", "kcal": "kilocalorie", "dB": "decibel", "px": "pixel", "hp": "horsepower", "rpm": "RPM",
    "fps": "frame per second", "mph": "mile per hour", "kph": "kilometer per hour", "mpg": "mile per gallon",
    "psi": "PSI", "dpi": "DPI", "ppm": "part per million", "ha": "hectare", "cc": "CC", "pts": "point", "pt": "point",
    "°C": "degree Celsius", "°F": "degree Fahrenheit", "º C": "degree Celsius", "° C": "degree Celsius",
    "° F": "degree Fahrenheit", "℃": "degree Celsius", "℉": "degree Fahrenheit", "ºC": "degree Celsius",
    "ºF": "degree Fahrenheit", "°": "degree", "º": "degree", "°N": "degree north", "°S": "degree south",
    "°E": "degree east", "°W": "degree west", "sq ft": "square foot", "sq. ft": "square foot", "sqft": "square foot",
    "sq m": "square meter", "sq mi": "square mile", "sq km": "square kilometer", "fl oz": "fluid ounce",
    "cu ft": "cubic foot", "m²": "square meter", "km²": "square kilometer", "cm²": "square centimeter",
    "mm²": "square millimeter", "ft²": "square foot", "m³": "cubic meter", "cm³": "cubic centimeter",
    "ft³": "cubic foot", "m2": "square meter", "km2": "square kilometer", "m3": "cubic meter",
    "%": "percent", "\N{PER MILLE SIGN}": "per mille",
}  # fmt: skip
IRREGULAR = {"foot": "feet", "inch": "inches", "horsepower": "horsepower", "century": "centuries"}
UNCHANGED = ("hertz", "percent", "mille", "RPM", "PSI", "DPI", "CC")
SCALES = {"k": "K", "K": "K", "M": "million", "B": "billion", "bn": "billion", "m": "million"}
SCREENS = {"screen", "monitor", "display", "tv", "pipe", "wheel", "pizza", "laptop", "diameter"}

PARTS = {
    "h": ("hour", "minute"), "hr": ("hour", "minute"), "hrs": ("hour", "minute"), "ft": ("foot", "inch"),
    "lb": ("pound", "ounce"), "lbs": ("pound", "ounce"),
}  # fmt: skip
"""Units that are followed by their parts."""
_UNIT = rf"(?P<unit>{table(UNITS)})(?:/(?P<per>{table(UNITS)}|[a-z]{{2,12}}))?"
_QUANTITY = (
    rf"(?P<compared>[<>≤≥±≈~]\s?)?(?P<low>[-−+]?(?:{NUMBER}))(?:\s?(?:%|°[CF]?)?\s?(?:[-–—]|to)\s?(?P<high>{NUMBER}))?"
)
_SCALED = r"(?:\s(?P<scale>hundred|thousand|million|billion|trillion))?"


def plural(unit: str) -> str:
    """Give the plural of a unit's name: degrees Celsius, square feet, miles per hour."""
    head, per, rest = unit.partition(" per ")
    first, space, last = head.partition(" ")
    if first in {"degree", "US"}:
        return f"{first}s{space}{last}"
    front, space, noun = head.rpartition(" ")
    many = IRREGULAR.get(noun) or (noun if noun.endswith(UNCHANGED) else noun + "s")
    return front + space + many + per + rest


def _quantity(match: Match) -> str:
    unit = UNITS[match["unit"]]
    count = _count(match)
    single = match["low"].lstrip("-−+") == "1" and not match["high"] and not match["scale"]
    name = unit if single or _describes(match) else plural(unit)
    per = f" per {UNITS.get(match['per'], match['per'])}" if match["per"] else ""
    return f"{count} {name}{per}{unit_stop(match)}"


def _count(match: Match) -> str:
    compared = match.groupdict().get("compared")
    said = f"{COMPARED[compared.strip()]} " if compared else ""
    said += ("plus " if match["low"][0] == "+" else "") + number(match["low"])
    if match["high"]:
        said += " to " + number(match["high"])
    return said + (f" {match['scale']}" if match.groupdict().get("scale") else "")


def _describes(match: Match) -> bool:
    """Tell whether a quantity describes a thing: a five kilogram bag."""
    after = word_after(match)
    joined = "-" in match[0][1:] and not match["high"]
    return joined or (word_before(match).lower() in {"a", "an"} and after.islower() and after not in NOT_THINGS)


def _inches(match: Match) -> str:
    return f"{_count(match)} {'inch' if match['low'] == '1' or _describes(match) else 'inches'}" + unit_stop(match)


def _screen(match: Match) -> str | None:
    """Say `27" monitor`; a quotation mark after a number most often ends a quotation."""
    after = word_after(match).lower()
    return f"{number(match['low'])} {'inch' if after in SCREENS else 'inches'}" if after in SCREENS else None


def _height(match: Match) -> str:
    feet, inches = match["feet"], match["inches"]
    name = "foot" if inches or feet == "1" else "feet"
    return f"{number(feet)} {name}" + (f" {number(inches)}" if inches else "")


def _scaled(match: Match) -> str:
    return f"{_count(match)} {SCALES[match['size']]}"


def _sizes(match: Match) -> str:
    """Say `5 x 10 cm`."""
    sides = " by ".join(number(side) for side in re.findall(NUMBER, match["sides"]))
    return f"{sides} {plural(UNITS[match['unit']])}"


def _span(match: Match) -> str:
    """Say `3h 45m` and `5 ft. 3 in.`: the second unit is known by the first."""
    first, second = PARTS[match["big"].rstrip(".")]
    return " ".join(
        f"{number(count)} {name if count == '1' else plural(name)}"
        for count, name in ((match["many"], first), (match["few"], second))
    ) + unit_stop(match)


RULES = (
    rule(r"(?P<many>\d{1,3})\s?(?P<big>h|hrs?\.?)\s?(?P<few>\d{1,2})\s?(?:m|min)\.?", _span),
    rule(r"(?P<many>\d{1,3})\s?(?P<big>ft\.?|lbs?\.?)\s?(?P<few>\d{1,2})\s?(?:in|oz)\.?", _span),
    rule(r"(?P<feet>\d{1,3})['′]\s?(?P<inches>\d{1,2})(?:[\"″]|'')?", _height),
    rule(r"(?P<feet>\d{1,3})(?:′|'(?=\s(?:tall|long|wide|high|deep|by|x)\b))(?P<inches>)", _height),
    rule(rf"(?P<low>{NUMBER})(?P<high>)[\"″]", _screen),
    rule(rf"(?P<sides>(?:{NUMBER})(?:\s?[x×]\s?(?:{NUMBER})){{1,2}})\s?(?P<unit>{table(UNITS)})", _sizes),
    rule(rf"{_QUANTITY}{_SCALED}[\s-]?{_UNIT}\.?", _quantity),
    rule(rf"{_QUANTITY}(?:-?in\.?|\sin\.)", _inches),
    rule(rf"{_QUANTITY}(?P<size>k|K|M|B|bn|m)", _scaled),
)  # fmt: skip
