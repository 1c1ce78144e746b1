"""Which engines there are, which of them are usable here, and which is best for a piece of work.

An engine is one module in the folder of its ability (or behind an entry point of the group `voxhall.engines`) with a
value `engine = Engine(...)`. Listing and choosing never import what an engine needs: that happens inside its `load`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from voxhall.domain.speech import UNKNOWN_LANGUAGE
from voxhall.domain.voice import Character
from voxhall.errors import EngineUnavailable, Misconfigured

ABILITIES = (
    "decode", "vad", "recognize", "align", "diarize", "identify", "sounds", "speak", "shape", "clone", "phonemize",
    "langid", "translate", "read", "embed", "rerank",
)  # fmt: skip
OPTIONAL = frozenset({"translate", "rerank"})
"""What the base installation lacks."""


class NoOptions(BaseModel, extra="forbid"):
    """For an engine without options of its own."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that can be fetched with `voxhall models pull`."""

    name: str
    repository: str
    """On the Hugging Face hub."""
    megabytes: int
    licence: str
    files: tuple[str, ...] = ()
    """Patterns of the files needed; empty means all."""


@dataclass(frozen=True, slots=True)
class Directions:
    """Languages from each of which there is a translation into each of others."""

    sources: frozenset[str]
    """ISO 639 codes."""
    targets: frozenset[str]

    def lead(self, source: str, target: str) -> bool:
        """Tell whether there is one from `source` into `target`."""
        return source in self.sources and target in self.targets


@dataclass(frozen=True, slots=True)
class Engine:
    """A description that loads."""

    name: str
    ability: str
    summary: str
    """One line for people."""
    licence: str
    load: Callable[[Any, Path], object]
    """Makes the engine of its options and the folder of fetched weights; the result fulfils the ability's protocol.

    A function or class at the top of a module, as the class of the options is: engine processes import them by name.
    """
    options: type[BaseModel] = NoOptions
    needs: tuple[str, ...] = ()
    """Modules that must be importable."""
    languages: frozenset[str] | None = None
    """ISO 639-1 codes it can work in; None means any."""
    rank: int = 0
    """The highest usable one wins under `auto`; the embedded defaults have 0."""
    weights: tuple[Weights, ...] = ()
    """What it can work with, any one of them; empty means that its package carries all it needs."""
    characters: Callable[[Any], tuple[Character, ...]] = field(default=lambda _options: ())
    """The voices that it offers to people, for its options."""
    clones: bool = False
    """Whether it speaks with the voice of a clip that is handed to it."""
    directions: Callable[[Any, Path], tuple[Directions, ...]] = field(default=lambda _options, _models: ())
    """What it translates here, with its options and the folder of fetched weights."""
    missing: Callable[[Any, Path], str | None] = field(default=lambda _options, _models: None)
    """A sentence that says what is missing and the command that fixes it; None when it can be loaded."""

    def covers(self, language: str) -> bool:
        """Tell whether it works in `language`; `auto` and `und` are covered by all."""
        return self.languages is None or language in {"auto", UNKNOWN_LANGUAGE} or language in self.languages


@cache
def _installed(module: str) -> bool:
    return find_spec(module) is not None


@cache
def all_engines() -> tuple[Engine, ...]:
    """Every engine of this installation, usable or not, best first within its ability."""
    found: list[Engine] = []
    for ability in ABILITIES:
        package = importlib.import_module(f"voxhall.engines.{ability}")
        names = [module.name for module in pkgutil.iter_modules(package.__path__)]
        found += [importlib.import_module(f"{package.__name__}.{n}").engine for n in names if not n.startswith("_")]
    found.extend(point.load() for point in entry_points(group="voxhall.engines"))
    return tuple(sorted(found, key=lambda engine: (ABILITIES.index(engine.ability), -engine.rank, engine.name)))


@dataclass(frozen=True, slots=True)
class Registry:
    """The engines of one platform, with its options and its folder of fetched weights."""

    models: Path
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Options by engine name, as configured."""
    engines: tuple[Engine, ...] = field(default_factory=all_engines)
    _loaded: dict[str, object] = field(default_factory=dict, repr=False)

    def of(self, ability: str) -> tuple[Engine, ...]:
        """All engines of an ability, best first."""
        return tuple(engine for engine in self.engines if engine.ability == ability)

    def check(self, *, chosen: Mapping[str, tuple[str, str]]) -> None:
        """Raise Misconfigured where a setting names an engine that there is not, usable or not.

        `chosen` says, by setting, of which ability an engine is to be, and its name.
        """
        for setting, (ability, name) in chosen.items():
            _expect(setting, name, ["auto", *(engine.name for engine in self.of(ability))])
        for name in self.options:
            _expect("engine_options", name, [engine.name for engine in self.engines])

    def options_of(self, engine: Engine) -> BaseModel:
        """The engine's options, validated; raises Misconfigured."""
        try:
            return engine.options.model_validate(self.options.get(engine.name, {}))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, (engine.name, *first["loc"])))
            raise Misconfigured(f"engine option {place}: {first['msg']}, got {first['input']!r}") from error

    def load(self, engine: Engine) -> object:
        """Make an engine in this process, or give the one made before: only for work of less than a millisecond."""
        name = f"{engine.ability}/{engine.name}"
        if name not in self._loaded:
            self._loaded[name] = engine.load(self.options_of(engine), self.models)
        return self._loaded[name]

    def missing(self, engine: Engine) -> str | None:
        """Say what keeps an engine from being used here; None when nothing does."""
        for module in engine.needs:
            if not _installed(module):
                return f"the Python package that provides `{module}` is not installed"
        return engine.missing(self.options_of(engine), self.models)

    def usable(self, ability: str, language: str = "auto") -> tuple[Engine, ...]:
        """The engines of an ability that can work in `language` here, best first."""
        return tuple(e for e in self.of(ability) if e.covers(language) and self.missing(e) is None)

    def choose(self, ability: str, *, name: str = "auto", language: str = "auto") -> Engine:
        """Choose the engine `name`, or under `auto` the best usable one; raises EngineUnavailable."""
        if name != "auto":
            return self._named(ability, name, language)
        usable = self.usable(ability, language)
        if usable:
            return usable[0]
        hints = [reason for engine in self.of(ability) if engine.covers(language) and (reason := self.missing(engine))]
        what = (
            f"no installed engine can {ability} language {language!r}" if language != "auto" else f"no {ability} engine"
        )
        raise EngineUnavailable("; ".join([what, *hints]), param="language")

    def translators(self) -> tuple[tuple[Engine, tuple[Directions, ...]], ...]:
        """The engines that translate here, best first, and what each translates."""
        usable = self.usable("translate")
        return tuple((each, each.directions(self.options_of(each), self.models)) for each in usable)

    def _named(self, ability: str, name: str, language: str) -> Engine:
        named = {engine.name: engine for engine in self.of(ability)}
        if name not in named:
            raise EngineUnavailable(f"no {ability} engine is called {name!r}; there are: {', '.join(named)}")
        if reason := self.missing(named[name]):
            raise EngineUnavailable(f"engine {name!r} cannot be used: {reason}")
        if not named[name].covers(language):
            raise EngineUnavailable(f"engine {name!r} does not know language {language!r}", param="language")
        return named[name]


def _expect(setting: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise Misconfigured(f"{setting}: no engine for it is called {name!r}; there are: {', '.join(known)}")
