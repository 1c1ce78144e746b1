"""LibreTranslate's JSON."""

from typing import Literal

from pydantic import BaseModel, Field

from voxhall.domain.languages import NAMES
from voxhall.domain.translation import Guess, Translation


class TranslateRequest(BaseModel):
    """A text, or several, to be translated."""

    q: str | list[str]
    source: str = Field(min_length=2, max_length=40)
    target: str = Field(min_length=2, max_length=40)
    format: Literal["text", "html"] = "text"
    api_key: str | None = None


class DetectRequest(BaseModel):
    """A text whose language is asked for."""

    q: str
    api_key: str | None = None


class Detected(BaseModel):
    """A language that a text may be in."""

    confidence: float
    """Per cent."""
    language: str


class TranslateResponse(BaseModel):
    """A translation for each text; the languages found where they were to be found."""

    translatedText: str | list[str]  # noqa: N815 - LibreTranslate's name
    detectedLanguage: Detected | list[Detected] | None = None  # noqa: N815 - likewise


class Language(BaseModel):
    """A language, and those into which it can be translated."""

    code: str
    name: str
    targets: list[str]


class Health(BaseModel):
    """That the server answers."""

    status: Literal["ok"] = "ok"


def detected(guess: Guess) -> Detected:
    """Show a guess."""
    return Detected(confidence=round(100 * guess.probability, 1), language=guess.language)


def answer(
    wish: TranslateRequest, made: list[Translation], guesses: list[tuple[Guess, ...]] | None
) -> TranslateResponse:
    """Show translations, as a list where a list was asked for."""
    found = None
    if guesses is not None:
        found = [
            detected(each[0]) if each else Detected(confidence=0.0, language=made[place].route[0])
            for place, each in enumerate(guesses)
        ]
    if isinstance(wish.q, str):
        return TranslateResponse(translatedText=made[0].text, detectedLanguage=found[0] if found else None)
    return TranslateResponse(translatedText=[each.text for each in made], detectedLanguage=found)


def language(code: str, targets: frozenset[str]) -> Language:
    """Show a language."""
    return Language(code=code, name=NAMES.get(code, code), targets=sorted(targets))
