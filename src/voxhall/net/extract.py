"""Asks yt-dlp about one URL, in a process of its own that can do nothing else.

Run by `platforms`; reads a request from standard input, writes a report to standard output. It connects to public
addresses only, whatever a platform answers, starts no programs and writes no files.
"""

import resource
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from voxhall.domain.media import Media
from voxhall.errors import (
    AddressRefused,
    InvalidInput,
    MediaUnavailable,
    NotFound,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
    VoxhallError,
)
from voxhall.net.addresses import Gate

ADULT = 18
TEXT = 2_000
"""Characters that are kept of a text."""
MEMORY = 1 << 30
"""Bytes that the process may allocate."""
PROGRAMS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty")
DATAGRAMS = ("socket.sendto", "socket.sendmsg")
EXTRAS = ("id", "channel", "description", "view_count", "like_count", "availability", "webpage_url")
"""What of a platform's own knowledge is passed on."""

STATUSES: dict[int, type[VoxhallError]] = {
    401: MediaUnavailable,
    403: MediaUnavailable,
    404: NotFound,
    410: NotFound,
    429: UpstreamLimited,
    451: MediaUnavailable,
}
SENTENCES: tuple[tuple[type[VoxhallError], tuple[str, ...]], ...] = (
    (UpstreamLimited, ("too many requests", "rate-limit", "rate limit", "not a bot")),
    (UpstreamTimeout, ("timed out",)),
    (NotFound, ("not found", "does not exist", "has been removed", "was deleted", "no longer available")),
    (
        MediaUnavailable,
        (
            *("private", "sign in", "log in", "login", "members", "premium", "unavailable", "not available"),
            *("your country", "restricted", "will begin in", "premieres in", "drm"),
        ),
    ),
)
"""What platforms say in words only, in lower case; the first that fits counts."""


class Request(msgspec.Struct):
    """What is to be found out."""

    url: str
    allow: tuple[str, ...] = ()
    """Networks that may be connected to besides public addresses."""
    seconds: float = 30.0
    """CPU time that it may take."""


class Report(msgspec.Struct):
    """What was found out; without either, no platform knows the URL."""

    media: Media | None = None
    error: str | None = None
    """The code of an error of ours."""
    message: str = ""


def main() -> None:
    """Answer one request."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    limit = int(request.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    sys.modules["curl_cffi"] = None  # type: ignore[assignment]  # it would connect behind our back
    import yt_dlp  # noqa: PLC0415 - after what it must not see

    refused = confine(Gate(request.allow))
    report = report_on(request.url, yt_dlp)
    if report.error and refused:
        report = Report(error=AddressRefused.code, message="the platform leads to an address that is not public")
    sys.stdout.buffer.write(msgspec.json.encode(report))


def confine(gate: Gate) -> list[str]:
    """Keep this process, from now on, from connecting elsewhere than through the gate and from starting programs.

    Gives a list that will name what was refused.
    """
    refused: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            try:
                gate.check("", [str(arguments[1][0])])
            except (AddressRefused, ValueError):
                refused.append(event)
                raise PermissionError("this address is refused") from None
        elif event in PROGRAMS or event in DATAGRAMS:
            raise PermissionError(f"{event} is refused")

    sys.addaudithook(watch)
    return refused


def report_on(url: str, library: Any) -> Report:
    """Ask the library, and say what it says in our words."""
    if not any(each.suitable(url) and each.ie_key() != "Generic" for each in library.extractor.gen_extractor_classes()):
        return Report()
    try:
        with library.YoutubeDL(options()) as client:
            found = client.extract_info(url, download=False)
        return Report(media=described(url, _single(found)))
    except VoxhallError as error:
        return Report(error=error.code, message=error.message)
    except Exception as error:  # noqa: BLE001 - extractors raise whatever they like
        kind = kind_of(error)
        return Report(error=kind.code, message=_sentence(kind))


def options() -> dict[str, object]:
    """Give what yt-dlp is told: to look, not to fetch; without a cache, a proxy, or code of platforms being run."""
    return {
        "quiet": True,
        "no_warnings": True,
        "logger": _Quiet(),
        "skip_download": True,
        "noplaylist": True,
        "playlist_items": "1:2",
        "cachedir": False,
        "proxy": "",
        "geo_bypass": False,
        "js_runtimes": {},
        "socket_timeout": 10,
        "extractor_retries": 1,
        "allowed_extractors": ["default", "-generic"],
        "format": pick,
    }


def pick(context: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Choose, of formats from worst to best, the best sound that is one file; nothing where there is none."""
    files = [each for each in context["formats"] if _is_file(each) and each.get("acodec") != "none"]
    sounds = [each for each in files if each.get("vcodec") == "none"]
    return (sounds or files or [{}])[-1:]


def _is_file(form: Mapping[str, Any]) -> bool:
    return form.get("protocol") in {"http", "https"}


class _Quiet:
    """Hears what yt-dlp says, and keeps it to itself."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        """Give a method that says nothing."""
        return lambda *_: None


def _single(found: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Give the one recording that was found; raises InvalidInput for none or several."""
    if not found:
        raise NotFound("the platform knows no recording at this URL")
    if "entries" not in found:
        return found
    entries = [each for each in found["entries"] if each]
    if len(entries) != 1:
        raise InvalidInput("the URL leads to a list of recordings; give the URL of one of them")
    return _single(entries[0])


def described(url: str, info: Mapping[str, Any]) -> Media:
    """Say in our words what yt-dlp found; values of the wrong type do not count."""
    duration = _number(info.get("duration"))
    size = _number(info.get("filesize")) or _number(info.get("filesize_approx"))
    http = _is_file(info)
    extras = {name: _text(info.get(name)) or _number(info.get(name)) for name in EXTRAS}
    headers = info.get("http_headers")
    return Media(
        url=_text(info.get("webpage_url")) or url,
        source=str(info.get("extractor_key") or info.get("extractor") or "unknown").lower(),
        extractor=str(info.get("extractor") or "unknown"),
        title=_text(info.get("title")),
        uploader=_text(info.get("uploader")) or _text(info.get("channel")),
        duration=float(duration) if duration else None,
        thumbnail_url=_text(info.get("thumbnail")),
        upload_date=_date(info.get("upload_date")),
        is_live=info.get("live_status") in {"is_live", "is_upcoming"} or info.get("is_live") is True,
        language=_text(info.get("language")),
        size=int(size) if size else None,
        age_restricted=(_number(info.get("age_limit")) or 0) >= ADULT,
        location=_text(info.get("url"), longest=1 << 16) if http else None,
        headers={str(k): str(v) for k, v in headers.items()} if http and isinstance(headers, Mapping) else {},
        metadata={name: value for name, value in extras.items() if value is not None},
    )


def kind_of(error: BaseException) -> type[VoxhallError]:
    """Tell which of our errors one of yt-dlp's is: by the server's status, else by its own words."""
    for each in _chain(error):
        kind = STATUSES.get(getattr(each, "status", 0) or 0)
        if kind:
            return kind
        if isinstance(each, TimeoutError):
            return UpstreamTimeout
        if type(each).__name__ == "GeoRestrictedError":
            return MediaUnavailable
        if type(each).__name__ == "UnsupportedError":
            return InvalidInput
    said = str(error).lower()
    for kind, sentences in SENTENCES:
        if any(sentence in said for sentence in sentences):
            return kind
    return UpstreamFailed


def _chain(error: BaseException) -> Iterable[BaseException]:
    """Give an error and all that caused it, as far as that goes."""
    waiting: list[object] = [error]
    for each in waiting:
        if isinstance(each, BaseException):
            yield each
            inner = getattr(each, "exc_info", None) or (None, None)
            causes = (each.__cause__, getattr(each, "cause", None), inner[1])
            waiting += [cause for cause in causes if cause is not None and cause not in waiting]


def _sentence(kind: type[VoxhallError]) -> str:
    """Say what happened without repeating a platform's own words: they may say anything."""
    return {
        MediaUnavailable: "the platform does not give this recording to everybody",
        NotFound: "the platform has no such recording",
        UpstreamLimited: "the platform asks to slow down",
        UpstreamTimeout: "the platform takes too long to answer",
        InvalidInput: "the platform has no recording at this URL that could be had",
    }.get(kind, "the platform cannot be reached, or its pages are not understood")


def _text(value: object, longest: int = TEXT) -> str | None:
    return value[:longest] if isinstance(value, str) and value else None


def _number(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def _date(value: object) -> str | None:
    text = str(value)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == len("20260531") and text.isdigit() else None


if __name__ == "__main__":
    main()
