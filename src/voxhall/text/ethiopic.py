"""Amharic and Tigrinya: number words, and what else is not written in words."""

import re
import unicodedata
from dataclasses import dataclass

from voxhall.text.rules import NUMBER, Match, Reader, rule, table

LANGUAGES = ("am", "ti")
TENS_SIGNS = "፲፳፴፵፶፷፸፹፺"
ONES_SIGNS = "፩፪፫፬፭፮፯፰፱"


@dataclass(frozen=True, slots=True)
class Words:
    """How one language counts."""

    ones: tuple[str, ...]
    """Zero to ten."""
    tens: tuple[str, ...]
    """Twenty to ninety."""
    teen: str
    """Ten before ones."""
    hundred: str
    scales: tuple[tuple[int, str], ...]
    """From billion to thousand."""
    joint: str
    """Ends every part of a number that has several."""
    point: str
    minus: str
    percent: str
    to: str
    money: dict[str, str]
    cents: str
    ordinals: tuple[str, ...]
    """First to tenth."""
    ordinal_ending: str
    ordinal_front: str
    months: str
    abbreviations: dict[str, str]
    units: dict[str, str]


AMHARIC = Words(
    ones=("ዜሮ", "አንድ", "ሁለት", "ሦስት", "አራት", "አምስት", "ስድስት", "ሰባት", "ስምንት", "ዘጠኝ", "አስር"),
    tens=("ሃያ", "ሠላሳ", "አርባ", "ሃምሳ", "ስድሳ", "ሰባ", "ሰማንያ", "ዘጠና"),
    teen="አስራ", hundred="መቶ",
    scales=((10**9, "ቢሊዮን"), (10**6, "ሚሊዮን"), (1000, "ሺህ")),
    joint="", point="ነጥብ", minus="ነጌቲቭ", percent="በመቶ", to="እስከ",
    money={"$": "ዶላር", "€": "ዩሮ", "£": "ፓውንድ", "ብር": "ብር", "ETB": "ብር", "Br": "ብር", "USD": "ዶላር"},
    cents="ሳንቲም",
    ordinals=("አንደኛ", "ሁለተኛ", "ሦስተኛ", "አራተኛ", "አምስተኛ", "ስድስተኛ", "ሰባተኛ", "ስምንተኛ", "ዘጠነኛ", "አስረኛ"),
    ordinal_ending="ኛ", ordinal_front="",
    months="መስከረም|ጥቅምት|ኅዳር|ህዳር|ታኅሣሥ|ታህሳስ|ጥር|የካቲት|መጋቢት|ሚያዝያ|ግንቦት|ሰኔ|ሐምሌ|ነሐሴ|ጳጉሜ",
    abbreviations={
        "ዓ.ም": "ዓመተ ምህረት", "ዓ/ም": "ዓመተ ምህረት", "ዓ.ዓ": "ዓመተ ዓለም", "እ.ኤ.አ": "እንደ ኤውሮፓ አቆጣጠር", "ዶ/ር": "ዶክተር",
        "ፕ/ር": "ፕሮፌሰር", "ወ/ሮ": "ወይዘሮ", "ወ/ሪት": "ወይዘሪት", "መ/ቤት": "መስሪያ ቤት", "ት/ቤት": "ትምህርት ቤት", "ጠ/ሚ": "ጠቅላይ ሚኒስትር",
        "ክ/ከተማ": "ክፍለ ከተማ", "ም/ቤት": "ምክር ቤት", "ፍ/ቤት": "ፍርድ ቤት", "ኪ.ሜ": "ኪሎ ሜትር", "ኪ.ግ": "ኪሎ ግራም", "ሴ.ሜ": "ሴንቲ ሜትር",
        "ጠ/ሚኒስትር": "ጠቅላይ ሚኒስትር", "ቤ/ክ": "ቤተ ክርስቲያን", "አ.አ": "አዲስ አበባ", "ገ/ጽ": "ገጽ",
    },
    units={"km": "ኪሎ ሜትር", "kg": "ኪሎ ግራም", "m": "ሜትር", "cm": "ሴንቲ ሜትር", "°C": "ዲግሪ ሴንቲ ግሬድ", "ml": "ሚሊ ሊትር"},
)  # fmt: skip
TIGRINYA = Words(
    ones=("ዜሮ", "ሓደ", "ክልተ", "ሰለስተ", "ኣርባዕተ", "ሓሙሽተ", "ሽዱሽተ", "ሸውዓተ", "ሸሞንተ", "ትሽዓተ", "ዓሰርተ"),
    tens=("ዕስራ", "ሰላሳ", "ኣርብዓ", "ሓምሳ", "ስሳ", "ሰብዓ", "ሰማንያ", "ተስዓ"),
    teen="ዓሰርተ", hundred="ሚእቲ",
    scales=((10**9, "ቢልዮን"), (10**6, "ሚልዮን"), (1000, "ሽሕ")),
    joint="ን", point="ነጥቢ", minus="ነጌቲቭ", percent="ሚእታዊት", to="ክሳብ",
    money={"$": "ዶላር", "€": "ዩሮ", "£": "ፓውንድ", "ብር": "ብር", "ETB": "ብር", "ናቕፋ": "ናቕፋ", "ERN": "ናቕፋ", "USD": "ዶላር"},
    cents="ሳንቲም",
    ordinals=("ቀዳማይ", "ካልኣይ", "ሳልሳይ", "ራብዓይ", "ሓሙሻይ", "ሻድሻይ", "ሻብዓይ", "ሻምናይ", "ታሽዓይ", "ዓስራይ"),
    ordinal_ending="ይ", ordinal_front="መበል ",
    months="መስከረም|ጥቅምቲ|ሕዳር|ታሕሳስ|ጥሪ|ለካቲት|መጋቢት|ሚያዝያ|ግንቦት|ሰነ|ሓምለ|ነሓሰ|ጳጉሜን",
    abbreviations={
        "ዓ.ም": "ዓመተ ምሕረት", "ዓ/ም": "ዓመተ ምሕረት", "ዶ/ር": "ዶክተር", "ፕ/ር": "ፕሮፌሰር", "ወ/ሮ": "ወይዘሮ", "ቤ/ት": "ቤት ትምህርቲ",
        "ኪ.ሜ": "ኪሎ ሜተር", "ኪ.ግ": "ኪሎ ግራም", "እ.ኤ.አ": "ብኣቆጻጽራ ኤውሮጳ", "ቤ/ጽ": "ቤት ጽሕፈት", "ቤ/ፍ": "ቤት ፍርዲ",
    },
    units={"km": "ኪሎ ሜተር", "kg": "ኪሎ ግራም", "m": "ሜተር", "cm": "ሰንቲ ሜተር", "°C": "ዲግሪ ሰንቲ ግሬድ", "ml": "ሚሊ ሊተር"},
)  # fmt: skip
WORDS = {"am": AMHARIC, "ti": TIGRINYA}

NUMERALS = ONES_SIGNS + TENS_SIGNS + "፻፼"

_COUNT = re.compile(r"\d{1,3}(?:,\d{3}){1,4}|\d{1,40}(?:\.\d{1,20})?|[፩-፼]{1,12}")
_PER_CENT = re.compile("[%٪]")
_ETHIOPIC_NUMBER = "[፩-፼]{1,12}"


def cardinal(value: int, language: str) -> str:
    """Spell a whole number that is not negative, up to billions; digit by digit beyond."""
    words = WORDS[language]
    if value >= 10**12:
        return " ".join(words.ones[int(digit)] for digit in str(value))
    parts = _parts(value, words)
    return " ".join(
        part + words.joint if len(parts) > 1 else part for part in (_joined(p, words, len(parts)) for p in parts)
    )


def _joined(part: str, words: Words, count: int) -> str:
    """Shorten a word's end before the joint: ሚእቲ, ሚእትን."""
    return part[:-1] + "ት" if words.joint and count > 1 and part.endswith("ቲ") else part


def _parts(value: int, words: Words) -> list[str]:
    """Give a number's parts from the greatest: two thousand, three hundred, forty, five."""
    for scale, name in words.scales:
        if value >= scale:
            count, rest = divmod(value, scale)
            front = " ".join(_parts(count, words)) if count > 1 or not words.joint else ""
            return [f"{front} {name}".strip(), *(_parts(rest, words) if rest else [])]
    if value >= 100:  # noqa: PLR2004
        count, rest = divmod(value, 100)
        front = words.ones[count] + " " if count > 1 or not words.joint else ""
        return [front + words.hundred, *(_parts(rest, words) if rest else [])]
    if value <= 10:  # noqa: PLR2004
        return [words.ones[value]]
    if value < 20:  # noqa: PLR2004
        return [f"{words.teen} {words.ones[value - 10]}"]
    tens, ones = divmod(value, 10)
    return [words.tens[tens - 2], *([words.ones[ones]] if ones else [])]


def ordinal(value: int, language: str) -> str:
    """Spell the place in a row."""
    words = WORDS[language]
    if 1 <= value <= len(words.ordinals):
        return words.ordinals[value - 1]
    if words.ordinal_front:
        return words.ordinal_front + cardinal(value, language)
    *front, last = cardinal(value, language).split()
    if last in words.ones[1:]:
        return " ".join([*front, words.ordinals[words.ones.index(last) - 1]])
    return " ".join([*front, last + words.ordinal_ending])


def number(written: str, language: str) -> str:
    """Spell a number with commas, a point or a sign."""
    words = WORDS[language]
    sign = words.minus + " " if written[0] in "-−" else ""
    whole, point, fraction = written.lstrip("-−+").replace(",", "").partition(".")
    by_digits = len(whole) > 1 and whole[0] == "0"
    said = [words.ones[int(digit)] for digit in whole] if by_digits else [cardinal(int(whole or 0), language)]
    return sign + " ".join([*said, *([words.point, *(words.ones[int(digit)] for digit in fraction)] if point else [])])


def value_of(written: str) -> int:
    """Give the value of Ethiopic numerals: ፲፱፻፹፬ is 1984."""
    total = group = pair = 0
    for sign in written:
        if sign == "፼":
            total, group, pair = (total + group + pair or 1) * 10_000, 0, 0
        elif sign == "፻":
            group, pair = group + (pair or 1) * 100, 0
        elif sign in TENS_SIGNS:
            pair += (TENS_SIGNS.index(sign) + 1) * 10
        else:
            pair += ONES_SIGNS.index(sign) + 1
    return total + group + pair


def _money(match: Match, language: str) -> str:
    """Say an amount, its currency after it."""
    words = WORDS[language]
    whole, _, fraction = match["low"].partition(".")
    name = words.money[match["money"]]
    if len(fraction) == 2 and int(fraction):  # noqa: PLR2004 - hundredths
        return f"{number(whole or '0', language)} {name} {cardinal(int(fraction), language)} {words.cents}"
    return f"{number(match['low'] if fraction and int(fraction) else whole or '0', language)} {name}"


def _percent(match: Match, language: str) -> str:
    return f"{number(match['low'], language)} {WORDS[language].percent}"


def _range(match: Match, language: str) -> str:
    return f"{number(match['low'], language)} {WORDS[language].to} {number(match['high'], language)}"


def _clock(match: Match, language: str) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    half = {"am": "ተኩል", "ti": "ፈረቓ"}[language]
    minutes = "" if not minute else half if minute == 30 else f"ከ{cardinal(minute, language)}"  # noqa: PLR2004
    if language == "ti" and minute not in {0, 30}:
        minutes = cardinal(minute, language)
    return f"{cardinal(hour, language)} {minutes}".strip()


def _date(match: Match, language: str) -> str:
    return " ".join(cardinal(int(part), language) for part in re.findall(r"\d+", match[0]))


def _word(written: str, language: str) -> str:
    """Say what is left of a word with signs in it: letters, and each number; the word space ፡ is a space."""
    spelled = _COUNT.sub(lambda match: f" {number(_digits(match[0]), language)} ", written)
    spelled = _PER_CENT.sub(f" {WORDS[language].percent} ", spelled)
    return " ".join(re.sub(r"[^\w'፡]|[_፩-፼]", " ", spelled).replace("፡", " ").split())


def _digits(written: str) -> str:
    """Give digits of any script, or Ethiopic numerals, as ours."""
    if written[0] in NUMERALS:
        return str(value_of(written))
    return "".join(str(unicodedata.decimal(character, character)) for character in written)


def reader(language: str) -> Reader:
    """Make the reader of one of the two languages."""
    words = WORDS[language]

    def digits(match: Match) -> str:
        return " ".join(words.ones[int(digit)] for digit in re.findall(r"\d", match[0]))

    def ordinal_of(match: Match) -> str:
        value = value_of(match["signs"]) if match["signs"] else int(match["low"])
        return ordinal(value, language) + match["the"]

    def signs(match: Match) -> str:
        return match["front"] + cardinal(value_of(match["signs"]), language) + match["rest"]

    def inside(match: Match) -> str:
        said = _range(match, language) if match["high"] else number(match["low"], language)
        return match["front"] + said + (f" {words.percent}" if match["percent"] else "") + match["rest"]

    count = rf"(?P<low>{NUMBER})"
    any_money = table(words.money)
    return Reader(
        rules=(
            rule(rf"(?P<short>{table(words.abbreviations)})\.?", lambda match: words.abbreviations[match["short"]]),
            rule(r"\+?\d{10,15}|0\d{8,14}|\+\d{3}(?:[\s-]\d{2,4}){2,4}", digits),
            rule(r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)", lambda match: _clock(match, language)),
            rule(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d", lambda match: _date(match, language)),
            rule(rf"(?:(?P<signs>{_ETHIOPIC_NUMBER})|(?P<low>\d{{1,9}}))-?(?:ኛ|{words.ordinal_ending})(?P<the>[ውዋ]?)",
                 ordinal_of),
            rule(rf"(?P<money>[$€£]|ETB|USD|ERN|Br)\s?{count}", lambda match: _money(match, language)),
            rule(rf"{count}\s?(?P<money>{any_money})", lambda match: _money(match, language)),
            rule(rf"{count}\s?(?:%|ፐርሰንት|በመቶ)", lambda match: _percent(match, language)),
            rule(rf"{count}\s?(?P<unit>{table(words.units)})",
                 lambda match: f"{number(match['low'], language)} {words.units[match['unit']]}"),
            rule(rf"{count}\s?[-–—]\s?(?P<high>{NUMBER})", lambda match: _range(match, language)),
            rule(rf"-?(?:{NUMBER})", lambda match: number(match[0], language)),
            rule(rf"(?P<front>[ሀ-ፚ]?)(?P<signs>{_ETHIOPIC_NUMBER})(?P<rest>[ሀ-ፚ]{{0,8}})", signs),
            rule(rf"(?P<front>[ሀ-ፚ]?)-?{count}(?:[-–](?P<high>{NUMBER}))?(?P<percent>%)?(?P<rest>[ሀ-ፚ]{{0,8}})",
                 inside),
        ),
        word=lambda written: _word(written, language),
    )  # fmt: skip
