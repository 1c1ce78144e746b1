"""Voxhall: one self-hosted voice AI server, Python library and command line."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxhall.app import search_index as search
    from voxhall.domain.knowledge import Hit
    from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word
    from voxhall.domain.voice import Order, Spoken
    from voxhall.services.local import Speech, open_engines
    from voxhall.services.local import speak_text as speak
    from voxhall.services.local import transcribe_file as transcribe

__version__ = version("voxhall")
__all__ = [
    "Hit",
    "Order",
    "Segment",
    "SoundEvent",
    "Speech",
    "Spoken",
    "Transcript",
    "Word",
    "__version__",
    "open_engines",
    "search",
    "speak",
    "transcribe",
]

_HOMES = {
    "Hit": "voxhall.domain.knowledge:Hit",
    "Order": "voxhall.domain.voice:Order",
    "Segment": "voxhall.domain.speech:Segment",
    "SoundEvent": "voxhall.domain.speech:SoundEvent",
    "Speech": "voxhall.services.local:Speech",
    "Spoken": "voxhall.domain.voice:Spoken",
    "Transcript": "voxhall.domain.speech:Transcript",
    "Word": "voxhall.domain.speech:Word",
    "open_engines": "voxhall.services.local:open_engines",
    "search": "voxhall.app:search_index",
    "speak": "voxhall.services.local:speak_text",
    "transcribe": "voxhall.services.local:transcribe_file",
}


def __getattr__(name: str) -> object:
    """Import what the façade offers when it is first asked for: engine processes import this package too."""
    if name not in _HOMES:
        raise AttributeError(f"module 'voxhall' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute)
