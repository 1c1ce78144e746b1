"""A microphone of this machine that hears a recording: an ALSA device that reads a file, then silence."""

from pathlib import Path

import numpy as np

from voxhall.audio.pcm import to_pcm
from voxhall.engines.protocols import Samples

VOICE = "voice"
"""The device's name."""
SILENCE = 60
"""Seconds of silence after the recording."""


def plugged_in(folder: Path, samples: Samples) -> str:
    """Make the device in a folder, of 16 kHz samples; give what ALSA_CONFIG_PATH is to be."""
    sound = np.concatenate([samples, np.zeros(SILENCE * 16_000, np.float32)])
    (folder / "voice.raw").write_bytes(to_pcm(sound[None]))
    config = folder / "asound.conf"
    config.write_text(
        f'pcm.{VOICE} {{ type file slave.pcm "null" file "/dev/null" infile "{folder}/voice.raw" format "raw" }}\n'
        f'pcm.!default {{ type plug slave.pcm "{VOICE}" }}\n'
    )
    return f"/usr/share/alsa/alsa.conf:{config}"
