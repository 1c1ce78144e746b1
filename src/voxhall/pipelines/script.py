"""A text as it will be spoken: chunks of words in one language each, cues and pauses between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from voxhall.errors import InvalidInput
from voxhall.text.markup import Cue, Pause, Speech, parse
from voxhall.text.normalize import Token, normalize
from voxhall.text.scripts import runs
from voxhall.text.sentences import first_clause, sentences

CLAUSE_PAUSE = 0.05
"""Seconds of silence after a chunk that ends within a sentence; voices add some of their own."""
SENTENCE_PAUSE = 0.2
"""Seconds of silence after a sentence."""
ENDS = tuple(".?!።፧。？！।؟")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words that are spoken at one go."""

    tokens: tuple[Token, ...]
    language: str
    """ISO 639-1 code."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they are said."""
        return tuple(token.spoken for token in self.tokens)

    @property
    def spoken(self) -> str:
        """The chunk as it is said."""
        return " ".join(self.words)

    @property
    def pause(self) -> float:
        """Seconds of silence after it."""
        return SENTENCE_PAUSE if self.spoken.rstrip("\"')”’»").endswith(ENDS) else CLAUSE_PAUSE


Item = Chunk | Cue | Pause
Lexicon = Mapping[str, str]
"""Words in lower case, and how an account wants them said: as other words, or `[[phonemes]]`."""


def write_script(text: str, language: str, lexicon: Lexicon) -> tuple[Item, ...]:
    """Make a script of a text, its first chunk cut short so that sound begins early.

    Raises InvalidInput for an unknown cue and where there is nothing to be heard.
    """
    items: list[Item] = []
    for part in parse(text):
        items += _chunks(part.text, language, lexicon) if isinstance(part, Speech) else [part]
    if not any(isinstance(item, Chunk | Cue) for item in items):
        raise InvalidInput("there is nothing in the text that can be spoken", param="input")
    return tuple(_eager(items))


def languages_of(script: Iterable[Item]) -> set[str]:
    """Give the languages that are spoken in a script."""
    return {item.language for item in script if isinstance(item, Chunk)}


def _chunks(text: str, language: str, lexicon: Lexicon) -> list[Chunk]:
    """Cut a text into sentences of one language each; what cannot be said goes with the word before it."""
    found = []
    for run in runs(text, language):
        tokens = tuple(_replaced(token, lexicon) for token in normalize(run.text, run.language))
        for sentence in sentences(tokens):
            said = _audible(sentence)
            if said:
                found.append(Chunk(said, run.language))
    return found


def _replaced(token: Token, lexicon: Lexicon) -> Token:
    """Say a word as the account's lexicon has it, its punctuation kept."""
    word = token.written.strip(".,;:!?\"'()")
    said = lexicon.get(word.lower())
    if said is None:
        return token
    mark = token.spoken[-1:] if token.spoken[-1:] in ".,;:!?" else ""
    return replace(token, spoken=said + mark)


def _audible(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Keep the tokens that say something."""
    return tuple(token for token in tokens if any(character.isalnum() for character in token.spoken))


def _eager(items: list[Item]) -> list[Item]:
    """Cut the first chunk where a short piece of it can be spoken on its own."""
    for number, item in enumerate(items):
        if isinstance(item, Chunk):
            count = first_clause(item.tokens)
            if 0 < count < len(item.tokens):
                halves = [replace(item, tokens=item.tokens[:count]), replace(item, tokens=item.tokens[count:])]
                return [*items[:number], *halves, *items[number + 1 :]]
            break
    return items
