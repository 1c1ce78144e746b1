"""A question that only makes sense after another becomes one that makes sense alone, by rules for English."""

import re

from voxhall.domain.knowledge import LONGEST

SHORT = 4
"""Words up to which a question without a verb of its own is elliptical."""
_THING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|those|that)\b(?!\s+(?:is|was)\s+that\b)", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(\w+)\s+that\b|\bthat\s+(?:is|are|was|were|has|have|can|will)\b", re.IGNORECASE)
"""`that` within a clause of its own points at nothing before the question."""
_POSSESSIVE = re.compile(r"its|their|his|hers?\b", re.IGNORECASE)
_ELLIPTIC = re.compile(
    r"^\W*(?:and|but|or|so|then|also|what about|how about|what of|why not|why|since when)\b", re.IGNORECASE
)
_PHRASE = re.compile(
    r"\b(?:the|an?|this|my|our|your)\s+[^\W\d_][\w'’-]*(?:\s+(?:of|in|on|at|for|from|de|von)\s+(?:the\s+)?[\w'’-]+|\s+(?!(?:"
    r"is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|built|made|get|work|works|and|or|when|where|how"
    r")\b)[\w'’-]+){0,4}",
    re.IGNORECASE,
)
_HANGING = re.compile(r"\s+\w+\s+(?:on|to|for|with|from|by|at|in|of)$", re.IGNORECASE)
"""The end of a question that ends with its verb: `the server listen on`."""
_NAME = re.compile(r"(?<!^)\b[A-Z][\w'’-]+(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w'’-]*)*")
_FULL_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:\s+(?:[A-Z]\.|[a-z]{2,3}|[A-Z][\w'’-]+)){0,2}\s+[A-Z][\w'’-]+")
_ASKING = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:who|whom|whose|what|which|when|where|why|how(?:\s+(?:many|much|long|far|old|high|tall))?)\b",
    re.IGNORECASE,
)


def in_context(question: str, before: str, answer: str) -> str:
    """Give a question that makes sense without `before`, which was asked and answered just before.

    One that does already stays as it is. A pronoun is replaced by what `before` was about, a person's by the person
    that the answer names, and a question that lacks a verb takes over what was asked before.
    """
    plain = _RELATIVE.sub(lambda found: " " * len(found[0]), question)
    if _PERSON.search(plain) and (person := _person(before, answer, question)):
        return _instead(_PERSON, question, plain, person)
    subject = _subject(before)
    if _THING.search(plain) and subject.lower() not in question.lower():
        return _instead(_THING, question, plain, subject)
    if _ELLIPTIC.match(question) or (len(question.split()) <= SHORT and not _ASKING.match(question)):
        return _filled(question, before, subject)
    return question


def _instead(pronoun: re.Pattern[str], question: str, plain: str, meant: str) -> str:
    """Put what is meant in the place of the first pronoun."""
    found = pronoun.search(plain)
    if found is None:
        return question
    owned = _POSSESSIVE.fullmatch(found[0]) and not (
        found[0].lower() == "her" and not plain[found.end() :].strip(" ?.!")
    )
    return f"{question[: found.start()]}{meant}{'’s' if owned else ''}{question[found.end() :]}"[:LONGEST]


def _filled(question: str, before: str, subject: str) -> str:
    """Give an elliptical question what it leaves out: what was asked, about something else where it names that."""
    rest = _ELLIPTIC.sub("", question).strip(" ?.!,")
    if rest and (_NAME.search(f"_ {rest}") or _PHRASE.search(rest)) and subject:
        return before.replace(subject, rest)[:LONGEST]
    return f"{before.rstrip(' ?.!')} {question}"[:LONGEST]


def _subject(question: str) -> str:
    """Give what a question is about: a phrase with an article, else its names, else what follows its question word."""
    if phrase := _PHRASE.search(question):
        return _HANGING.sub("", phrase[0])
    if names := _NAME.findall(question):
        return " ".join(names)
    return _ASKING.sub("", question).strip(" ?.!")


def _person(before: str, answer: str, question: str) -> str | None:
    """Give the person whom an answer names first, or else its question."""
    named = [*_FULL_NAME.findall(answer), *_FULL_NAME.findall(before[1:])]
    return next((name for name in named if name not in question), None)
