"""VLAD (Jegou 2010) with intra-normalisation (Arandjelovic and Zisserman 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._aggregated import Aggregated
from core.features.base import Kind, MethodInfo, Metric
from core.features.codebooks import k_means, nearest_words, stack

_WORDS = 64
_LENGTH = 128


class Vlad(Aggregated):
    """The residuals of descriptors to 64 visual words, each word's sum brought to the same length."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="vlad",
        version=1,
        kind=Kind.GLOBAL,
        title="VLAD (SIFT, 64 words, intra-normalised)",
        source="Jegou et al., Aggregating local descriptors into a compact image representation, CVPR 2010; "
        "Arandjelovic and Zisserman, All about VLAD, CVPR 2013",
        dimension=_WORDS * _LENGTH,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=_WORDS * _LENGTH * 4,
        family="keypoints",
    )

    def _learn(self, sample: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
        return {"centroids": k_means(stack(sample), _WORDS)}

    def _pool(self, points: NDArray[np.float32], learned: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        centroids = learned["centroids"]
        words = nearest_words(points, centroids)
        belongs = np.asarray(np.arange(_WORDS)[:, None] == words, np.float32)
        counts = belongs.sum(axis=1, keepdims=True)
        residuals = belongs @ points - counts * np.where(counts > 0, centroids, 0)
        lengths = np.linalg.norm(residuals, axis=1, keepdims=True)
        return np.asarray(residuals / np.maximum(lengths, 1e-12), np.float32).ravel()
