"""The tree of errors; each has a stable code, a sentence for people, and never contains speech, text or keys.

VoxhallError
├── InvalidInput            the caller's values are wrong
│   ├── BrokenMedia         the bytes are not audio that can be decoded
│   ├── UnreadableDocument      the bytes are no document that can be read
│   ├── EmptyBody           nothing was sent
│   ├── AddressRefused      a URL leads to where callers may not send us
│   └── UnusableClip        there is no voice in the recording that could be cloned
├── TooLarge                more was sent than is accepted
├── NotAuthenticated        no key, an unknown key, an expired key
├── NotPermitted            the key is good but may not do this
├── MediaUnavailable        another server keeps a recording to itself: private, for some countries only
├── RateLimited             a quota of the key or its account is used up; says when to ask again
├── NotFound                no such thing, or not this account's
├── Conflict                the thing is not in a state that allows this
├── Cancelled               somebody asked the work to stop
├── EngineUnavailable       no installed engine can do it; says what would
├── EngineFailed            a fault inside an engine, or no answer in time
├── EngineLost              an engine process died again and again on one piece of work
├── UpstreamFailed          another server cannot be reached, or answers with an error
├── UpstreamTimeout         another server does not answer in time
├── UpstreamLimited         another server asks to slow down
├── MicrophoneUnavailable   there is no microphone here, or it cannot be opened
├── StorageFull             the disk or bucket takes no more
├── LeaseLost               another worker owns this job now
└── Misconfigured           a setting is wrong; says which and what would be right
"""


class VoxhallError(Exception):
    """Something Voxhall can explain."""

    code = "error"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class InvalidInput(VoxhallError):
    """The caller's values are wrong."""

    code = "invalid_request"


class BrokenMedia(InvalidInput):
    """The bytes are not audio that can be decoded."""

    code = "unsupported_media"


class UnreadableDocument(InvalidInput):
    """The bytes are no document that can be read: of another kind, broken, or locked."""

    code = "unreadable_document"


class EmptyBody(InvalidInput):
    """Nothing was sent."""

    code = "empty_body"


class UnusableClip(InvalidInput):
    """There is no voice in the recording that could be cloned."""

    code = "unusable_clip"


class MissingField(InvalidInput):
    """A field that is needed was not sent."""

    code = "missing_required_field"


class UnsupportedPair(InvalidInput):
    """No engine that there is translates between these languages; the message names what there is."""

    code = "unsupported_language_pair"


class AddressRefused(InvalidInput):
    """A URL leads to where callers may not send us: a private network, this machine, a cloud's metadata."""

    code = "address_refused"


class TooLarge(VoxhallError):
    """More was sent than is accepted."""

    code = "too_large"


class NotAuthenticated(VoxhallError):
    """No key, an unknown key, an expired or revoked key."""

    code = "unauthorized"


class NotPermitted(VoxhallError):
    """The key is good but may not do this."""

    code = "forbidden"


class MediaUnavailable(VoxhallError):
    """Another server keeps a recording to itself: it is private, or for some countries or ages only."""

    code = "media_unavailable"


class RateLimited(VoxhallError):
    """A quota of the key or its account is used up."""

    code = "rate_limit_exceeded"

    def __init__(self, message: str, *, limit: int, retry_after: int) -> None:
        super().__init__(message)
        self.limit = limit
        self.retry_after = retry_after
        """Seconds."""


class NotFound(VoxhallError):
    """There is no such thing, or it belongs to another account."""

    code = "not_found"


class Conflict(VoxhallError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class Cancelled(VoxhallError):
    """Somebody asked the work to stop."""

    code = "cancelled"


class EngineUnavailable(VoxhallError):
    """No installed engine can do it; the message names the command that fetches one."""

    code = "engine_not_installed"


class EngineFailed(VoxhallError):
    """A fault inside an engine, or no answer in time; doing the same again would fail in the same way."""

    code = "engine_failed"


class EngineLost(VoxhallError):
    """An engine process died again and again on one piece of work."""

    code = "engine_lost"


class UpstreamFailed(VoxhallError):
    """Another server cannot be reached, or answers with an error."""

    code = "upstream_failed"


class UpstreamTimeout(VoxhallError):
    """Another server does not answer in time."""

    code = "upstream_timeout"


class UpstreamLimited(VoxhallError):
    """Another server asks to slow down."""

    code = "upstream_limited"


class MicrophoneUnavailable(VoxhallError):
    """There is no microphone on this server, or it cannot be opened."""

    code = "microphone_unavailable"


class StorageFull(VoxhallError):
    """The disk or bucket takes no more; nothing was kept of what was being stored."""

    code = "storage_full"


class LeaseLost(VoxhallError):
    """Another worker owns this job now; what this one made of it is discarded."""

    code = "lease_lost"


class Misconfigured(VoxhallError):
    """A setting is wrong; the message names it and says what would be right."""

    code = "misconfigured"
