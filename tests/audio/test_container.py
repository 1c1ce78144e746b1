"""A container is opened only when it is a recording, whatever its name says, and it opens nothing else."""

import io
import zipfile
from pathlib import Path

import av
import pytest

from containers import packed, tone
from voxhall.audio.container import audio_stream, open_container
from voxhall.errors import BrokenMedia


def zip_of(text: str) -> bytes:
    """Give an archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", text)
    return file.getvalue()


NOT_RECORDINGS = {
    "empty": (b"", "empty"),
    "a text": (b"Dear Sir or Madam,\n" * 200, "text"),
    "a web page": (b"<!doctype html><html><body>404</body></html>", "web page"),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "XML"),
    "an archive": (zip_of("x" * 10_000), "ZIP"),
    "a document": (b"%PDF-1.7\n", "PDF"),
    "zeros": (bytes(1_000_000), "zeros"),
    "noise": (bytes((i * 7919 ^ (i >> 3)) & 255 for i in range(100_000)), "unknown kind"),
}


@pytest.mark.parametrize("kind", NOT_RECORDINGS)
def test_what_is_no_recording_is_refused_by_its_kind(kind: str, tmp_path: Path) -> None:
    """The sentence says what the file is, and no path."""
    content, named = NOT_RECORDINGS[kind]
    file = tmp_path / "upload"
    file.write_bytes(content)
    with pytest.raises(BrokenMedia, match=named) as refused, open_container(file):
        pass
    assert str(tmp_path) not in refused.value.message


@pytest.mark.parametrize("kind", NOT_RECORDINGS)
def test_a_name_makes_no_recording(kind: str, tmp_path: Path) -> None:
    """What is called `.mp3` is refused all the same."""
    file = tmp_path / "talk.mp3"
    file.write_bytes(NOT_RECORDINGS[kind][0])
    with pytest.raises(BrokenMedia), open_container(file) as container:
        audio_stream(container)


@pytest.mark.parametrize(
    "script",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{other}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{other}'\n",
        "[playlist]\nFile1={other}\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{other}</BaseURL></MPD>',
        "v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    ],
)
def test_a_file_that_points_at_another_file_is_refused(script: str, tmp_path: Path) -> None:
    """Playlists and scripts are not followed, even to a good recording beside them."""
    other = tmp_path / "other.wav"
    other.write_bytes(packed(tone(1, 16_000), 16_000, "wav", "pcm_s16le"))
    file = tmp_path / "list.m3u8"
    file.write_text(script.format(other=other))
    with pytest.raises(BrokenMedia), open_container(file):
        pass


@pytest.mark.parametrize("name", ["concat:a.wav|b.wav", "pipe:0", "http:a.wav", "data:a.wav"])
def test_a_name_is_never_an_address(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file called like an address is that file."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(packed(tone(1, 16_000), 16_000, "wav", "pcm_s16le"))
    with open_container(Path(name)) as container:
        assert container.format.name == "wav"


def test_a_container_without_sound_is_refused(tmp_path: Path) -> None:
    """A subtitle track or a picture is nothing to hear."""
    file = tmp_path / "film.mkv"
    with av.open(str(file), "w") as container:
        video = container.add_stream("mpeg4", rate=1, width=16, height=16, pix_fmt="yuv420p")
        container.mux(video.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(video.encode(None))
    with open_container(file) as container, pytest.raises(BrokenMedia, match="no audio track"):
        audio_stream(container)
