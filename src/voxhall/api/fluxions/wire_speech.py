"""The exact JSON of the Fluxions dialect's speech part; what goes beyond its document is marked as ours."""

import base64
import secrets
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from voxhall.api.texts import PlainText
from voxhall.domain.voice import Clone, Order, Voice
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.services.renders import Rendering

FRAMES_PER_SECOND = 12.5
"""In which the documented API counts the length of clips."""
LONGEST_SECONDS = 3600.0


class Wish(BaseModel):
    """What a text is to be spoken like, over HTTP and over the socket."""

    voice: PlainText = Field(min_length=1, description="A `voice_id`, or the bare name of a built-in voice")
    input: PlainText = Field(min_length=1, description="Text to speak; `[sigh]` and the like are sounds")
    temperature: float = Field(default=0.9, ge=0, le=2, allow_inf_nan=False, description="Higher is more varied")
    max_secs: float = Field(
        default=0, ge=0, le=LONGEST_SECONDS, allow_inf_nan=False, description="Ceiling of the length; 0 is automatic"
    )
    verify_chunks: bool = Field(default=True, description="Listen to each chunk, and render misread ones again")
    speed: float = Field(default=1.0, ge=0.25, le=4, allow_inf_nan=False, description="Ours: multiple of the usual")
    seed: int | None = Field(default=None, ge=0, lt=2**32, description="Ours: the same seed gives the same sound")

    def to_order(self) -> Order:
        """Give what the service needs; without a seed every render is another."""
        return Order(
            voice=self.voice,
            text=self.input,
            temperature=self.temperature,
            speed=self.speed,
            longest=self.max_secs,
            verify=self.verify_chunks,
            seed=secrets.randbelow(2**32) if self.seed is None else self.seed,
        )


class Speech(Wish):
    """The body of `POST /v1/tts`."""

    response_format: Literal["wav", "pcm", "json"] = Field(
        default="wav", description="`json` (ours): base64 WAV with word times"
    )
    stream: bool = Field(default=False, description="Send sound while it is made")


class Speak(Wish):
    """The socket's message that asks for a render."""

    type: Literal["speak"]
    token: str | None = Field(default=None, description="What the Authorization header would hold")


class Close(BaseModel):
    """The socket's message that ends it."""

    type: Literal["session.close"]


Message = Annotated[Speak | Close, Field(discriminator="type")]


class BuiltIn(BaseModel):
    """A voice that anybody may use."""

    voice_id: str
    preview_text: str
    language: str = Field(description="Ours")
    gender: Literal["female", "male"] = Field(description="Ours")


class BuiltIns(BaseModel):
    """All built-in voices."""

    voices: list[BuiltIn]


class TimedWord(BaseModel):
    """A word as it was written, and when it is said."""

    word: str
    start: float
    end: float


class SpeechWithWords(BaseModel):
    """A render with its word times (ours)."""

    id: int
    voice: str
    audio: str = Field(description="A WAV file in base64")
    sample_rate: int
    seconds: float
    words: list[TimedWord]


class Cloned(BaseModel):
    """A voice just made of a clip."""

    voice_id: str
    name: str
    frames: int
    seconds: float
    text: str = Field(description="Ours: what was understood of the clip, or was told")
    fidelity: Literal["approximate", "cloned"] = Field(
        description="Ours: `approximate` is a built-in voice brought near; `cloned` imitates the clip"
    )
    similarity: float = Field(description="Ours: of the voice to the clip by speaker embedding, 1 at most")


class Mine(BaseModel):
    """One of the account's voices."""

    voice_id: str
    name: str
    fidelity: Literal["approximate", "cloned"] = Field(description="Ours")


class MyVoices(BaseModel):
    """The account's voices."""

    voices: list[Mine]


class Deletion(BaseModel):
    """The body of `POST /v1/voices/delete`."""

    voice_id: PlainText


class Deleted(BaseModel):
    """A voice that is gone."""

    voice_id: str
    deleted: bool = True


class Pronunciations(BaseModel):
    """How the account wants words said (ours): as other words, or as `[[phonemes]]`."""

    pronunciations: dict[str, str]


class Pronunciation(BaseModel):
    """How one word is said (ours)."""

    say: PlainText = Field(min_length=1, max_length=200, description="Other words, or `[[phonemes]]` in IPA")


def built_in(voice: Voice) -> BuiltIn:
    """Write a built-in voice."""
    gender: Literal["female", "male"] = "female" if voice.feminine else "male"
    return BuiltIn(voice_id=voice.id, preview_text=voice.preview, language=voice.language, gender=gender)


def with_words(rendering: Rendering, wav: bytes) -> SpeechWithWords:
    """Write a render that has ended, with its word times."""
    words = [word for spoken in rendering.spoken for word in spoken.words]
    return SpeechWithWords(
        id=rendering.id,
        voice=rendering.voice.id,
        audio=base64.b64encode(wav).decode(),
        sample_rate=SPEECH_RATE,
        seconds=round(rendering.seconds, 3),
        words=[TimedWord(word=word.text, start=round(word.start, 3), end=round(word.end, 3)) for word in words],
    )


def cloned(clone: Clone) -> Cloned:
    """Write a voice just made."""
    return Cloned(
        voice_id=clone.id,
        name=clone.name,
        frames=int(clone.seconds * FRAMES_PER_SECOND + 0.5),
        seconds=round(clone.seconds, 1),
        text=clone.text,
        fidelity=clone.fidelity,
        similarity=round(clone.similarity, 3),
    )


def mine(clone: Clone) -> Mine:
    """Write one of the account's voices."""
    return Mine(voice_id=clone.id, name=clone.name, fidelity=clone.fidelity)
