"""Texts through the pipeline, with a translator that shows what it was given."""

import pytest

from voxhall.domain.translation import Phrases
from voxhall.pipelines.translate import BATCH, LONGEST, translate

ROUTE = ("en", "es")


class Shouting:
    """Says everything in capitals; remembers what it was asked, and may lose what it should keep."""

    def __init__(self, *losing: str) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._losing = losing

    def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """Translate sentences."""
        assert (source, target) == ROUTE
        self.asked.append(texts)
        said = [text.upper() for text in texts]
        for lost in self._losing:
            said = [text.replace(lost, "") for text in said]
        return tuple(said)


def shouted(text: str, *losing: str, **phrases: dict[str, str]) -> str:
    """Give a text's translation."""
    known = Phrases(phrases.get("terms", {}), phrases.get("memory", {}))
    [found] = translate([text], ROUTE, Shouting(*losing), "shouting", known)
    return found.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One. Two!\n\n  Three?\r\n- four\n", "ONE. TWO!\n\n  THREE?\r\n- FOUR\n"),
        ("<p class='x'>Bold <b>word</b></p>", "<p class='x'>BOLD <b>WORD</b></p>"),
        (
            "Hi {name}, you have %d new {{count}} mails &amp; %(more)s",
            "HI {name}, YOU HAVE %d NEW {{count}} MAILS &amp; %(more)s",
        ),
        (
            "See https://example.com/a?b=c#d. Or mail me@example.com",
            "SEE https://example.com/a?b=c#d. OR MAIL me@example.com",
        ),
        ("<a title='One. Two? Three'>See</a> it. Go", "<a title='One. Two? Three'>SEE</a> IT. GO"),
        ("Run `make test` now", "RUN `make test` NOW"),
        ("Use {0} and {1} and {0}", "USE {0} AND {1} AND {0}"),
        ("12 + 30 = 42", "12 + 30 = 42"),
        ("شكرا hello", "شكرا HELLO"),
        ("   \n", "   \n"),
    ],
)
def test_what_is_not_language_survives(text: str, said: str) -> None:
    """Space, lines, markup, placeholders, addresses and code come back as they were."""
    assert shouted(text) == said


@pytest.mark.parametrize("lost", ["3,500", "7", "{0}", "{1}", "500"])
def test_what_an_engine_loses_is_put_back(lost: str) -> None:
    """Numbers are hidden from it when it drops one; what it drops all the same is left out of the question."""
    text = "It cost <b>3,500</b> dollars and 7 cents."
    assert shouted(text, lost) == "IT COST <b>3,500</b> DOLLARS AND 7 CENTS."


def test_terms_are_said_as_the_glossary_has_them() -> None:
    """Whole words, the longest first, whatever their case; a capital stays a capital."""
    terms = {"neural network": "red neuronal", "network": "red", "cat": "gato"}
    assert shouted("Networks and the network. Cat! A Neural Network, concatenated.", terms=terms) == (
        "NETWORKS AND THE red. Gato! A Red neuronal, CONCATENATED."
    )
    assert shouted("The cat.", "{0}", terms=terms) == "THE gato."


def test_the_memory_goes_before_the_engine() -> None:
    """For the same sentence, or one that is at least 90 % alike and has the same numbers; both are told."""
    memory = {"The door is open.": "La puerta está abierta.", "Please wait here for 10 minutes.": "Espere 10 minutos."}
    engine = Shouting()
    texts = ["The  door is open. Go in.", "Please wait here for 10 minutes!", "Please wait here for 20 minutes."]
    found = translate(texts, ROUTE, engine, "shouting", Phrases({}, memory))
    assert [each.text for each in found] == [
        "La puerta está abierta. GO IN.", "Espere 10 minutos.", "PLEASE WAIT HERE FOR 20 MINUTES.",
    ]  # fmt: skip
    assert [each.engine for each in found] == ["shouting", "memory", "shouting"]
    assert [(match.kind, match.source) for each in found for match in each.matches] == [
        ("exact", "The door is open."),
        ("fuzzy", "Please wait here for 10 minutes."),
    ]
    assert 90 <= found[1].matches[0].score < 100
    assert not any("door" in text for batch in engine.asked for text in batch)


def test_nothing_to_translate_is_nothing_to_ask() -> None:
    """Numbers and addresses alone do not reach the engine."""
    engine = Shouting()
    [found] = translate(["12.5 https://example.com {0}"], ROUTE, engine, "shouting")
    assert (found.text, found.engine, engine.asked) == ("12.5 https://example.com {0}", "none", [])


def test_sentences_go_together_and_each_once() -> None:
    """Of all texts, in batches that no piece of work is long by."""
    engine = Shouting()
    texts = [f"Sentence number {'x' * at}." for at in range(BATCH + 5)] * 2
    found = translate(texts, ROUTE, engine, "shouting")
    assert [each.text for each in found] == [text.upper() for text in texts]
    assert [len(batch) for batch in engine.asked] == [BATCH, 5]


@pytest.mark.parametrize("text", ["word " * 1000, "x" * 5000, "one, two, three and four, " * 300])
def test_no_engine_is_given_more_than_it_can_take(text: str) -> None:
    """A sentence without end is cut, and nothing of it is lost."""
    engine = Shouting()
    [found] = translate([text], ROUTE, engine, "shouting")
    assert found.text == text.upper()
    assert all(len(each) <= LONGEST for batch in engine.asked for each in batch)
