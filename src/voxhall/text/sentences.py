"""Tokens as sentences, none too long for a voice; and a first piece so short that sound begins early."""

import textwrap
from collections.abc import Iterator
from math import ceil

from voxhall.text.normalize import Token


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


ENDS = tuple(".?!…።፧।॥。？！؟")
CLAUSE_ENDS = tuple(",;:፣፤፥、，；：،؛")
CLOSING = "\"'”’»)]}"
LONG = 250
"""Characters of speech from which a sentence is cut."""
SHORTEST = 50
"""Characters that a piece of a long sentence has at least, if it can."""
CONJUNCTIONS = _words("and but or because which that who when while where although so if")
FIRST_WORDS = range(3, 9)
"""Words before a comma at which a first clause ends."""
CUT_WORDS = range(3, 8)
"""Words before a boundary word at which a first clause may be cut."""
SHORT_SENTENCE = 8
"""Words; a sentence of no more is not cut where there is no comma."""
REST_WORDS = 3
"""Words that are left at least when there is no comma."""
JOINING = _words("and but or so yet")
RELATING = _words("that which because who when where while if before after until although than")
PLACING = _words("to of in with for from on at by into about through during between")
DETERMINERS = _words(
    "the a an this that these those my your his her its our their some any each every all both no another"
)
PRONOUNS = _words("i you he she it we they who there then what how why")
LEANING = _words(
    "am is are was were be been being do does did have has had will would can could shall should may might must "
    "not very too more most less as just only even also still really me him us them one such going want wants "
    "wanted need needs needed used able due out up down off over because instead lot kind sort part couple "
    "number rather let look looked turn turned put get got come came go went take took give gave set think wait "
    "listen based depends according don't doesn't didn't can't won't i'm it's he's she's we're they're you're "
    "i've i'll you'll we'll isn't aren't wasn't weren't couldn't wouldn't shouldn't that's there's"
)
HANGING = DETERMINERS | PRONOUNS | PLACING | JOINING | RELATING | LEANING
"""Words that lean on the next one."""


def sentences(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Give the sentences; one of more than 250 characters of speech is cut at its best places, silence between."""
    whole: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        if not whole[-1] and len(whole) > 1 and not token.spoken:
            whole[-2].append(token)
            continue
        whole[-1].append(token)
        if _ends(token, tokens[place + 1] if place + 1 < len(tokens) else None):
            whole.append([])
    return [piece for sentence in whole if sentence for piece in _pieces(sentence)]


def _ends(token: Token, following: Token | None) -> bool:
    """Tell whether a sentence ends: a question or an exclamation may stand within one."""
    spoken = token.spoken.rstrip(CLOSING)
    if not spoken.endswith(ENDS):
        return False
    first = next((character for character in following.written if character.isalnum()), "") if following else ""
    return (spoken.endswith(".") and not spoken.endswith("..")) or not first.islower()


def _pieces(sentence: list[Token]) -> Iterator[tuple[Token, ...]]:
    tokens = [part for token in sentence for part in _shortened(token)]
    begin = 0
    lengths = [len(token.spoken) + 1 for token in tokens]
    left = sum(lengths)
    while left > LONG:
        count = _cut(tokens, lengths, begin, left / ceil(left / LONG))
        yield tuple(tokens[begin : begin + count])
        left -= sum(lengths[begin : begin + count])
        begin += count
    yield tuple(tokens[begin:])


def _shortened(token: Token) -> Iterator[Token]:
    """Cut an expression that alone is too long to be said at one go, as an address may be."""
    if len(token.spoken) <= LONG or token.spoken.startswith("[["):
        yield token
        return
    for number, words in enumerate(textwrap.wrap(token.spoken, LONG - SHORTEST, break_on_hyphens=False)):
        yield Token(token.written, words) if number == 0 else Token("", words)


def _cut(tokens: list[Token], lengths: list[int], begin: int, target: float) -> int:
    """Give how many tokens the next piece has: after a clause if there is one, about as long as the others."""
    best, best_cost, said = 1, float("inf"), 0
    for place in range(begin, len(tokens) - 1):
        said += lengths[place]
        if said > LONG:
            break
        cost = abs(said - target) + 60 * _reluctance(tokens[place], tokens[place + 1]) + 200 * (said < SHORTEST)
        if cost < best_cost:
            best, best_cost = place - begin + 1, cost
    return best


def _reluctance(token: Token, following: Token) -> int:
    if token.spoken.endswith(CLAUSE_ENDS):
        return 0 if token.spoken[-1] not in ",፣、،" else 1
    return 2 if _bare(following) in CONJUNCTIONS else 6 if _bare(token) in HANGING else 4


def first_clause(tokens: tuple[Token, ...]) -> int:
    """Give how many tokens of a sentence to speak first, on their own; 0 where it is better left whole."""
    counts = [len(token.spoken.split()) for token in tokens]
    said = 0
    for place, token in enumerate(tokens[:-1]):
        said += counts[place]
        if said in FIRST_WORDS and token.spoken.endswith(CLAUSE_ENDS):
            return place + 1
    total = sum(counts)
    if total <= SHORT_SENTENCE:
        return 0
    for boundaries in (JOINING | RELATING, PLACING - {"of"}, frozenset({"of"})):
        said = 0
        for place in range(1, len(tokens) - 1):
            said += counts[place - 1]
            if said in CUT_WORDS and total - said >= REST_WORDS and _may_cut(tokens, place, boundaries):
                return place
    return 0


def _may_cut(tokens: tuple[Token, ...], place: int, boundaries: frozenset[str]) -> bool:
    """Tell whether a voice may take breath before a token."""
    before, word, after = tokens[place - 1], tokens[place], tokens[place + 1]
    if _bare(word) not in boundaries or _bare(before) in HANGING or not before.spoken[-1:].isalpha():
        return False
    if word.written[:1].isupper() or (before.written[:1].isupper() and after.written[:1].isupper()):
        return False
    if _bare(word) in RELATING - {"than"} or _bare(after) in DETERMINERS | PRONOUNS:
        return True
    return _bare(word) in PLACING - {"of"} and after.written[:1].isupper()


def _bare(token: Token) -> str:
    return token.spoken.strip(".,;:!?\"'").lower()
