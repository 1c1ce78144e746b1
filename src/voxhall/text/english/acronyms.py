"""Capital letters: which are spelled, which are said as a word."""

import re

from voxhall.text.rules import Match, rule

SPOKEN = {
        "NASA", "NATO", "UNESCO", "UNICEF", "OPEC", "LASER", "RADAR", "SCUBA", "AIDS", "SARS", "COVID", "ASCII", "FEMA",
        "NAFTA", "GIF", "JPEG", "RAM", "ROM", "PIN", "SIM", "NAVY", "SWAT", "NASDAQ", "ASEAN", "INTERPOL",
        "FIFA", "UEFA", "IKEA", "LEGO", "NIMBY", "YOLO", "FOMO", "LAN", "WAN", "VOIP", "POTUS", "SCOTUS", "JSON",
        "YAML", "CAD", "OSHA", "HIPAA", "NOAA", "TED", "DARPA", "CERN", "ISIS", "BAFTA", "IMAX", "WASP",
        "SIDS", "CAPTCHA", "BASIC", "COBOL", "FORTRAN", "SONAR", "ANSI", "UNIX", "LINUX", "MIDI", "PETA", "MASH", "DOS",
        "BIOS", "CUDA", "RAID", "SAAS", "SOHO", "TOEFL", "LIDAR", "NORAD",
}  # fmt: skip
SPELLED = {
        "USA", "FBI", "CIA", "CEO", "CFO", "CTO", "COO", "UK", "EU", "UN", "US", "IT", "AI", "API", "APIS", "URL",
        "ATM", "DIY", "FAQ", "ETA", "EPA", "FDA", "FAA", "CDC", "IRS", "ACLU", "YMCA",
        "YWCA", "UCLA", "USC", "MIT", "ESPN", "ASAP",
        "AKA", "AM", "PM", "IQ", "ID", "IDS", "TV", "PC", "VIP", "UFO", "UI", "UX", "OS", "IOS", "IP", "ISP", "IPO",
        "NBA", "NFL", "NHL", "MLB", "NCAA", "UFC", "WWE", "ABC", "CBS", "NBC", "BBC", "CNN", "PBS", "HBO", "ESP", "EKG",
        "ECG", "MRI", "DNA", "RNA", "HIV", "UV", "IV", "ICU", "ER", "OB", "EMT", "CPR", "ADHD", "OCD", "BMI", "IUD",
        "LA", "NY", "NYC", "DC", "EST", "PST", "CST", "MST", "EDT", "PDT", "CDT", "UTC", "GMT", "USB", "CPU", "GPU",
        "SSD", "SQL", "AWS", "OCR", "CAPTCHAS", "GUI", "IDE", "ADA", "AAA", "AARP", "AAPL", "IMF", "WHO", "WTO", "ICC",
        "ICJ", "IAEA", "IEEE", "EOD", "FYI", "IRA", "UAE", "USSR", "USDA", "USPS", "USMC", "USAF", "UAV", "EV", "EVS",
        "SUV", "RV", "GPA", "SAT", "ACT", "GRE", "LSAT", "BA", "MA", "BS", "MS", "MBA", "MD", "RN", "ROI", "KPI", "HR",
        "PR", "QA", "UPS", "SOS", "AC", "BC", "AD", "BCE", "CE", "RIP", "IOU", "IMO", "OMG", "LOL", "BTW",
        "NGO", "ESG", "EPS", "ETF", "IEP", "IOT", "ALS", "UPC", "EIN", "ISO", "EUR", "ETH", "BRB", "TBA", "TBD",
        "MIA", "POW",
}  # fmt: skip
"""Spelled though they look like words."""
SHORT = {
        "A", "I", "AN", "AS", "AT", "BE", "BY", "DO", "GO", "HE", "IF", "IN", "IS", "IT", "ME", "MY", "NO", "OF", "OH",
        "ON", "OR", "SO", "TO", "UP", "US", "WE", "AH", "HI", "HA", "ALL", "AND", "ANY", "ARE", "BAD", "BIG", "BUT",
        "BUY", "CAN", "CAR", "DAY", "DID", "END", "FEW", "FOR", "FUN", "GET", "GOD", "GOT", "HAD", "HAS", "HER", "HEY",
        "HIM", "HIS", "HOT", "HOW", "ITS", "JOB", "LET", "LOT", "LOW", "MAN", "MAY", "MEN", "MOM", "NEW", "NOT", "NOW",
        "ODD", "OFF", "OLD", "ONE", "OUR", "OUT", "OWN", "PAY", "PUT", "RAN", "RED", "RUN", "SAD", "SAW", "SAY", "SEE",
        "SET", "SHE", "SIT", "SIX", "SON", "SUN", "TEN", "THE", "TOO", "TOP", "TRY", "TWO", "USE", "WAR", "WAS", "WAY",
        "WHY", "WIN", "WON", "YES", "YET", "YOU", "ZOO", "ASK", "AGE", "AIR", "ART", "BED", "BOX", "BOY", "CUP", "CUT",
        "DAD", "DIE", "DOG", "EAT", "EGG", "EYE", "FAR", "FLY", "GAS", "GUN", "HIT", "ICE", "ILL", "KEY", "LAW", "LEG",
        "LIE", "MAP", "MIX", "OIL", "PEN", "PET", "RAW", "SEA", "SEX", "SKY", "TAX", "TEA", "TIE", "WET", "WHO", "CAT",
        "CRY", "DRY", "FIX", "FIT", "FAN", "FIRE", "JOY", "KID", "LIP", "MUD", "NET", "NUT", "PIE", "POP", "POT", "RAT",
        "ROW", "SAT", "SEW", "SHY", "SKI", "SPY", "TAP", "TIP", "TOY", "VAN", "WEB", "ZIP", "ACT", "ADD", "AID", "AIM",
        "ARM", "BAG", "BAN", "BAR", "BAT", "BET", "BIT", "EAR", "EVE", "FED", "FEE", "HAT", "HEN", "ADS", "YEAH", "WOW",
        "HUH", "AHA", "UGH", "NAH", "NOPE", "YEP", "YUP", "BOO", "YAY", "BAM", "BUS", "CAB", "GYM",
}  # fmt: skip
"""Words of at most three letters that may stand in capitals."""

LONG = 6
"""Letters from which capitals are rather shouted than an acronym."""

_ONSETS = (
    "[bcdfghjklmnpqrstvwxyz]|bl|br|ch|cl|cr|dr|dw|fl|fr|gl|gn|gr|kn|ph|pl|pr|qu|sc|sch|scr|sh|shr|sk|sl|sm|sn|sp|sph|spl|"
    "spr|squ|st|str|sw|th|thr|tr|tw|wh|wr"
)
_CODAS = (
    "[bcdfgklmnprstvwxyz]|bb|ch|ck|ct|dd|dge|dth|ff|ft|gg|gh|ght|ll|lb|ld|lf|lk|lm|ln|lp|lt|lth|lve|mb|mp|mpt|nc|nch|nd|ng|"
    "nk|nn|nt|nth|pt|ph|ps|rb|rc|rch|rd|rf|rg|rk|rl|rm|rn|rp|rr|rs|rsh|rst|rt|rth|sh|sk|sm|sp|ss|st|tch|th|tt|xt|zz|cks|"
    "rld|rlds|ngth|ngths|cts|rms|rns|lps|mps|nds|nts|sts|ngs|lls|rks|rds|rts|ts|ns|ls|ms|ds|gs|bs|fts|pts|wn|wns|wl|gth"
)
_WORD = re.compile(
    rf"(?:{_ONSETS})?[aeiouy]{{1,3}}(?:[bcdfghjklmnpqrstvwxz]{{1,4}}[aeiouy]{{1,3}}){{0,8}}(?:{_CODAS})?e?s?",
    re.IGNORECASE,
)
_NEIGHBOUR = re.compile(r"[A-Z]{2,30}")


def spelled(letters: str) -> str:
    """Spell letters, so written that every phonemizer reads each by its name."""
    return ".".join(letters)


def word_or_letters(written: str, *, shouting: bool = False) -> str:
    """Say letters that are all capitals; where everything shouts they are rather a word."""
    if len(written) == 1 or written in SPOKEN:
        return written
    if _is_word(written, shouting=shouting):
        return written.lower()
    return spelled(written)


def _is_word(written: str, *, shouting: bool) -> bool:
    if written in SHORT and (shouting or written not in SPELLED):
        return True
    if written in SPELLED or not written.isascii():
        return not written.isascii()
    if len(written) >= LONG and re.search("[AEIOUY]", written):
        return True
    return (len(written) > 3 or shouting) and _WORD.fullmatch(written) is not None  # noqa: PLR2004


def _capitals(match: Match) -> str:
    if match["letters"].endswith("S") and match["letters"] not in SPELLED and match["letters"][:-1] in SPELLED:
        return _several(match["letters"][:-1])
    words = word_or_letters(match["letters"], shouting=_shouting(match))
    ending = match["ending"]
    if ending and "." in words:
        return _several(match["letters"]) if ending in {"s", "'s"} else words + ending
    return words + (ending or "")


def _several(letters: str) -> str:
    """Say the plural of spelled letters: the last one takes the s."""
    return " ".join(part for part in (spelled(letters[:-1]), letters[-1] + "'s") if part)


def _shouting(match: Match) -> bool:
    """Tell whether a word beside it is all capitals too, and no acronym."""
    before = re.findall(r"\w+", match.string[max(0, match.start() - 30) : match.start()])[-1:]
    after = re.findall(r"\w+", match.string[match.end() : match.end() + 30])[:1]
    return any(
        _NEIGHBOUR.fullmatch(word)
        and word not in SPOKEN
        and (word in SHORT or bool(len(word) > 3 and _WORD.fullmatch(word)))  # noqa: PLR2004
        for word in before + after
    )


RULES = (
    rule(r"(?P<letters>[A-Z])&(?P<last>[A-Z])", lambda match: f"{match['letters']} and {match['last']}"),
    rule(r"(?P<letters>[A-Z]{2,4})&(?P<last>[A-Z])", lambda match: f"{spelled(match['letters'])} and {match['last']}"),
    rule(r"(?P<letters>[A-Z]{2,40})(?P<ending>'?s|'d|'ll|'ve)?", _capitals),
)
