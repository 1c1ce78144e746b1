"""Which languages can be translated here and by whom, and which language a text is in."""

from collections.abc import Sequence
from dataclasses import dataclass

from voxhall.domain.languages import NAMES
from voxhall.domain.translation import NONE, Guess, Phrases, Route, Translation
from voxhall.engines import weights
from voxhall.engines.host import Host, Scope
from voxhall.engines.protocols import LanguageIdentifier, Translator
from voxhall.engines.registry import Directions, Engine, Registry, Weights
from voxhall.errors import EngineUnavailable, InvalidInput, MissingField, UnsupportedPair
from voxhall.pipelines.translate import translate
from voxhall.text import langid

AUTO = "auto"
SHOWN = 40
"""Pairs that an error names at most."""
LOOKED_AT = 2000
"""Characters of a text by which its language is told."""


@dataclass(frozen=True, slots=True)
class Tongues:
    """The languages of one platform."""

    registry: Registry
    host: Host
    translator: str = AUTO
    """The operator's choice of an engine."""

    def targets(self) -> dict[str, frozenset[str]]:
        """Give for each language those into which it can be translated here."""
        found: dict[str, frozenset[str]] = {}
        for _, directions in self._translators():
            for each in directions:
                for source in each.sources:
                    found[source] = found.get(source, frozenset()) | (each.targets - {source})
        return {source: found[source] for source in sorted(found) if found[source]}

    def fetchable(self) -> list[Weights]:
        """Give the models that are not here and would add to what can be translated."""
        models = self.registry.models
        return [each for engine in self._wanted() for each in engine.weights if not weights.present(each, models)]

    def engine(self, route: Route) -> Engine:
        """Choose the best engine for a pair of languages.

        Raises UnsupportedPair where none knows them, EngineUnavailable where one does that lacks a model.
        """
        for engine, directions in self._translators():
            if any(each.lead(*route) for each in directions):
                return engine
        able = [each for each in self._wanted() if each.languages is not None and set(route) <= each.languages]
        hints = [f"{each.name}: {reason}" for each in able if (reason := self.registry.missing(each))]
        named = f"{route[0][:40]!r} to {route[1][:40]!r}"
        if hints:
            raise EngineUnavailable(f"no installed engine translates {named}; {'; '.join(hints)}", param="tgt_lang")
        wrong = "src_lang" if route[0] not in NAMES else "tgt_lang"
        raise UnsupportedPair(
            f"{named} is not a pair of languages that can be translated; {self._pairs()}", param=wrong
        )

    def guess(self, texts: Sequence[str], scope: Scope) -> list[tuple[Guess, ...]]:
        """Tell the languages that texts may be in, the likeliest first; none for one without letters.

        Raises EngineLost, Cancelled.
        """
        bare = [langid.prose_of(text[:LOOKED_AT]) for text in texts]
        told = [langid.by_script(text) for text in bare]
        unsure = [at for at, text in enumerate(bare) if told[at] is None and langid.script(text)]
        found: list[tuple[Guess, ...]] = [(Guess(*known),) if known else () for known in told]
        if unsure:
            engine = scope.engine(LanguageIdentifier, self.registry.choose("langid"))
            answers = engine.identify(tuple(" ".join(bare[at].split()) for at in unsure))
            for at, guesses in zip(unsure, answers, strict=True):
                # the model knows no Tigrinya
                amharic = guesses[0].language == "am"
                found[at] = (Guess(*langid.amharic_or_tigrinya(bare[at])),) if amharic else guesses
        return found

    def routes(self, texts: Sequence[str], source: str, target: str, scope: Scope) -> list[Route]:
        """Tell for each text from which language it goes into `target`; `source` may be `auto`.

        A text that is in no language is taken to be in `target`. Raises InvalidInput for an unknown language.
        """
        if source != AUTO:
            return [(source, target)] * len(texts)
        guessed = self.guess(texts, scope)
        return [(guesses[0].language if guesses else target, target) for guesses in guessed]

    def translate(self, texts: Sequence[str], route: Route, scope: Scope, phrases: Phrases) -> list[Translation]:
        """Translate texts of one language; those that are in the wanted one already come back as they are.

        Raises UnsupportedPair, EngineUnavailable, EngineFailed, EngineLost, Cancelled, and what `Translator` raises.
        """
        if route[0] == route[1]:
            if route[0] not in NAMES and not any(route[0] in each for each in self.targets().items()):
                raise UnsupportedPair(f"{route[0][:40]!r} is no language that is known here; {self._pairs()}")
            return [Translation(text, route, NONE) for text in texts]
        engine = self.engine(route)
        return translate(texts, route, scope.engine(Translator, engine), engine.name, phrases)

    def _wanted(self) -> list[Engine]:
        engines = self.registry.of("translate")
        found = [each for each in engines if self.translator in {AUTO, each.name}]
        if not found:
            names = ", ".join(each.name for each in engines)
            raise EngineUnavailable(f"no translate engine is called {self.translator!r}; there are: {names}")
        return found

    def _translators(self) -> list[tuple[Engine, tuple[Directions, ...]]]:
        wanted = self._wanted()
        return [each for each in self.registry.translators() if each[0] in wanted]

    def _pairs(self) -> str:
        """Name the pairs there are, or what brings some."""
        pairs = [f"{source}-{target}" for source, targets in self.targets().items() for target in sorted(targets)]
        if len(pairs) > SHOWN:
            languages = ", ".join(self.targets())
            return f"there are all pairs of: {languages}"
        if pairs:
            return f"there are: {', '.join(pairs)}"
        hints = [f"{each.name}: {reason}" for each in self._wanted() if (reason := self.registry.missing(each))]
        return f"there are none yet; {'; '.join(hints)}"


def together(routes: Sequence[Route]) -> dict[Route, list[int]]:
    """Give the places at which each route stands."""
    found: dict[Route, list[int]] = {}
    for place, route in enumerate(routes):
        found.setdefault(route, []).append(place)
    return found


def check_text(text: str) -> None:
    """Refuse what no text has; raises InvalidInput, MissingField."""
    if "\0" in text:
        raise InvalidInput("text holds a NUL character, which no text does", param="text")
    if not text.strip():
        raise MissingField("The 'text' field is required: it is empty.", param="text")
