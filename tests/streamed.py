"""Speech as live clients send it: WAV, WebM and bare Opus frames."""

import fractions
import io
import wave

import av

from voxhall.audio.pcm import SAMPLE_RATE, to_int16, to_pcm
from voxhall.engines.protocols import Samples

OPUS_FRAME = 320
"""Samples of 20 ms."""


def wav_of(samples: Samples, *, width: int = 2) -> bytes:
    """Give a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(width)
        made.setframerate(SAMPLE_RATE)
        made.writeframes(to_pcm(samples[None]))
    return file.getvalue()


def webm_of(samples: Samples) -> bytes:
    """Give Opus in WebM, in clusters of a tenth of a second as a browser's recorder writes them."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm", options={"cluster_time_limit": "100", "live": "1"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        resampler = av.AudioResampler("flt", "mono", 48_000, frame_size=960)
        for frame in [*resampler.resample(_frame(samples, 0)), *resampler.resample(None)]:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def empty_webm(seconds: float) -> bytes:
    """Give Opus in WebM that lasts long and says nothing: packets of 120 ms that are a byte each (RFC 6716, 3.1)."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(int(seconds / 0.12)):
            packet = av.Packet(b"\x19")
            packet.stream, packet.time_base = stream, fractions.Fraction(1, 1000)
            packet.pts = packet.dts = number * 120
            container.mux(packet)
    return file.getvalue()


def opus_frames(samples: Samples) -> list[bytes]:
    """Give Opus frames of 20 ms."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate = SAMPLE_RATE
    encoder.layout = "mono"
    encoder.format = "s16"
    encoder.bit_rate = 32_000
    encoder.options = {"application": "voip", "frame_duration": "20"}
    encoder.time_base = fractions.Fraction(1, SAMPLE_RATE)
    encoder.open()
    whole = len(samples) // OPUS_FRAME * OPUS_FRAME
    frames = [_frame(samples[at : at + OPUS_FRAME], at) for at in range(0, whole, OPUS_FRAME)]
    return [bytes(packet) for frame in [*frames, None] for packet in encoder.encode(frame)]


def _frame(samples: Samples, place: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(to_int16(samples[None]), format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = place
    return frame
