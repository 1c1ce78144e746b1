"""Diarization by pyannote's community-1 models: who is active in ten seconds, and whose voice it is.

Each stretch of half a minute is looked at once: segmentation in overlapping windows tells up to three local speakers
apart, and one pass of the embedding network is pooled under the mask of every run in which one of them speaks alone.
Runs, not local speakers, are then clustered: the segmentation model confuses similar voices within a window more often
than the embedding confuses runs of a second (this alone halves the confusion). Models: pyannote/speaker-diarization-
community-1, CC-BY-4.0; method of pooling under masks: Bredin, "pyannote.audio 2.1", Interspeech 2023.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import Span, SpeakerCount, Turn
from voxhall.engines.diarize._cluster import find_voices, unit
from voxhall.engines.fbank import SHIFT, log_mel
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Samples
from voxhall.engines.speaker import load_embedding, load_segmentation

LOOK, HOP = 30.0, 25.0
"""Seconds looked at in one piece of work, and between their beginnings."""
WINDOW, STEP = 10 * SAMPLE_RATE, 5 * SAMPLE_RATE
"""Samples of the segmentation model's window (fixed by the model), and between windows."""
FRAMES, LOCAL = 589, 3
"""Frames and speakers that the segmentation model tells of in a window."""
FRAME = 10.0 / FRAMES
"""Seconds."""
SHORTEST_RUN = 30
"""Frames (0.5 s) of solo speech below which an embedding says little."""
VOICE_RUN = 60
"""Frames (1 s) of solo speech from which a run helps to find the voices."""
ENOUGH = 177
"""Frames (3 s) of solo speech that are embedded of each piece: more costs time, and its edges are where voices mix."""
OWN = 0.75
"""How much a run's own embedding counts for who speaks; the rest is its local speaker's."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is embedded: a run of solo speech, or all speech of a local speaker (`first` is -1)."""

    window: int
    local: int
    first: int
    after: int
    """Frames within the window."""


class Community:
    """The engine; fulfils `Diarizer`."""

    def __init__(self) -> None:
        self._segmentation = load_segmentation()
        self._embedding = load_embedding()

    def plan(self, duration: float, speech: tuple[Span, ...]) -> tuple[Span, ...]:
        """Look at half minutes, a little overlapping, wherever there is speech."""
        starts = np.arange(0.0, max(duration - LOOK + HOP, HOP / 2), HOP)
        looks = (Span(float(start), min(float(start) + LOOK, duration)) for start in starts)
        return tuple(look for look in looks if any(s.start < look.end and look.start < s.end for s in speech))

    def observe(self, samples: Samples) -> Arrays:
        """Tell the local speakers of a stretch apart, and embed each run of solo speech."""
        padded = np.pad(samples, (0, max(0, WINDOW - len(samples))))
        starts = list(range(0, len(padded) - WINDOW + 1, STEP))
        if starts[-1] + WINDOW < len(padded):
            starts.append(len(padded) - WINDOW)
        windows = np.stack([padded[start : start + WINDOW] for start in starts])[:, None]
        active = self._segmentation.run(None, {"waveforms": windows})[0] > 0.5  # noqa: PLR2004 - it says 0 or 1
        pieces, vectors = self._embed(padded, starts, active)
        return {
            "starts": np.array(starts, np.float32) / SAMPLE_RATE,
            "active": np.packbits(active),
            "pieces": np.array([(p.window, p.local, p.first, p.after) for p in pieces], np.int16).reshape(-1, 4),
            "vectors": vectors.astype(np.float16),
        }

    def _embed(self, samples: Samples, starts: list[int], active: Mask) -> tuple[list[_Piece], NDArray[np.float32]]:
        features = log_mel(samples)
        pieces, masks = [], []
        for window, start in enumerate(starts):
            for piece, frames in _pieces(window, active[window]):
                mask = _stretched(frames, start, len(features))
                if mask.sum() >= SHORTEST_RUN // 2:
                    pieces.append(piece)
                    masks.append(mask)
        if not pieces:
            return [], np.zeros((0, 256), np.float32)
        weights = np.stack(masks)
        heard = weights.any(axis=0)
        inputs = {"fbank": features[None, heard], "weights": weights[:, heard].astype(np.float32)}
        vectors: NDArray[np.float32] = self._embedding.run(None, inputs)[0]
        sound: Mask = np.asarray(np.isfinite(vectors).all(axis=1))
        return [piece for piece, good in zip(pieces, sound, strict=True) if good], unit(vectors[sound])

    def settle(
        self, windows: tuple[Span, ...], observations: tuple[Arrays, ...], speakers: SpeakerCount
    ) -> tuple[Turn, ...]:
        """Cluster the runs of all stretches into voices, and give every frame to the voices active in it."""
        vectors = [seen["vectors"] for seen in observations]
        if not sum(map(len, vectors)):
            return ()
        pieces = np.concatenate([seen["pieces"] for seen in observations]).astype(np.int64)
        voices = _voices(np.concatenate(vectors).astype(np.float32), pieces, speakers)
        timeline = _Timeline(windows[-1].end, len(voices))
        for window, seen in zip(windows, observations, strict=True):
            likeness = seen["vectors"].astype(np.float32) @ voices.T
            active = np.unpackbits(seen["active"].astype(np.uint8)).astype(bool)
            shaped = active[: len(seen["starts"]) * FRAMES * LOCAL].reshape(-1, FRAMES, LOCAL)
            for number, start in enumerate(seen["starts"].tolist()):
                mine = seen["pieces"][:, 0] == number
                votes = _votes(shaped[number], seen["pieces"][mine].astype(np.int64), likeness[mine])
                timeline.add(window.start + start, votes, shaped[number].sum(axis=1))
        return timeline.turns(windows[-1].end)


def _runs(active: Mask) -> list[tuple[int, int]]:
    """Give first frame and frame after the last of each run."""
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _solo(active: Mask) -> Mask:
    """Keep what each speaker says alone."""
    kept: Mask = active & (active.sum(axis=1, keepdims=True) == 1)
    return kept


def _pieces(window: int, active: Mask) -> Iterator[tuple[_Piece, Mask]]:
    """Give what is to be embedded in a window, with its frames."""
    solo = _solo(active)
    for local in range(LOCAL):
        alone = solo[:, local]
        runs = [run for run in _runs(alone) if run[1] - run[0] >= SHORTEST_RUN]
        heard = [_middle(_between(*run)) for run in runs]
        whole = alone if alone.sum() >= SHORTEST_RUN // 2 else active[:, local]
        yield _Piece(window, local, -1, -1), _middle(np.any(heard, axis=0) if heard else whole)
        yield from ((_Piece(window, local, *run), frames) for run, frames in zip(runs, heard, strict=True))


def _between(first: int, after: int) -> Mask:
    frames = np.zeros(FRAMES, bool)
    frames[first:after] = True
    return frames


def _middle(frames: Mask) -> Mask:
    """Keep the `ENOUGH` frames in the middle of those that are set."""
    chosen = np.flatnonzero(frames)
    spare = max(0, len(chosen) - ENOUGH)
    kept = np.zeros_like(frames)
    kept[chosen[spare // 2 : len(chosen) - (spare - spare // 2)]] = True
    return kept


def _stretched(frames: Mask, start: int, length: int) -> Mask:
    """Turn frames of a window that begins at the sample `start` into frames of the features."""
    offset = start // SHIFT
    count = WINDOW // SHIFT
    mask = np.zeros(max(length, offset + count), bool)
    mask[offset : offset + count] = frames[np.arange(count) * FRAMES // count]
    return mask[:length]


def _voices(vectors: NDArray[np.float32], pieces: NDArray[np.int64], speakers: SpeakerCount) -> NDArray[np.float32]:
    """Find the voices by runs that are long enough, or by whatever there is."""
    lengths = pieces[:, 3] - pieces[:, 2]
    chosen = lengths >= VOICE_RUN
    if not chosen.any():
        chosen = pieces[:, 2] < 0
    if not chosen.any():
        chosen[:] = True
    seconds = np.maximum(lengths[chosen], 1).astype(np.float32) * np.float32(FRAME)
    return find_voices(vectors[chosen], seconds, speakers)


def _votes(active: Mask, pieces: NDArray[np.int64], likeness: NDArray[np.float32]) -> Mask:
    """Say which voices a window finds active in each of its frames; [FRAMES, voices]."""
    votes = np.zeros((FRAMES, likeness.shape[1]), bool)
    whole = {int(local): row for (_, local, first, _), row in zip(pieces, likeness, strict=True) if first < 0}
    for local, row in whole.items():
        votes[:, row.argmax()] |= active[:, local]
    for (_, local, first, after), row in zip(pieces, likeness, strict=True):
        if first < 0:
            continue
        usual = whole.get(int(local), row)
        best = int((OWN * row + (1 - OWN) * usual).argmax())
        votes[first:after, usual.argmax()] = False
        votes[first:after, best] = True
    return votes


class _Timeline:
    """Gathers what overlapping windows say about each frame of a recording."""

    def __init__(self, duration: float, voices: int) -> None:
        length = int(max(duration, LOOK) / FRAME) + FRAMES
        self._votes = np.zeros((length, voices), np.uint8)
        self._windows = np.zeros(length, np.uint8)
        self._active = np.zeros(length, np.uint8)

    def add(self, start: float, votes: Mask, active: NDArray[np.integer]) -> None:
        """Add what a window says that begins at `start` seconds."""
        first = round(start / FRAME)
        self._votes[first : first + FRAMES] += votes
        self._windows[first : first + FRAMES] += 1
        self._active[first : first + FRAMES] += active.astype(np.uint8)

    def turns(self, duration: float) -> tuple[Turn, ...]:
        """Let as many voices speak in each frame as windows say on average, those with most votes."""
        speaking = np.rint(self._active / np.maximum(self._windows, 1)).astype(np.int64)
        rank = np.argsort(np.argsort(-self._votes.astype(np.int16), axis=1, kind="stable"), axis=1)
        on = (rank < speaking[:, None]) & (self._votes > 0)
        found = [
            (first * FRAME, min(after * FRAME, duration), voice)
            for voice in range(on.shape[1])
            for first, after in _runs(on[:, voice])
            if first * FRAME < duration
        ]
        found.sort()
        order = {voice: number for number, voice in enumerate(dict.fromkeys(voice for _, _, voice in found))}
        return tuple(Turn(order[voice], start, end) for start, end, voice in found)
