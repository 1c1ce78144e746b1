"""What a transcription may be asked for beside what the documents name: ours, the same in every dialect."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, field_validator

from voxhall.domain.speech import SpeakerCount
from voxhall.domain.transcription import Options

SPEAKERS_AT_MOST = 32


def _listed(value: object) -> object:
    """Take keywords as one comma-separated text, as query and form fields have them."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Language = Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3})$")]
Speakers = Annotated[int | None, Field(ge=1, le=SPEAKERS_AT_MOST)]


class Extras(BaseModel):
    """Further wishes; a dialect's own stand beside them."""

    language: Language = Field(default="auto", description="ISO 639-1 code, or `auto`")
    num_speakers: Speakers = Field(default=None, description="Ours: how many people speak, where known")
    min_speakers: Speakers = Field(default=None, description="Ours: how many people speak at least")
    max_speakers: Speakers = Field(default=None, description="Ours: how many people speak at most")
    channels: Literal["mix", "split"] = Field(default="mix", description="Ours: `split`: each channel is a speaker")
    keywords: Annotated[list[str], BeforeValidator(_listed)] = Field(
        default=[], max_length=200, description="Ours: spellings to expect"
    )
    store: bool = Field(default=True, description="Ours: `false`: the result is kept until first read, at most an hour")

    @field_validator("max_speakers")
    @classmethod
    def _no_fewer(cls, most: int | None, given: ValidationInfo) -> int | None:
        least = given.data.get("min_speakers")
        if most is not None and least is not None and most < least:
            raise ValueError(f"should be at least min_speakers, which is {least}")
        return most

    def to_options(self) -> Options:
        """Give what the pipeline needs."""
        return Options(
            language=self.language,
            speakers=SpeakerCount(self.num_speakers or self.min_speakers, self.num_speakers or self.max_speakers),
            split=self.channels == "split",
            keywords=tuple(self.keywords),
        )
