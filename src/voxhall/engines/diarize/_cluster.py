"""Which pieces of speech have the same voice: average-link clustering of embeddings, bounded in memory."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from voxhall.domain.speech import SpeakerCount

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

DIFFERENT = 0.65
"""Cosine distance from which two groups are different people; any value from 0.6 to 0.7 gives the same errors."""
SAME = 0.3
"""Distance up to which pieces are joined beforehand where there are very many."""
AT_ONCE = 1500
"""Pieces whose distances are held in memory at once: 9 MB."""
SHORTEST = 2.0
"""Seconds that a voice must be heard to count as a speaker of its own."""
SMALLEST = 0.03
"""And its share of all speech: in long recordings, splinters of a voice grow too."""


def unit(vectors: Vectors) -> Vectors:
    """Scale rows to length one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def find_voices(vectors: Vectors, seconds: NDArray[np.float32], count: SpeakerCount) -> Vectors:
    """Give one unit vector per voice, [voices, dimensions]; rows of `vectors` are pieces of `seconds` length."""
    vectors, seconds = _thinned(unit(vectors), seconds)
    if len(vectors) == 1:
        return vectors
    tree = linkage(vectors, method="average", metric="cosine")
    labels = _compact(fcluster(tree, DIFFERENT, "distance"))
    voices = _centres(vectors, seconds, labels)[_substantial(seconds, labels)]
    if count.at_least is not None and len(voices) < count.at_least:
        return _exactly(count.at_least, tree, vectors, seconds)
    if count.at_most is not None and len(voices) > count.at_most:
        return _exactly(count.at_most, tree, vectors, seconds)
    return voices


def _thinned(vectors: Vectors, seconds: NDArray[np.float32]) -> tuple[Vectors, NDArray[np.float32]]:
    """Join what is nearly the same, in stretches of `AT_ONCE`, until few enough are left."""
    distance = SAME
    while len(vectors) > AT_ONCE:
        joined = [
            _joined(vectors[start : start + AT_ONCE], seconds[start : start + AT_ONCE], distance)
            for start in range(0, len(vectors), AT_ONCE)
        ]
        vectors = np.concatenate([each for each, _ in joined])
        seconds = np.concatenate([each for _, each in joined])
        distance += 0.05
    return vectors, seconds


def _joined(vectors: Vectors, seconds: NDArray[np.float32], distance: float) -> tuple[Vectors, NDArray[np.float32]]:
    if len(vectors) == 1:
        return vectors, seconds
    labels = _compact(fcluster(linkage(vectors, method="average", metric="cosine"), distance, "distance"))
    return _centres(vectors, seconds, labels), np.bincount(labels, seconds).astype(np.float32)


def _exactly(wanted: int, tree: NDArray[np.float64], vectors: Vectors, seconds: NDArray[np.float32]) -> Vectors:
    """Cut the tree where it has that many substantial branches, for a plain cut takes outliers for people."""
    labels = _compact(fcluster(tree, wanted, "maxclust"))
    for branches in range(wanted, min(len(vectors), 20 * wanted) + 1):
        tried = _compact(fcluster(tree, branches, "maxclust"))
        if len(_substantial(seconds, tried)) >= wanted:
            labels = tried
            break
    largest = np.argsort(-np.bincount(labels, seconds), kind="stable")[:wanted]
    return _centres(vectors, seconds, labels)[np.sort(largest)]


def _substantial(seconds: NDArray[np.float32], labels: Labels) -> Labels:
    """Give the clusters that are speakers of their own; the largest always is."""
    heard = np.bincount(labels, seconds)
    return np.flatnonzero(heard >= min(max(SHORTEST, SMALLEST * heard.sum()), heard.max()))


def _compact(labels: NDArray[np.integer]) -> Labels:
    """Number clusters from 0 without gaps."""
    numbered: Labels = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return numbered


def _centres(vectors: Vectors, seconds: NDArray[np.float32], labels: Labels) -> Vectors:
    """Give each cluster's mean direction, pieces weighing as much as they last."""
    sums = np.zeros((labels.max() + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, labels, vectors * seconds[:, None])
    return unit(sums)
