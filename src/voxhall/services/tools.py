"""Chooses the engines for a transcription."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import cast

from voxhall.domain.transcription import Options
from voxhall.engines.host import Host, Scope
from voxhall.engines.protocols import Aligner, Decoder, Diarizer, Identifier, Recognizer, SoundTagger, Vad
from voxhall.engines.registry import Registry
from voxhall.pipelines import listen
from voxhall.pipelines.transcribe import Tools
from voxhall.settings import Settings

HOURS = 6 * 3600.0
"""Seconds that pieces of work over a whole recording may take: decoding it, and settling its speakers."""
FINALS, DRAFTS = 20, 5
"""Priorities: final words, for which somebody waits, go before speech (10), partial ones only before recordings (0)."""
PROMPT = 30.0
"""Seconds that one piece of a live stream may take."""


def registry_of(settings: Settings) -> Registry:
    """Give the engines that there are; raises Misconfigured where a setting names another."""
    registry = Registry(settings.models_dir, settings.options_by_engine)
    registry.check(
        chosen={
            "recognizer": ("recognize", settings.recognizer),
            "diarizer": ("diarize", settings.diarizer),
            "translator": ("translate", settings.translator),
        }
    )
    return registry


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The engines of one platform and the operator's choice among them."""

    registry: Registry
    host: Host
    recognizer: str = "auto"
    diarizer: str = "auto"

    def check(self, options: Options) -> None:
        """Raise EngineUnavailable when no installed engine can do what is asked."""
        self.registry.choose("recognize", name=self.recognizer, language=options.language)

    def warm(self, options: Options) -> None:
        """Load, in the background, what a live stream will need first, unless it is there."""
        recognizer = self.registry.choose("recognize", name=self.recognizer, language=options.language)
        if not self.host.loaded(recognizer):
            self.host.warm([recognizer])

    def take(self, scope: Scope, options: Options) -> Tools:
        """Give the engines for one recording; their work ends with the scope."""
        registry = self.registry
        recognizer = registry.choose("recognize", name=self.recognizer, language=options.language)
        return Tools(
            decoder=scope.engine(Decoder, registry.choose("decode"), deadline=HOURS),
            vad=scope.engine(Vad, registry.choose("vad")),
            recognizer=scope.engine(Recognizer, recognizer),
            aligners=tuple(scope.engine(Aligner, each) for each in registry.usable("align", options.language)),
            diarizer=scope.engine(Diarizer, registry.choose("diarize", name=self.diarizer), deadline=HOURS),
            tagger=scope.engine(SoundTagger, registry.choose("sounds")),
        )

    def listen(self, scopes: ExitStack, options: Options, vad: str) -> listen.Tools:
        """Give the engines for one live stream; their work ends with `scopes`. Raises EngineUnavailable."""
        registry = self.registry
        finals, drafts = self.host.scope(priority=FINALS), self.host.scope(priority=DRAFTS)
        for each in (finals, drafts):
            # a piece takes a moment, and a process that was killed for it would be missed by all other streams
            scopes.callback(each.retire)
        recognizer = registry.choose("recognize", name=self.recognizer, language=options.language)
        identifier = registry.choose("identify") if options.diarize else None
        return listen.Tools(
            vad=cast("Vad", registry.load(registry.choose("vad", name=vad))),
            recognizer=finals.engine(Recognizer, recognizer, deadline=PROMPT),
            drafter=drafts.engine(Recognizer, recognizer, deadline=PROMPT),
            aligners=tuple(
                finals.engine(Aligner, each, deadline=PROMPT) for each in registry.usable("align", options.language)
            ),
            identifier=finals.engine(Identifier, identifier, deadline=PROMPT) if identifier else None,
        )
