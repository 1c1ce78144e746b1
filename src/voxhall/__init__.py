"""Voxhall: one self-hosted voice AI server, Python library and command line."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxhall.domain.knowledge import Answer, Citation, Hit
    from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word
    from voxhall.domain.translation import Translation
    from voxhall.domain.voice import Order, Spoken
    from voxhall.library import answer_question as answer
    from voxhall.library import search_everywhere as search
    from voxhall.services.local import Speech, open_engines
    from voxhall.services.local import speak_text as speak
    from voxhall.services.local import transcribe_file as transcribe
    from voxhall.services.local import translate_text as translate

__version__ = version("voxhall")
__all__ = [
    "Answer",
    "Citation",
    "Hit",
    "Order",
    "Segment",
    "SoundEvent",
    "Speech",
    "Spoken",
    "Transcript",
    "Translation",
    "Word",
    "__version__",
    "answer",
    "open_engines",
    "search",
    "speak",
    "transcribe",
    "translate",
]

_HOMES = {
    "Answer": "voxhall.domain.knowledge:Answer",
    "Citation": "voxhall.domain.knowledge:Citation",
    "Hit": "voxhall.domain.knowledge:Hit",
    "Order": "voxhall.domain.voice:Order",
    "Segment": "voxhall.domain.speech:Segment",
    "SoundEvent": "voxhall.domain.speech:SoundEvent",
    "Speech": "voxhall.services.local:Speech",
    "Spoken": "voxhall.domain.voice:Spoken",
    "Transcript": "voxhall.domain.speech:Transcript",
    "Translation": "voxhall.domain.translation:Translation",
    "Word": "voxhall.domain.speech:Word",
    "answer": "voxhall.library:answer_question",
    "open_engines": "voxhall.services.local:open_engines",
    "search": "voxhall.library:search_everywhere",
    "speak": "voxhall.services.local:speak_text",
    "transcribe": "voxhall.services.local:transcribe_file",
    "translate": "voxhall.services.local:translate_text",
}


def __getattr__(name: str) -> object:
    """Import what the façade offers when it is first asked for: engine processes import this package too."""
    if name not in _HOMES:
        raise AttributeError(f"module 'voxhall' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute)
