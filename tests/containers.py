"""Recordings in any container and codec for tests, made of samples on the spot."""

import io
import wave

import av
import numpy as np
from numpy.typing import NDArray


def packed(samples: NDArray[np.float32], rate: int, form: str, codec: str) -> bytes:
    """Give a file of samples (channels, n), as the muxer `form` and the encoder `codec` make it."""
    file = io.BytesIO()
    channels = len(samples)
    layout = av.AudioLayout(f"{channels}c")
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        for start in range(0, samples.shape[1], rate):
            piece = samples[:, start : start + rate].T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray((piece * 32767).astype("<i2"), "s16", layout)
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        # flac ends with a packet without content, which only its own container understands
        container.mux([packet for packet in stream.encode(None) if packet.size])
    return file.getvalue()


def wav(data: bytes, *, rate: int = 16_000, channels: int = 1) -> bytes:
    """Give a WAV file of raw s16le."""
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(data)
    return file.getvalue()


def tone(seconds: float, rate: int, *, hertz: float = 440.0, level: float = 0.5) -> NDArray[np.float32]:
    """Give one channel of a sine, (1, n)."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)[None]
