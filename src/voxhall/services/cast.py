"""Who can speak here: the built-in voices of the installed engines, and the engines that a voice speaks with."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from voxhall.domain.voice import Character, Shape, Voice
from voxhall.engines import wire
from voxhall.engines.host import Scope
from voxhall.engines.protocols import Aligner, Phonemizer, Recognizer, Samples, Shaper, Synthesizer
from voxhall.engines.registry import Engine, Registry
from voxhall.errors import EngineUnavailable, NotFound
from voxhall.pipelines.speak import Part, Tools

REVISION_DIGITS = 9


class Cast:
    """The voices of one platform."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """The built-in voices; of two engines that offer one of the same name, the better."""
        found: dict[str, Voice] = {}
        for engine in self._registry.usable("speak"):
            for character in self._characters(engine):
                found.setdefault(character.name, _voice(engine, character))
        return tuple(found.values())

    @cached_property
    def bases(self) -> tuple[Voice, ...]:
        """The English voices that others can be made of, unshaped, each once; mechanical ones would remain so."""
        good = {engine.name for engine in self._registry.usable("speak") if engine.rank >= 0}
        voices = (voice for voice in self.voices if voice.language == "en" and voice.engine in good)
        return tuple(
            dict.fromkeys(
                replace(voice, id="", feminine=False, speed=1.0, shape=Shape(), preview="") for voice in voices
            )
        )

    def find(self, wanted: str) -> Voice | None:
        """Find a built-in voice by its id; its bare name, or a revision of another day, means the present one."""
        name = wanted.partition(".")[0].lower()
        return next((voice for voice in self.voices if voice.id.partition(".")[0] == name), None)

    def named(self, wanted: str) -> Voice:
        """Likewise; raises NotFound, which names those that there are."""
        if voice := self.find(wanted):
            return voice
        names = ", ".join(each.id.partition(".")[0] for each in self.voices)
        raise NotFound(f"there is no voice {wanted[:100]!r}; built-in ones are: {names}", param="voice")

    def tools(self, scope: Scope, voice: Voice, languages: Iterable[str], reference: Samples | None = None) -> Tools:
        """Give the engines for a script in these languages; their work ends with the scope.

        Raises EngineUnavailable.
        """
        wanted = {voice.language, *languages}
        listeners = {language: self._registry.usable("recognize", language) for language in wanted}
        return Tools(
            parts={language: self._part(scope, voice, language, reference) for language in wanted},
            language=voice.language,
            shaper=scope.engine(Shaper, self._registry.choose("shape")),
            phonemizer=scope.engine(Phonemizer, self._registry.choose("phonemize")),
            recognizers={code: scope.engine(Recognizer, usable[0]) for code, usable in listeners.items() if usable},
            aligners={
                language: tuple(scope.engine(Aligner, each) for each in self._registry.usable("align", language))
                for language in wanted
            },
        )

    def engines(self, voice: Voice) -> tuple[Engine, ...]:
        """Name what is worth loading before this voice is heard for the first time."""
        speaker = self._registry.choose("speak", name=voice.engine)
        return (speaker, self._registry.choose("shape"))

    def cloning_engine(self) -> Engine | None:
        """Give the best engine here that imitates a clip itself."""
        return next((engine for engine in self._registry.usable("speak") if engine.clones), None)

    def _part(self, scope: Scope, voice: Voice, language: str, reference: Samples | None) -> Part:
        engine, each = self._part_of(voice, language)
        synthesizer = scope.engine(Synthesizer, engine)
        return Part(synthesizer, each.base, each.speed, each.shape, reference if engine.clones else None)

    def _part_of(self, voice: Voice, language: str) -> tuple[Engine, Voice]:
        """Say who speaks a language for a voice: itself, or else the likest there is. Raises EngineUnavailable."""
        own = self._registry.choose("speak", name=voice.engine)
        if language == voice.language or (own.clones and own.covers(language)):
            return own, voice
        kind = "feminine" if voice.feminine else "masculine"
        for engine in self._registry.usable("speak", language):
            natives = [each for each in self._characters(engine) if each.language == language]
            same = [each for each in natives if each.feminine == voice.feminine] or natives
            if same:
                return engine, _voice(engine, same[0])
            if not self._characters(engine):
                return engine, Voice(kind, engine.name, kind, language, feminine=voice.feminine)
        raise EngineUnavailable(f"no installed engine can speak language {language!r}", param="input")

    def _characters(self, engine: Engine) -> tuple[Character, ...]:
        return engine.characters(self._registry.options_of(engine))


def _voice(engine: Engine, character: Character) -> Voice:
    made_of = wire.encode((engine.name, character.base, character.speed, character.shape))
    revision = "h" + hashlib.sha256(made_of).hexdigest()[:REVISION_DIGITS]
    return Voice(
        id=f"{character.name}.{revision}",
        engine=engine.name,
        base=character.base,
        language=character.language,
        feminine=character.feminine,
        speed=character.speed,
        shape=character.shape,
        preview=character.preview,
    )
