"""How many of the matches between two views of a picture are right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.features.base import Pixels
from core.training.metrics import Recall
from core.training.views import ViewPair, matches_right

Detector = Callable[[Pixels], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""(S, S, 3) uint8 to (N, 2) points and (N, D) unit descriptors."""

_NEAR, _ABOUT = 3.0, 10.0
_SOUGHT = 100


def mutual_matches(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.intp]:
    """(K, 2) rows of two sets of unit descriptors that are each other's nearest."""
    if not len(first) or not len(second):
        return np.zeros((0, 2), np.intp)
    similarity = first @ second.T
    there, back = similarity.argmax(1), similarity.argmax(0)
    rows = np.flatnonzero(back[there] == np.arange(len(first)))
    return np.stack([rows, there[rows]], axis=1)


def match_accuracy(detect: Detector, pairs: Sequence[ViewPair]) -> Recall:
    """Match the keypoints of each pair and see which matches are right.

    The share is taken of at least as many matches as a geometry needs to be certain, so that few cannot score well.
    """
    near, about = [], []
    for pair in pairs:
        points, descriptors = detect(pair.first)
        others, other_descriptors = detect(pair.second)
        rows = mutual_matches(descriptors, other_descriptors)
        moved = points[rows[:, 0]].astype(np.float64), others[rows[:, 1]].astype(np.float64)
        count = max(len(rows), _SOUGHT)
        near.append(matches_right(pair.homography, *moved, _NEAR).sum() / count)
        about.append(matches_right(pair.homography, *moved, _ABOUT).sum() / count)
    within, around = float(np.mean(near)), float(np.mean(about))
    return Recall(within, around, within, around)
