"""The two nearest descriptors of each keypoint: exactly, or by trees and hash tables of FLANN (Muja and Lowe 2009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Metric

_Bytes = NDArray[np.uint8]
_Found = tuple[NDArray[np.float32], NDArray[np.int64]]

_KD_TREE, _LSH = 1, 6
_HAMMING = 9
_TREES, _CHECKS = 4, 96
_TABLES, _KEY_BITS, _PROBES = 8, 14, 1
_LEAST_FOR_LSH = 32
"""Descriptors with which a hash table is worth its making; fewer are compared exactly."""
_SEED = 20_090_205


class Matcher(StrEnum):
    """How the nearest descriptors are found; stable strings."""

    BRUTE_FORCE = "brute-force"
    FLANN = "flann"
    LIGHTGLUE = "lightglue"
    """A network for keypoints of some methods; see ``core.lightglue``."""


def two_nearest(queries: _Bytes, base: _Bytes, metric: Metric, matcher: Matcher = Matcher.BRUTE_FORCE) -> _Found:
    """Find the two nearest descriptors.

    Args:
        queries: (N, D) uint8.
        base: (M, D) uint8, M at least 2.
        metric: HAMMING for binary descriptors, else L2.
        matcher: FLANN takes KD-trees for L2 and locality-sensitive hashing for Hamming; LIGHTGLUE is none of these.

    Returns:
        (N, 2) float32 distances, infinite where none was found, and (N, 2) int64 rows of the base.
    """
    return _FINDERS[matcher, metric is Metric.HAMMING](queries, base)


def _exact_bits(queries: _Bytes, base: _Bytes) -> _Found:
    import faiss

    index = faiss.IndexBinaryFlat(8 * base.shape[1])
    index.add(np.ascontiguousarray(base))
    distances, nearest = index.search(np.ascontiguousarray(queries), 2)
    return distances.astype(np.float32), nearest


def _exact_floats(queries: _Bytes, base: _Bytes) -> _Found:
    import faiss

    squared, nearest = faiss.knn(queries.astype(np.float32), base.astype(np.float32), 2)
    return np.sqrt(np.maximum(squared, 0)), nearest


def _trees(queries: _Bytes, base: _Bytes) -> _Found:
    cv2.setRNGSeed(_SEED)
    index = cv2.flann.Index(np.asarray(base, np.float32), {"algorithm": _KD_TREE, "trees": _TREES})
    nearest, squared = index.knnSearch(np.asarray(queries, np.float32), 2, params={"checks": _CHECKS})
    return np.sqrt(np.maximum(squared, 0)).astype(np.float32), np.asarray(nearest, np.int64)


def _hash_tables(queries: _Bytes, base: _Bytes) -> _Found:
    if len(base) < _LEAST_FOR_LSH:
        return _exact_bits(queries, base)
    cv2.setRNGSeed(_SEED)
    tables: dict[str, bool | int | float | str] = {
        "algorithm": _LSH,
        "table_number": _TABLES,
        "key_size": _KEY_BITS,
        "multi_probe_level": _PROBES,
    }
    index = cv2.flann.Index(np.ascontiguousarray(base), tables, _HAMMING)
    nearest, distances = index.knnSearch(np.ascontiguousarray(queries), 2, params={})
    missing = (nearest < 0) | (nearest >= len(base))
    found = np.where(missing, np.inf, np.asarray(distances, np.float32)).astype(np.float32)
    return found, np.where(missing, 0, nearest).astype(np.int64)


_FINDERS: Mapping[tuple[Matcher, bool], Callable[[_Bytes, _Bytes], _Found]] = {
    (Matcher.BRUTE_FORCE, True): _exact_bits,
    (Matcher.BRUTE_FORCE, False): _exact_floats,
    (Matcher.FLANN, True): _hash_tables,
    (Matcher.FLANN, False): _trees,
}
