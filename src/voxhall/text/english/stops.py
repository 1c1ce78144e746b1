"""Full stops: whether the one after an abbreviation ends the sentence too."""

import re

from voxhall.text.rules import Match

STARTERS = (
    "The|A|An|He|She|It|We|They|I|You|This|That|These|Those|There|Here|But|And|Or|So|However|In|On|At|For|To|From|If|"
    "When|While|What|Who|Why|How|Where|As|After|Before|My|Our|His|Her|Their|Its|Your|No|Yes|Not|Then|Now|Please|Let|"
    "Some|Many|Most|All|Each|Every|One|Do|Did|Does|Is|Are|Was|Were|Can|Could|Will|Would|Should|With|By|Nobody|Everyone"
)
"""Words that a sentence begins with and a name hardly ever does."""

_NEW = re.compile(rf"[\"')\]]{{0,3}}\s{{1,3}}[\"'(]{{0,2}}(?:{STARTERS})\b|[\"')\]]{{0,3}}\s*\Z")
_GOES_ON = re.compile(r"[\"')\]]{0,3}\s{1,3}[\"'(]{0,2}[a-z]|[\"')\]]{0,3}[,;:]")


def stop(match: Match) -> str:
    """Give the full stop that an abbreviation's own also is; nothing where the sentence goes on."""
    return "." if match[0].endswith(".") and _NEW.match(match.string, match.end()) else ""


def unit_stop(match: Match) -> str:
    """Give the full stop after a unit: it ends the sentence unless a small letter follows."""
    return "." if match[0].endswith(".") and not _GOES_ON.match(match.string, match.end()) else ""
