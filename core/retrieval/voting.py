"""Ranking by keypoints: each keypoint of a query votes for the pictures that have one like it.

Votes are those of local naive Bayes nearest neighbours (McCann and Lowe, CVPR 2012): a neighbour counts as much as
it is closer than the first that is left out. All keypoints of a library lie in one index.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.features import registry
from core.features.base import Metric
from core.packing import unpack_keypoints
from core.retrieval.gallery import Gallery, Query

_MOST_KEYPOINTS = 400
"""Keypoints of a picture that can be voted for, the strongest."""
_NEIGHBOURS = 8
_SAMPLES_PER_LIST = 64
_PROBES = 8


class Voting:
    """The keypoints of a gallery, to be voted for.

    Args:
        gallery: Described by the method.
        method: A local method.
    """

    def __init__(self, gallery: Gallery, method: str) -> None:
        self._method = method
        self._info = registry.methods()[method]
        self._count = len(gallery)
        self._owners, descriptors = self._gather(gallery)
        self._index = _index(descriptors, self._info.metric) if len(descriptors) else None

    def _gather(self, gallery: Gallery) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """(K,) places and (K, D) descriptors of all keypoints, and the stored size along the way."""
        owners, descriptors, stored = [], [np.zeros((0, self._info.dimension), np.uint8)], 0
        for place, data in gallery.packed(self._method, range(len(gallery))):
            found = unpack_keypoints(data).descriptors[:_MOST_KEYPOINTS]
            owners.append(np.full(len(found), place, np.int64))
            descriptors.append(found)
            stored += len(data)
        self.bytes_per_picture = stored / max(1, self._count)
        return np.concatenate([np.zeros(0, np.int64), *owners]), np.concatenate(descriptors)

    def votes(self, query: Query) -> NDArray[np.float32]:
        """(N,) float32 in [0, 1), how much the keypoints of a query speak for each picture."""
        votes = np.zeros(self._count, np.float32)
        descriptors = query.keypoints(self._method).descriptors
        if self._index is None or not len(descriptors):
            return votes
        distances, found = self._index.search(_prepared(descriptors, self._info.metric), _NEIGHBOURS + 1)
        distances = np.where(found >= 0, distances, np.inf).astype(np.float32)
        if self._info.metric is not Metric.HAMMING:
            distances = np.sqrt(np.maximum(distances, 0))
        last = np.where(np.isfinite(distances), distances, 0).max(axis=1)
        ahead = np.where(np.isfinite(distances), (last[:, None] - distances) / np.maximum(last[:, None], 1e-6), 0)
        owners = self._owners[np.maximum(found, 0)]
        _add_best(votes, owners, np.asarray(ahead, np.float32))
        return np.asarray(votes / (1 + len(descriptors)), np.float32)


def _add_best(votes: NDArray[np.float32], owners: NDArray[np.int64], ahead: NDArray[np.float32]) -> None:
    """Add each keypoint's votes, only its best one for a picture: a repeated pattern votes once."""
    rows = np.repeat(np.arange(len(owners)), owners.shape[1])
    pairs = rows * len(votes) + owners.ravel()
    order = np.lexsort((-ahead.ravel(), pairs))
    first = np.r_[True, pairs[order][1:] != pairs[order][:-1]]
    chosen = order[first]
    np.add.at(votes, owners.ravel()[chosen], ahead.ravel()[chosen])


def _index(descriptors: NDArray[np.uint8], metric: Metric) -> Any:
    """Inverted lists of all descriptors, byte for byte."""
    import faiss

    lists = max(1, min(1024, len(descriptors) // 256))
    sample = descriptors[:: max(1, len(descriptors) // (lists * _SAMPLES_PER_LIST))]
    index: Any
    if metric is Metric.HAMMING:
        index = faiss.IndexBinaryIVF(faiss.IndexBinaryFlat(8 * descriptors.shape[1]), 8 * descriptors.shape[1], lists)
    else:
        coarse = faiss.IndexFlatL2(descriptors.shape[1])
        index = faiss.IndexIVFScalarQuantizer(
            coarse, descriptors.shape[1], lists, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_L2
        )
    index.cp.min_points_per_centroid = 1
    index.nprobe = _PROBES
    index.train(_prepared(sample, metric))
    index.add(_prepared(descriptors, metric))
    return index


def _prepared(descriptors: NDArray[np.uint8], metric: Metric) -> NDArray[np.uint8] | NDArray[np.float32]:
    if metric is Metric.HAMMING:
        return np.ascontiguousarray(descriptors)
    return np.ascontiguousarray(descriptors, np.float32)
