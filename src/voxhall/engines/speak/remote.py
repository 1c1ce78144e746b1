"""Any server with OpenAI's `/v1/audio/speech`: bigger voices, on a machine that has the hardware for them."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, HttpUrl

from voxhall.audio.pcm import from_pcm
from voxhall.domain.voice import Character
from voxhall.engines.protocols import Arrays, Samples, Style, Synthesizer, Utterance
from voxhall.engines.registry import Engine
from voxhall.engines.speak._pieces import piece_of, wish_of
from voxhall.errors import EngineFailed

SECONDS = 60.0
"""That the server may take for one chunk."""


class RemoteVoice(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """A voice of the server."""

    voice: str
    """What the server calls it."""
    language: str = "en"
    """ISO 639-1 code."""
    feminine: bool = False
    preview: str = "Hello, this is a voice from afar."


class Options(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """Which server, and which of its voices."""

    url: HttpUrl | None = None
    """Its base, as in `http://gpu-box:8000/v1`."""
    key: str = ""
    """Its API key, where it needs one."""
    model: str = "tts-1"
    """The model to ask for."""
    rate: int = Field(default=24_000, ge=8_000, le=48_000)
    """Hertz of the PCM that it answers with."""
    voices: dict[str, RemoteVoice] = Field(default_factory=dict)
    """By the name that they have here; a name of a built-in voice takes its place."""


class Remote:
    """Speaks whole chunks; chance is the server's own."""

    def __init__(self, options: Options) -> None:
        import httpx2  # noqa: PLC0415 - slow to import

        headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
        self._options = options
        self._errors: Any = httpx2.HTTPError
        self._client: Any = httpx2.Client(base_url=str(options.url), headers=headers, timeout=SECONDS)

    def prepare(
        self, words: tuple[str, ...], voice: str, _language: str, style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Plan an utterance as one piece."""
        text = " ".join(word.strip("[]") for word in words)
        return Utterance(self._options.rate, (piece_of({"text": text, "voice": voice, "speed": style.speed}),), None)

    def render(self, piece: Arrays) -> Samples:
        """Ask the server; raises EngineFailed."""
        wish = wish_of(piece)
        body = {"model": self._options.model, "input": wish["text"], "voice": wish["voice"], "speed": wish["speed"]}
        try:
            answer = self._client.post("audio/speech", json={**body, "response_format": "pcm"})
            answer.raise_for_status()
        except self._errors as error:
            raise EngineFailed(f"the speech server failed: {type(error).__name__}") from error
        return from_pcm(answer.content)


def _characters(options: Options) -> tuple[Character, ...]:
    return tuple(
        Character(name, each.voice, each.language, feminine=each.feminine, preview=each.preview)
        for name, each in options.voices.items()
    )


def _load(options: Options, _models: Path) -> Synthesizer:
    return Remote(options)


def _missing(options: Options, _models: Path) -> str | None:
    return None if options.url and options.voices else "engine_options.remote needs `url` and `voices`"


engine = Engine(
    name="remote",
    ability="speak",
    summary="A server with OpenAI's speech API",
    licence="the server's own",
    load=_load,
    options=Options,
    needs=("httpx2",),
    rank=20,
    characters=_characters,
    missing=_missing,
)
