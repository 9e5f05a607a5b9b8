"""Bag of visual words with tf-idf weights (Sivic and Zisserman 2003)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._aggregated import Aggregated
from core.features.base import Kind, MethodInfo, Metric
from core.features.codebooks import as_floats, k_means, nearest_words, stack

_WORDS = 2048


class BagOfWords(Aggregated):
    """How often each of 2,048 visual words occurs, weighted by how rare it is in the library."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="bag-of-words",
        version=1,
        kind=Kind.GLOBAL,
        title="Bag of visual words (SIFT, tf-idf)",
        source="Sivic and Zisserman, Video Google: A Text Retrieval Approach to Object Matching, ICCV 2003",
        dimension=_WORDS,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=_WORDS * 4,
        family="keypoints",
    )

    def _learn(self, sample: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
        centroids = k_means(stack(sample), _WORDS)
        return {"centroids": centroids, "rarity": _rarity(sample, centroids)}

    def _pool(self, points: NDArray[np.float32], learned: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        words = nearest_words(points, learned["centroids"])
        frequencies = np.bincount(words, minlength=_WORDS) / len(words)
        return np.asarray(frequencies * learned["rarity"], np.float32)


def _rarity(sample: Sequence[NDArray[np.uint8]], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K,) float32, the inverse document frequency; smoothed, so that no word is worth nothing."""
    pictures = np.zeros(len(centroids))
    for descriptors in sample:
        if len(descriptors):
            pictures[np.unique(nearest_words(as_floats(descriptors), centroids))] += 1
    return np.asarray(np.log((len(sample) + 1) / (pictures + 1)) + 1, np.float32)
