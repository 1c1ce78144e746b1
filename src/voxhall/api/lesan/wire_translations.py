"""The Lesan dialect's JSON of translations, as its document has it, and ours beside it."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from voxhall.domain.languages import NAMES
from voxhall.domain.translation import Match, Phrase, Translation

LanguageCode = Annotated[str, Field(min_length=2, max_length=40)]


class TranslationRequest(BaseModel):
    """A text to be translated."""

    key: str | None = Field(default=None, description="Your API key; or in the Authorization header.")
    text: str = Field(description="The text to translate.")
    src_lang: LanguageCode = Field(description="ISO 639 code of the text's language, or `auto`.")
    tgt_lang: LanguageCode = Field(description="ISO 639 code of the language it is to be in.")


class BatchTranslationRequest(BaseModel):
    """Texts to be translated."""

    texts: list[str] = Field(min_length=1, max_length=1000)
    src_lang: LanguageCode = "auto"
    tgt_lang: LanguageCode


class MatchResponse(BaseModel):
    """A sentence that came out of the account's memory."""

    kind: Literal["exact", "fuzzy"]
    score: float
    source: str
    target: str


class TranslationResponse(BaseModel):
    """A translation."""

    tgt_text: str
    engine: str
    src_lang: str
    matches: list[MatchResponse] | None = None


class BatchTranslationResponse(BaseModel):
    """Translations, in the order of their texts."""

    translations: list[TranslationResponse]


class LanguageResponse(BaseModel):
    """A language, and those into which it can be translated here."""

    code: str
    name: str
    targets: list[str]


class FetchableResponse(BaseModel):
    """A model that would add languages."""

    model: str
    megabytes: int
    licence: str


class TranslationLanguagesResponse(BaseModel):
    """What can be translated here, and which models would add to it."""

    languages: list[LanguageResponse]
    fetchable: list[FetchableResponse]


class PhraseModel(BaseModel):
    """A term or a sentence, and how it is to be translated."""

    src_lang: LanguageCode
    tgt_lang: LanguageCode
    source: str = Field(min_length=1, max_length=2000)
    target: str = Field(min_length=1, max_length=2000)

    def to_phrase(self) -> Phrase:
        """Give what the service takes."""
        return Phrase((self.src_lang, self.tgt_lang), self.source, self.target)


class PhrasesResponse(BaseModel):
    """A glossary or a memory."""

    data: list[PhraseModel]
    total: int


class ImportedResponse(BaseModel):
    """How many phrases were added or replaced."""

    imported: int


class RemovedResponse(BaseModel):
    """How many phrases were removed."""

    removed: int


def translated(made: Translation) -> TranslationResponse:
    """Show a translation."""
    matches = [_match(each) for each in made.matches] or None
    return TranslationResponse(tgt_text=made.text, engine=made.engine, src_lang=made.route[0], matches=matches)


def phrase(each: Phrase) -> PhraseModel:
    """Show a phrase."""
    return PhraseModel(src_lang=each.route[0], tgt_lang=each.route[1], source=each.source, target=each.target)


def language(code: str, targets: frozenset[str]) -> LanguageResponse:
    """Show a language."""
    return LanguageResponse(code=code, name=NAMES.get(code, code), targets=sorted(targets))


def _match(match: Match) -> MatchResponse:
    return MatchResponse(kind=match.kind, score=match.score, source=match.source, target=match.target)
