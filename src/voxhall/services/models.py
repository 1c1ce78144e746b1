"""The models that listen: which languages they cover, which are in memory, and bringing them there and away."""

import asyncio
from collections.abc import Iterable

from voxhall.engines.host import Host, ProcessStatus
from voxhall.engines.registry import Engine, Registry


class Models:
    """The recognisers of one platform, by the languages they know."""

    def __init__(self, registry: Registry, host: Host, recognizer: str) -> None:
        self._registry = registry
        self._host = host
        self._recognizer = recognizer

    def available(self) -> list[str]:
        """Give the languages that can be transcribed here."""
        return _languages(self._registry.usable("recognize"))

    def loaded(self) -> list[str]:
        """Give the languages that some process is ready for."""
        return _languages(self._ready())

    def engines(self) -> list[str]:
        """Name the recognisers that some process has loaded."""
        return [engine.name for engine in self._ready()]

    def processes(self) -> tuple[ProcessStatus, ...]:
        """Give the engine processes there are."""
        return self._host.status()

    async def load(self, language: str) -> str:
        """Load what transcribes a language, and give its name; raises EngineUnavailable, EngineFailed."""
        engine = self._engine(language)
        await asyncio.to_thread(self._host.load, engine)
        return engine.name

    async def unload(self, language: str) -> str:
        """End what transcribes a language, and the other languages that it knows, and give its name.

        What is at work ends when it is done. Raises EngineUnavailable.
        """
        engine = self._engine(language)
        await asyncio.to_thread(self._host.unload, engine)
        return engine.name

    def _ready(self) -> list[Engine]:
        return [engine for engine in self._registry.of("recognize") if self._host.loaded(engine)]

    def _engine(self, language: str) -> Engine:
        return self._registry.choose("recognize", name=self._recognizer, language=language)


def _languages(engines: Iterable[Engine]) -> list[str]:
    return sorted({language for engine in engines for language in engine.languages or ()})
