"""What yt-dlp finds or says becomes ours, and its process can do nothing else."""

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace

import msgspec
import pytest

from voxhall import errors
from voxhall.domain.media import Media
from voxhall.net import extract
from voxhall.net.extract import Report, described, kind_of, pick, report_on

URL = "https://videos.example/watch?v=1"

INFO = {
    "id": "1",
    "extractor": "videos",
    "extractor_key": "Videos",
    "webpage_url": URL,
    "title": "A talk",
    "uploader": "somebody",
    "duration": 61,
    "thumbnail": "https://videos.example/1.jpg",
    "upload_date": "20260531",
    "live_status": "not_live",
    "language": "am",
    "filesize_approx": 1000.5,
    "age_limit": 0,
    "protocol": "https",
    "url": "https://cdn.example/1.m4a",
    "http_headers": {"User-Agent": "Mozilla"},
    "view_count": 7,
    "description": "What it is about.",
}


class HTTPError(Exception):
    """As yt-dlp has it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP Error {status}")
        self.status = status


class ExtractorError(Exception):
    """As yt-dlp has it."""

    def __init__(self, message: str, cause: Exception | None = None) -> None:
        super().__init__(message)
        self.cause = cause


class DownloadError(Exception):
    """As yt-dlp has it: around what an extractor raised."""

    def __init__(self, inner: Exception) -> None:
        super().__init__(f"ERROR: {inner}")
        self.exc_info = (type(inner), inner, None)


class GeoRestrictedError(Exception):
    """As yt-dlp has it."""


def library(found: Mapping[str, object] | Exception | None) -> SimpleNamespace:
    """Stand in for yt-dlp: one platform, and what it finds there."""
    videos = SimpleNamespace(suitable=lambda url: "videos.example" in url, ie_key=lambda: "Videos")
    generic = SimpleNamespace(suitable=bool, ie_key=lambda: "Generic")

    def extract_info(url: str, *, download: bool) -> Mapping[str, object] | None:
        assert not download
        if isinstance(found, Exception):
            raise found
        return found

    @contextmanager
    def client(options: Mapping[str, object]) -> Iterator[SimpleNamespace]:
        assert options["allowed_extractors"] == ["default", "-generic"]
        yield SimpleNamespace(extract_info=extract_info)

    extractor = SimpleNamespace(gen_extractor_classes=lambda: [videos, generic])
    return SimpleNamespace(extractor=extractor, YoutubeDL=client)


def test_everything_that_is_known_is_passed_on() -> None:
    """In our words and units."""
    assert report_on(URL, library(INFO)).media == Media(
        url=URL,
        source="videos",
        extractor="videos",
        title="A talk",
        uploader="somebody",
        duration=61.0,
        thumbnail_url="https://videos.example/1.jpg",
        upload_date="2026-05-31",
        is_live=False,
        language="am",
        size=1000,
        location="https://cdn.example/1.m4a",
        headers={"User-Agent": "Mozilla"},
        metadata={"id": "1", "description": "What it is about.", "view_count": 7, "webpage_url": URL},
    )


def test_nothing_is_made_of_nonsense() -> None:
    """Values of the wrong type, negative or missing, are unknown."""
    odd = {"title": 7, "duration": -1, "filesize": "big", "upload_date": "soon", "age_limit": None, "http_headers": 3}
    media = described(URL, odd)
    assert media == Media(url=URL, source="unknown", extractor="unknown")
    assert media.warnings == ("duration_unknown",)


@pytest.mark.parametrize(
    ("info", "warnings"),
    [
        ({"live_status": "is_live"}, ("live_stream", "duration_unknown")),
        ({"is_live": True, "duration": 10}, ("live_stream",)),
        ({"duration": 4 * 3600}, ()),
        ({"duration": 4 * 3600 + 1}, ("very_long",)),
        ({"duration": 10, "age_limit": 18}, ("age_restricted",)),
    ],
)
def test_warnings_say_what_to_beware_of(info: Mapping[str, object], warnings: tuple[str, ...]) -> None:
    """All that hold."""
    assert described(URL, info).warnings == warnings


def test_a_stream_in_pieces_has_no_single_address() -> None:
    """Its playlist is not the recording."""
    assert described(URL, {**INFO, "protocol": "m3u8_native"}).location is None


def test_other_urls_are_nobody_s() -> None:
    """The extractor that takes everything does not count."""
    assert report_on("https://elsewhere.example/a.wav", library(INFO)) == Report()


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (None, "not_found"),
        ({"entries": []}, "invalid_request"),
        ({"entries": [INFO, INFO]}, "invalid_request"),
        (DownloadError(ExtractorError("x", HTTPError(403))), "media_unavailable"),
        (DownloadError(ExtractorError("x", HTTPError(404))), "not_found"),
        (DownloadError(ExtractorError("x", HTTPError(429))), "upstream_limited"),
        (DownloadError(ExtractorError("x", HTTPError(500))), "upstream_failed"),
        (DownloadError(ExtractorError("x", TimeoutError())), "upstream_timeout"),
        (DownloadError(GeoRestrictedError("x")), "media_unavailable"),
        (DownloadError(ExtractorError("[videos] 1: Private video. Sign in if you may see it")), "media_unavailable"),
        (DownloadError(ExtractorError("Video unavailable. This video has been removed")), "not_found"),
        (DownloadError(ExtractorError("Sign in to confirm you're not a bot")), "upstream_limited"),
        (DownloadError(ExtractorError("Read timed out.")), "upstream_timeout"),
        (KeyError("formats"), "upstream_failed"),
        (RecursionError(), "upstream_failed"),
    ],
)
def test_errors_are_ours(found: Exception | Mapping[str, object] | None, code: str) -> None:
    """By status where there was one, else by what was said; a platform's own words are not repeated."""
    report = report_on(URL, library(found))
    assert (report.media, report.error) == (None, code)
    assert report.message
    assert "ERROR" not in report.message


def test_a_list_of_one_is_that_one() -> None:
    """As platforms wrap a post with one film."""
    assert report_on(URL, library({"entries": [None, INFO]})).media == described(URL, INFO)


def test_errors_that_cause_each_other_end() -> None:
    """A circle of causes is followed once."""
    one, two = ExtractorError("one"), ExtractorError("two")
    one.cause, two.cause = two, one
    assert kind_of(one) is errors.UpstreamFailed


def test_the_best_sound_that_is_one_file_is_picked() -> None:
    """Of formats from worst to best: sound alone, else a film with sound, else nothing."""
    film = {"protocol": "https", "acodec": "aac", "vcodec": "h264"}
    mute = {"protocol": "https", "acodec": "none", "vcodec": "h264"}
    low, high = ({"protocol": "https", "acodec": "opus", "vcodec": "none", "abr": rate} for rate in (50, 100))
    pieces = {"protocol": "m3u8_native", "acodec": "aac", "vcodec": "none"}
    assert pick({"formats": [low, high, film, pieces, mute]}) == [high]
    assert pick({"formats": [film, pieces, mute]}) == [film]
    assert pick({"formats": [pieces, mute]}) == [{}]


CONFINED = """
import os, socket, subprocess, sys, tempfile
from voxhall.net.addresses import Gate
from voxhall.net.extract import confine
port, allow = int(sys.argv[1]), sys.argv[2:]
refused = confine(Gate(allow))
attempts = {
    "connect": lambda: socket.create_connection(("127.0.0.1", port)).close(),
    "mapped": lambda: socket.socket(socket.AF_INET6).connect(("::ffff:127.0.0.1", port)),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect("/nowhere"),
    "datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "program": lambda: subprocess.run(["true"]),
    "shell": lambda: os.system("true"),
}
for name, attempt in attempts.items():
    try:
        attempt()
        print(name)
    except PermissionError:
        pass
print(len(refused))
"""


@pytest.mark.parametrize(("allow", "said"), [([], ["3"]), (["127.0.0.0/8"], ["connect", "mapped", "1"])])
def test_the_process_connects_through_the_gate_only(allow: list[str], said: list[str]) -> None:
    """Whatever an extractor or an answer of a platform tries; it starts no programs either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-W", "ignore", "-c", CONFINED, str(listener.getsockname()[1]), *allow]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == said


def test_the_real_library_knows_what_is_no_platform() -> None:
    """Run as it is run: a request on standard input, a report on standard output."""
    request = msgspec.json.encode(extract.Request("https://recordings.example/talk.wav"))
    command = [sys.executable, "-m", "voxhall.net.extract"]
    done = subprocess.run(command, input=request, capture_output=True, check=True)
    assert msgspec.json.decode(done.stdout, type=Report) == Report()


def test_the_real_library_takes_our_options() -> None:
    """None of them is unknown to it, and its platforms are there."""
    command = [sys.executable, "-c", REAL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


REAL = """
import yt_dlp
from voxhall.net.extract import options
with yt_dlp.YoutubeDL(options()) as client:
    print("Youtube" in client._ies, "Generic" in client._ies)
"""
