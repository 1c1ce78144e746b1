"""WebM as browsers record it, decoded while it arrives: FFmpeg reads from a pipe, so it has a thread of its own."""

import threading

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from voxhall.audio.incoming import Samples, joined
from voxhall.audio.pcm import SAMPLE_RATE
from voxhall.errors import BrokenMedia

MAGIC = b"\x1a\x45\xdf\xa3"
"""What every EBML document begins with; recorders that are started anew begin anew."""
PROMPT = {"probesize": "32", "analyzeduration": "0", "fflags": "nobuffer", "codec_whitelist": "opus,libopus,vorbis"}
"""Have the demuxer give what it has, at once."""
STALLED = 20.0
"""Seconds that decoding one message may take."""
SILENT_BYTES = 2**18
"""That are read without any sound in them: headers are short, and FFmpeg's time grows with the square of their tags."""
LONGEST = 600 * SAMPLE_RATE
"""Samples that one message may bring: a message of empty packets would bring hours."""


class Webm:
    """One recording after another; its methods wait for the decoder, so call them in a thread."""

    blocking = True

    def __init__(self) -> None:
        self._part: _Part | None = None

    def push(self, data: bytes) -> Samples:
        """Give the samples that became known with this message; raises BrokenMedia."""
        before = np.zeros(0, np.float32)
        if self._part and data.startswith(MAGIC):
            before = self.finish()
        if self._part is None:
            if not MAGIC.startswith(data[:4]):
                raise BrokenMedia("a WebM stream begins with an EBML header; send a recording from its first byte")
            self._part = _Part()
        return np.concatenate([before, self._part.push(data)])

    def finish(self) -> Samples:
        """Give what is still on its way, and end the thread; raises BrokenMedia."""
        part, self._part = self._part, None
        return part.finish() if part else np.zeros(0, np.float32)


class _Part:
    """One recording: bytes go in, and once the decoder has read them all, samples come out."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._data = bytearray()
        self._ended = self._hungry = self._done = False
        self._samples: list[Samples] = [np.zeros(0, np.float32)]
        self._length = 0
        """Of these, together."""
        self._error: str | None = None
        self._silent = 0
        """Bytes read since the last sound."""
        self._thread = threading.Thread(target=self._decode, name="webm", daemon=True)
        self._thread.start()

    def push(self, data: bytes) -> Samples:
        with self._changed:
            self._data += data
            return self._wait()

    def finish(self) -> Samples:
        with self._changed:
            self._ended = True
            samples = self._wait()
        self._thread.join()
        return samples

    def read(self, size: int = -1) -> bytes:
        """Give the decoder some bytes; waits for them."""
        with self._changed:
            self._hungry = not self._data
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._data or self._ended)
            self._hungry = False
            piece = bytes(self._data[:size])
            del self._data[:size]
            self._silent += len(piece)
            if self._silent > SILENT_BYTES:
                raise BrokenMedia(f"the WebM stream has no sound in {SILENT_BYTES} bytes")
            return piece

    def _wait(self) -> Samples:
        """Wait until everything is decoded; takes the samples."""
        self._changed.notify_all()
        ready = self._changed.wait_for(self._idle, STALLED)
        if self._error is not None or not ready:
            self._ended = True
            self._data.clear()
            self._changed.notify_all()
            raise BrokenMedia(self._error or "the WebM stream takes too long to decode")
        taken, self._samples, self._length = self._samples, [np.zeros(0, np.float32)], 0
        return np.concatenate(taken)

    def _idle(self) -> bool:
        return self._done or (self._hungry and not self._data and not self._ended)

    def _decode(self) -> None:
        error: str | None = None
        try:
            with av.open(self, "r", format="matroska", container_options=PROMPT, buffer_size=256) as container:
                if not container.streams.audio:
                    error = "the WebM stream has no audio track"
                    return
                resampler = AudioResampler("flt", "mono", SAMPLE_RATE)
                for frame in container.decode(audio=0):
                    self._give(joined(resampler, [frame]))
                self._give(joined(resampler, [None]))
        except BrokenMedia as refused:
            error = refused.message
        except (FFmpegError, ValueError, MemoryError):
            error = "the WebM stream is damaged, or its sound is not Opus"
        finally:
            with self._changed:
                # a stream may end anywhere: the client may have gone
                self._error = None if self._ended else error
                self._done = True
                self._changed.notify_all()

    def _give(self, samples: Samples) -> None:
        with self._changed:
            self._silent = 0
            self._samples.append(samples)
            self._length += len(samples)
            if self._length > LONGEST:
                raise BrokenMedia(f"a message brings more than {LONGEST // SAMPLE_RATE} s of sound; send less at once")
