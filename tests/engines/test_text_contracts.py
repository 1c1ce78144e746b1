"""What every engine that works on texts promises, run against all that are usable here."""

import pytest

from lending import Lender, every
from voxhall.engines.protocols import LanguageIdentifier, Translator


@every("langid")
class TestIdentifier:
    """Tells languages."""

    def test_languages_of_sentences(self, lender: Lender) -> None:
        """The likeliest first, with probabilities; short texts too."""
        texts = (
            "The weather is nice today.",
            "Il fait beau aujourd'hui.",
            "hello world",
            "",
            "Akkam jirtu hundi keessan",
        )
        found = lender.lend(LanguageIdentifier).identify(texts)
        assert [guesses[0].language for guesses in found[:3]] == ["en", "fr", "en"]
        assert found[4][0].language == "om"
        for guesses in found:
            likely = [guess.probability for guess in guesses]
            assert likely == sorted(likely, reverse=True)
            assert 0 <= sum(likely) <= 1.001


@every("translate")
class TestTranslator:
    """Translates."""

    def test_a_translation_for_each_text(self, lender: Lender) -> None:
        """In their order; one text or several, and the same again each time."""
        engine = lender.engine
        registry = lender._host._registry
        directions = engine.directions(registry.options_of(engine), registry.models)
        assert directions
        route = ("en", "es") if any(each.lead("en", "es") for each in directions) else None
        if route is None:
            pytest.skip(f"{engine.name} has nothing for English and Spanish here")
        translator = lender.lend(Translator)
        texts = ("The house is big.", "hello", "The house is big.")
        found = translator.translate(texts, *route)
        assert len(found) == 3
        assert found[0] == found[2]
        assert all(isinstance(text, str) and text for text in found)
        assert translator.translate(texts, *route) == found
        assert translator.translate((), *route) == ()
