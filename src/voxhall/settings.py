"""Every setting, declared once: from `VOXHALL_*` variables, then `voxhall.toml`, then the defaults here."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from voxhall.domain.record import UNLIMITED, Quota, is_origin
from voxhall.errors import Misconfigured

Names = Annotated[tuple[str, ...], NoDecode]
"""A list that is comma-separated in the environment."""

UNLIMITED_TIER = "unlimited"
"""The tier that there always is."""

OPENABLE = ("agent", "flux", "renders")
"""What an operator may open to callers without a key."""


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """How one platform is set up; immutable once read."""

    model_config = SettingsConfigDict(
        env_prefix="VOXHALL_", env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: int = Field(default=8012, ge=0, le=65535)
    """Port the server listens on; 0 takes a free one."""
    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("voxhall")))
    """Folder for the database, objects, fetched models and work in progress."""
    public_url: AnyHttpUrl | None = None
    """What signed and self links start with; without it, the request's own address."""
    admin_key: SecretStr | None = None
    """The first admin key of an empty database; without it one is made and printed once."""
    auth: bool = True
    """Whether callers need keys; can be switched off only while bound to a loopback address."""

    database_url: str | None = None
    """SQLAlchemy URL (`sqlite+aiosqlite:///...`, `postgresql+asyncpg://...`); without it, SQLite in `data_dir`."""
    objects_url: str | None = None
    """Where recordings and results are kept (`file:///...`, `s3://bucket/prefix`); without it, in `data_dir`."""

    recognizer: str = "auto"
    """Name of the recognition engine; `auto` takes the best that is installed for the language."""
    diarizer: str = "auto"
    """Name of the diarization engine."""
    translator: str = "auto"
    """Name of the translation engine; `auto` takes the best that is installed for the pair of languages."""
    engine_processes: int = Field(default_factory=usable_cores, ge=1, le=256)
    """Engine worker processes; one inference thread each."""
    engine_idle_seconds: float = Field(default=600.0, gt=0)
    """After this long without work an engine process ends and its memory returns."""
    engine_options: dict[str, dict[str, object]] = Field(default_factory=dict)
    """Options by engine name, as the engine's own file declares them."""

    job_slots: int = Field(default_factory=usable_cores, ge=0, le=256)
    """Jobs worked on at once in this process; 0 leaves them to other processes."""
    job_slots_per_account: int = Field(default=16, ge=1)
    """Jobs of one account worked on at once, everywhere together."""
    job_lease_seconds: float = Field(default=10.0, ge=1)
    """A worker that has not been heard of for this long has lost its jobs."""

    webhook_slots: int = Field(default=16, ge=0, le=256)
    """Events on their way to webhooks at once in this process; 0 leaves them to other processes."""
    webhook_patience: int = Field(default=5, ge=1)
    """A webhook is paused after so many deliveries in a row that were given up."""

    max_upload_mb: int = Field(default=2048, ge=1)
    """Largest recording accepted, in MiB."""
    max_audio_hours: float = Field(default=24.0, gt=0)
    """Longest recording accepted."""
    link_seconds: int = Field(default=3600, ge=1, le=7 * 24 * 3600)
    """How long signed links stay valid."""

    live_idle_seconds: float = Field(default=300.0, gt=0)
    """A live socket over which nothing came for this long is closed."""
    sync_seconds: float = Field(default=300.0, gt=0)
    """Longest that a caller who asked to wait for a transcription is kept waiting."""
    max_speech_characters: int = Field(default=10_000, ge=1)
    """Longest text that is spoken in one render."""
    speech_slots: int = Field(default=32, ge=1, le=1024)
    """Renders in progress at once in this process; more wait their turn."""
    speech_price: float = Field(default=10.0, ge=0)
    """US dollars per million characters spoken, as history and usage count them."""
    transcription_price: float = Field(default=0.20, ge=0)
    """US dollars per hour of audio transcribed, billed by the second."""
    max_translation_characters: int = Field(default=50_000, ge=1)
    """Longest text that is translated in one request, all texts of a batch together."""
    translation_price: float = Field(default=0.0, ge=0)
    """US dollars per million characters translated, as usage counts them."""
    tiers: dict[str, dict[Quota, Annotated[int, Field(ge=0, le=UNLIMITED)]]] = Field(default_factory=dict)
    """Limits by tier; whatever a tier does not name is unlimited."""
    tier: str = UNLIMITED_TIER
    """The tier of every account; a key's own limits go before it. `unlimited` has none."""
    open: Names = ()
    """What needs no key even where others than this machine's programs reach the server: `agent`, `flux`, `renders`."""

    allowed_hosts: Names = ()
    """Names under which the server may be addressed, besides its own addresses; comma-separated."""
    cors_origins: Names = ()
    """Web origins (`https://app.example.com`) whose pages may call this server; comma-separated."""
    trusted_proxies: Names = ()
    """Networks (`10.0.0.0/8`) from which `X-Forwarded-*` headers count; comma-separated."""

    net_allow: Names = ()
    """Networks (`10.0.0.0/8`) that URLs given by callers may lead to besides public addresses; comma-separated."""

    llm_url: AnyHttpUrl | None = None
    """Base URL of an OpenAI-compatible model (`http://127.0.0.1:11434/v1`); it writes answers and translates."""
    llm_model: str = "default"
    """The name by which that server knows the model."""
    llm_key: SecretStr | None = None
    """What that server takes for a key, where it wants one."""

    searxng_url: AnyHttpUrl | None = None
    """Base URL of a SearXNG whose JSON format is on; it searches the web beside the local index."""
    tavily_key: SecretStr | None = None
    """Key for Tavily; with it, it searches the web."""
    tavily_url: AnyHttpUrl = AnyHttpUrl("https://api.tavily.com")
    """Where Tavily's API is."""
    brave_key: SecretStr | None = None
    """Key for Brave Search; with it, it searches the web."""
    brave_url: AnyHttpUrl = AnyHttpUrl("https://api.search.brave.com/res/v1")
    """Where Brave's API is."""
    cohere_key: SecretStr | None = None
    """Key for Cohere; with it, it reranks what was found."""
    cohere_url: AnyHttpUrl = AnyHttpUrl("https://api.cohere.com")
    """Where Cohere's API is."""
    cohere_model: str = "rerank-v3.5"
    """The model that reranks."""
    search_seconds: float = Field(default=5.0, gt=0)
    """That a search provider or reranker may take; who is later is left out."""

    analyzer_url: AnyHttpUrl | None = None
    """Where agent sessions have speech transcribed; without it, here."""
    rag_url: AnyHttpUrl | None = None
    """Where agent sessions ask for answers; without it, the local index and the language model."""
    tts_url: AnyHttpUrl | None = None
    """Where agent sessions have answers spoken; without it, here."""
    tts_voice: str | None = None
    """The voice of agent sessions that name none; without it, the first built-in one."""
    tts_instructions: str | None = None
    """Style instructions for `tts_url`, of agent sessions that give none."""
    callout_seconds: float = Field(default=60.0, gt=0)
    """After so many seconds without an answer one of these services is given up."""
    generated_audio: Path | None = None
    """Folder for what agent sessions say, as WAV files; without it, in `data_dir`."""
    generated_audio_hours: float = Field(default=24.0, gt=0)
    """Age at which these files are removed."""
    max_sessions: int = Field(default=64, ge=1)
    """Agent sessions at once in this process."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged."""
    log_format: Literal["auto", "text", "json"] = "auto"
    """`auto` writes text to a terminal and JSON elsewhere."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - .env files are not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - nor secret folders
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, which wins over the file."""
        file = Path(os.environ.get("VOXHALL_CONFIG", "voxhall.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        """Accept comma-separated text for lists."""
        lists = ("allowed_hosts", "cors_origins", "net_allow", "open", "trusted_proxies")
        split = {
            name: tuple(part.strip() for part in value.split(",") if part.strip())
            for name in lists
            if isinstance(value := values.get(name), str)
        }
        return values | split

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Refuse combinations that would be unsafe or could not work."""
        if not self.auth and not self.loopback:
            raise ValueError(f"auth can be off only on a loopback address, not on host {self.host!r}")
        for name in self.open:
            if name not in OPENABLE:
                raise ValueError(f"open names {name!r}; it knows: {', '.join(OPENABLE)}")
        if self.tier != UNLIMITED_TIER and self.tier not in self.tiers:
            known = ", ".join((UNLIMITED_TIER, *self.tiers))
            raise ValueError(f"tier is {self.tier!r}; there are: {known}")
        for origin in self.cors_origins:
            if not is_origin(origin):
                raise ValueError(f"cors_origins names {origin!r}, which is no origin, as in https://app.example.com")
        for network in (*self.trusted_proxies, *self.net_allow):
            ipaddress.ip_network(network)
        return self

    @property
    def max_upload_bytes(self) -> int:
        """Largest recording accepted."""
        return self.max_upload_mb * 2**20

    @property
    def base_url(self) -> str:
        """Where a server of these settings is found, for links that no request leads to."""
        return str(self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def limits(self) -> Mapping[Quota, int]:
        """What every account may ask for."""
        return self.tiers.get(self.tier, {})

    @property
    def options_by_engine(self) -> Mapping[str, Mapping[str, object]]:
        """Options by engine name, those of the language model that has settings of its own among them."""
        if self.llm_url is None:
            return self.engine_options
        key = self.llm_key.get_secret_value() if self.llm_key else ""
        llm = {"url": str(self.llm_url), "model": self.llm_model, "key": key}
        return {**self.engine_options, "llm": {**llm, **self.engine_options.get("llm", {})}}

    @property
    def loopback(self) -> bool:
        """Whether only programs of this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def models_dir(self) -> Path:
        """Where fetched weights are kept."""
        return self.data_dir / "models"

    @property
    def generated_audio_dir(self) -> Path:
        """Where agent sessions put what they say."""
        return (self.generated_audio or self.data_dir / "generated_audio").absolute()

    @property
    def scratch_dir(self) -> Path:
        """Where work in progress is kept; a job's folder goes when the job ends."""
        return self.data_dir / "scratch"


def read_settings(**overrides: object) -> Settings:
    """Read the settings; overrides that are None do not count.

    Raises Misconfigured, naming the setting, what was given and what would be right.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # validated by the model
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise Misconfigured("; ".join(lines)) from error
