"""English as it is read aloud: rules for what is not written in words, in the order in which they are tried."""

from voxhall.text.english import abbreviations, acronyms, dates, measures, money, numbers, phones, places, romans, web
from voxhall.text.english.words import word
from voxhall.text.rules import Reader

READER = Reader(
    rules=(
        *web.RULES[:2],
        *dates.RULES,
        *phones.RULES,
        *money.RULES,
        *numbers.DECADES,
        *measures.RULES,
        *abbreviations.RULES,
        *numbers.RULES,
        *web.RULES[2:],
        *places.RULES,
        *romans.RULES,
        *acronyms.RULES,
    ),
    word=word,
)
