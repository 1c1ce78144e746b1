"""What French, Spanish and German write beside words, and how it is said."""

from collections.abc import Callable
from dataclasses import dataclass

Cardinal = Callable[..., str]
Names = tuple[str, str]
"""One and many."""


@dataclass(frozen=True, slots=True)
class Locale:
    """One language's table."""

    comma: str
    point: str
    minus: str
    number: str
    """Before the number of a house or a page."""
    to: str
    years: bool
    """Whether years are said in another way than counts."""
    months: tuple[str, ...]
    of: str
    """Stands between day, month and year."""
    day: Callable[[int, str, Cardinal], str]
    """Says a day of the month; the word before it may tell the case."""
    clock: Callable[[int, int, Cardinal], str]
    clock_sign: str
    clock_word: str
    ordinal: str
    """Pattern of what makes a number an ordinal; its group `ending` tells gender."""
    place: Callable[[int, str, str, Cardinal], str]
    ones: tuple[Names, ...]
    """How a number's last word is said before a noun."""
    money: dict[str, Names]
    money_joint: str
    scales: str
    scale_words: dict[str, str]
    scale_of: str
    units: dict[str, Names]
    fractions: dict[str, str]
    abbreviations: dict[str, str]
    signs: dict[str, str]
    address: dict[str, str]


GERMAN_DATIVE = {"am", "vom", "zum", "dem", "den", "beim", "im", "bis", "ab", "seit", "des"}
"""Words after which an ordinal ends in n."""


def _french_day(day: int, _before: str, cardinal: Cardinal) -> str:
    return "premier" if day == 1 else cardinal(day)


def _french_clock(hour: int, minute: int, cardinal: Cardinal) -> str:
    hours = "une heure" if hour == 1 else f"{_feminine(cardinal(hour))} heures"
    return f"{hours} {_feminine(cardinal(minute))}" if minute else hours


def _feminine(words: str) -> str:
    return words + "e" if words.endswith(("-un", " un")) or words == "un" else words


def _french_place(value: int, ending: str, _before: str, cardinal: Cardinal) -> str:
    if value == 1:
        return "premier" if ending == "er" else "première"
    return cardinal(value, "ordinal") + ("s" if ending.endswith("s") else "")


def _spanish_day(day: int, _before: str, cardinal: Cardinal) -> str:
    return "primero" if day == 1 else cardinal(day)


def _spanish_clock(hour: int, minute: int, cardinal: Cardinal) -> str:
    hours = "una" if hour == 1 else "veintiuna" if hour == 21 else cardinal(hour)  # noqa: PLR2004
    if not minute:
        return hours + (" horas" if hour > 12 else "")  # noqa: PLR2004
    return f"{hours} {cardinal(minute)}"


def _spanish_place(value: int, ending: str, _before: str, cardinal: Cardinal) -> str:
    words = cardinal(value, "ordinal")
    if ending in "ªa":
        return " ".join(word[:-1] + "a" if word.endswith("o") else word for word in words.split())
    return words[:-1] if ending == "er" and words.endswith("o") else words


def _german_day(day: int, before: str, cardinal: Cardinal) -> str:
    return cardinal(day, "ordinal") + ("n" if before.lower() in GERMAN_DATIVE else "r")


def _german_clock(hour: int, minute: int, cardinal: Cardinal) -> str:
    hours = "ein" if hour == 1 else cardinal(hour)
    return f"{hours} Uhr {cardinal(minute)}" if minute else f"{hours} Uhr"


def _german_place(value: int, _ending: str, before: str, cardinal: Cardinal) -> str:
    return cardinal(value, "ordinal") + ("n" if before.lower() in GERMAN_DATIVE else "")


FRENCH = Locale(
    comma="virgule", point="point", minus="moins", number="numéro", to="à", years=False,
    months=("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre"),
    of="", day=_french_day, clock=_french_clock, clock_sign=r"\s?h\s?|:", clock_word="heures?|h",
    ordinal="(?P<ending>er|ère|re|èmes?|emes?|es?|ᵉ)", place=_french_place, ones=(),
    money={"€": ("euro", "euros"), "$": ("dollar", "dollars"), "£": ("livre", "livres"), "EUR": ("euro", "euros"),
           "USD": ("dollar", "dollars"), "GBP": ("livre", "livres")},
    money_joint="", scales="millions?|milliards?|M|Md|k", scale_words={"M": "millions", "Md": "milliards",
    "k": "mille"},
    scale_of="d'",
    units={"%": ("pour cent", "pour cent"), "kg": ("kilo", "kilos"), "g": ("gramme", "grammes"),
           "km": ("kilomètre", "kilomètres"),
           "m": ("mètre", "mètres"), "cm": ("centimètre", "centimètres"), "mm": ("millimètre", "millimètres"),
           "l": ("litre", "litres"),
           "L": ("litre", "litres"), "ml": ("millilitre", "millilitres"),
           "km/h": ("kilomètre heure", "kilomètres heure"),
           "°C": ("degré Celsius", "degrés Celsius"), "°": ("degré", "degrés"), "m²": ("mètre carré", "mètres carrés"),
           "min": ("minute", "minutes"), "s": ("seconde", "secondes"), "Go": ("gigaoctet", "gigaoctets"),
           "Mo": ("mégaoctet", "mégaoctets"),
           "GHz": ("gigahertz", "gigahertz"), "kWh": ("kilowattheure", "kilowattheures")},
    fractions={"1/2": "un demi", "1/3": "un tiers", "1/4": "un quart", "2/3": "deux tiers", "3/4": "trois quarts",
               "½": "un demi", "¼": "un quart", "¾": "trois quarts"},
    abbreviations={"M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle",
                   "Dr": "docteur",
                   "Dr.": "docteur", "Pr": "professeur", "Me": "maître", "St": "saint", "Ste": "sainte",
                   "etc.": "et cetera",
                   "p. ex.": "par exemple", "av.": "avenue", "bd": "boulevard", "env.": "environ", "n°": "numéro",
                   "N°": "numéro",
                   "p.": "page", "c.-à-d.": "c'est-à-dire", "tél.": "téléphone", "J.-C.": "Jésus-Christ",
                   "janv.": "janvier",
                   "févr.": "février", "juill.": "juillet", "sept.": "septembre", "oct.": "octobre", "nov.": "novembre",
                   "déc.": "décembre", "svp": "s'il vous plaît", "vs": "contre"},
    signs={"&": "et", "+": "plus", "=": "égale", "@": "arobase", "%": "pour cent", "€": "euros", "$": "dollars",
           "°": "degrés"},
    address={".": "point", "/": "slash", "-": "tiret", "_": "tiret bas", "@": "arobase", ":": "deux points",
           "www": "W.W.W"},
)  # fmt: skip
SPANISH = Locale(
    comma="coma", point="punto", minus="menos", number="número", to="a", years=False,
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre",
        "diciembre"),
    of="de ", day=_spanish_day, clock=_spanish_clock, clock_sign=":", clock_word="horas|h|hs",
    ordinal=r"\.?(?P<ending>[ºªo]|er)", place=_spanish_place, ones=(("veintiuno", "veintiún"), ("uno", "un")),
    money={"€": ("euro", "euros"), "$": ("dólar", "dólares"), "£": ("libra", "libras"), "EUR": ("euro", "euros"),
           "USD": ("dólar", "dólares"), "GBP": ("libra", "libras")},
    money_joint="con ", scales="millón|millones|mil millones|mil|M", scale_words={"M": "millones"}, scale_of="de ",
    units={"%": ("por ciento", "por ciento"), "kg": ("kilo", "kilos"), "g": ("gramo", "gramos"),
           "km": ("kilómetro", "kilómetros"),
           "m": ("metro", "metros"), "cm": ("centímetro", "centímetros"), "mm": ("milímetro", "milímetros"),
           "l": ("litro", "litros"),
           "L": ("litro", "litros"), "ml": ("mililitro", "mililitros"),
           "km/h": ("kilómetro por hora", "kilómetros por hora"),
           "°C": ("grado Celsius", "grados Celsius"), "ºC": ("grado Celsius", "grados Celsius"),
           "°": ("grado", "grados"),
           "m²": ("metro cuadrado", "metros cuadrados"), "min": ("minuto", "minutos"), "s": ("segundo", "segundos"),
           "GB": ("gigabyte", "gigabytes"), "MB": ("megabyte", "megabytes"), "GHz": ("gigahercio", "gigahercios")},
    fractions={"1/2": "un medio", "1/3": "un tercio", "1/4": "un cuarto", "2/3": "dos tercios", "3/4": "tres cuartos",
               "½": "un medio", "¼": "un cuarto", "¾": "tres cuartos"},
    abbreviations={"Sr.": "señor", "Sra.": "señora", "Sres.": "señores", "Srta.": "señorita", "Dr.": "doctor",
                   "Dra.": "doctora",
                   "D.": "don", "Dña.": "doña", "Ud.": "usted", "Uds.": "ustedes", "etc.": "etcétera",
                   "p. ej.": "por ejemplo",
                   "Av.": "avenida", "Avda.": "avenida", "C/": "calle", "núm.": "número", "n.º": "número",
                   "nº": "número",
                   "N.º": "número", "pág.": "página", "págs.": "páginas", "tel.": "teléfono",
                   "EE. UU.": "Estados Unidos",
                   "EE.UU.": "Estados Unidos", "a. C.": "antes de Cristo", "d. C.": "después de Cristo", "a.m.": "A.M",
                   "p.m.": "P.M",
                   "aprox.": "aproximadamente", "Sta.": "santa", "Prof.": "profesor", "art.": "artículo",
                   "vs.": "contra"},
    signs={"&": "y", "+": "más", "=": "igual a", "@": "arroba", "%": "por ciento", "€": "euros", "$": "dólares",
           "°": "grados"},
    address={".": "punto", "/": "barra", "-": "guion", "_": "guion bajo", "@": "arroba", ":": "dos puntos",
           "www": "W.W.W"},
)  # fmt: skip
GERMAN = Locale(
    comma="Komma", point="Punkt", minus="minus", number="Nummer", to="bis", years=True,
    months=("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember"),
    of="", day=_german_day, clock=_german_clock, clock_sign=":", clock_word="Uhr",
    ordinal=r"(?P<ending>\.)(?=\s[A-ZÄÖÜ]?[a-zäöüß])", place=_german_place, ones=(("eins", "ein"),),
    money={"€": ("Euro", "Euro"), "$": ("Dollar", "Dollar"), "£": ("Pfund", "Pfund"), "EUR": ("Euro", "Euro"),
           "USD": ("Dollar", "Dollar"), "GBP": ("Pfund", "Pfund")},
    money_joint="", scales="Million|Millionen|Milliarden?|Mio\\.?|Mrd\\.?|Tsd\\.?|Tausend",
    scale_words={"Mio": "Millionen", "Mio.": "Millionen", "Mrd": "Milliarden", "Mrd.": "Milliarden",
           "Tsd.": "tausend"}, scale_of="",
    units={"%": ("Prozent", "Prozent"), "kg": ("Kilogramm", "Kilogramm"), "g": ("Gramm", "Gramm"),
           "km": ("Kilometer", "Kilometer"),
           "m": ("Meter", "Meter"), "cm": ("Zentimeter", "Zentimeter"), "mm": ("Millimeter", "Millimeter"),
           "l": ("Liter", "Liter"),
           "ml": ("Milliliter", "Milliliter"), "km/h": ("Kilometer pro Stunde", "Kilometer pro Stunde"),
           "°C": ("Grad Celsius", "Grad Celsius"), "°": ("Grad", "Grad"), "m²": ("Quadratmeter", "Quadratmeter"),
           "Min.": ("Minute", "Minuten"), "Std.": ("Stunde", "Stunden"), "s": ("Sekunde", "Sekunden"),
           "GB": ("Gigabyte", "Gigabyte"),
           "MB": ("Megabyte", "Megabyte"), "GHz": ("Gigahertz", "Gigahertz"),
           "kWh": ("Kilowattstunde", "Kilowattstunden")},
    fractions={"1/2": "ein halb", "1/3": "ein Drittel", "1/4": "ein Viertel", "2/3": "zwei Drittel",
    "3/4": "drei Viertel",
               "½": "ein halb", "¼": "ein Viertel", "¾": "drei Viertel"},
    abbreviations={"Hr.": "Herr", "Fr.": "Frau", "Dr.": "Doktor", "Prof.": "Professor", "z. B.": "zum Beispiel",
                   "z.B.": "zum Beispiel",
                   "d. h.": "das heißt", "d.h.": "das heißt", "u. a.": "unter anderem", "u.a.": "unter anderem",
                   "usw.": "und so weiter",
                   "bzw.": "beziehungsweise", "ca.": "circa", "Nr.": "Nummer", "S.": "Seite", "Str.": "Straße",
                   "St.": "Sankt",
                   "evtl.": "eventuell", "ggf.": "gegebenenfalls", "inkl.": "inklusive", "Tel.": "Telefon",
                   "v. Chr.": "vor Christus",
                   "n. Chr.": "nach Christus", "etc.": "et cetera", "Mio.": "Millionen", "Mrd.": "Milliarden",
                   "vgl.": "vergleiche",
                   "Jan.": "Januar", "Feb.": "Februar", "Okt.": "Oktober", "Nov.": "November", "Dez.": "Dezember",
                   "vs.": "gegen"},
    signs={"&": "und", "+": "plus", "=": "gleich", "@": "at", "%": "Prozent", "€": "Euro", "$": "Dollar", "°": "Grad",
           "§": "Paragraf"},
    address={".": "Punkt", "/": "Schrägstrich", "-": "Strich", "_": "Unterstrich", "@": "at", ":": "Doppelpunkt",
           "www": "W.W.W"},
)  # fmt: skip
LOCALES = {"fr": FRENCH, "es": SPANISH, "de": GERMAN}
