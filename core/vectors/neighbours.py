"""Nearest descriptors, exactly: the pairs that similarity or Hamming distance nominates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Pairs of a query and a neighbour.

    Attributes:
        queries: (P,) int64, rows of the queries.
        found: (P,) int64, rows of the base.
        values: (P,) float32, cosine similarity or Hamming distance.
    """

    queries: NDArray[np.int64]
    found: NDArray[np.int64]
    values: NDArray[np.float32]


def nearest_by_cosine(
    queries: NDArray[np.float32], base: NDArray[np.float32], count: int, threshold: float = -1.0
) -> Neighbours:
    """The most similar rows of the base for each query.

    Args:
        queries: (N, D) float32 of unit norm.
        base: (M, D) float32 of unit norm.
        count: At most so many for each query.
        threshold: Least cosine similarity.

    Returns:
        Pairs by query, most similar first.
    """
    import faiss

    count = min(count, len(base))
    if not len(queries) or count < 1:
        return _none()
    values, found = faiss.knn(
        np.ascontiguousarray(queries), np.ascontiguousarray(base), count, metric=faiss.METRIC_INNER_PRODUCT
    )
    rows, columns = np.nonzero(values >= threshold)
    return Neighbours(
        rows.astype(np.int64), found[rows, columns].astype(np.int64), values[rows, columns].astype(np.float32)
    )


def within_hamming(queries: NDArray[np.uint8], base: NDArray[np.uint8], radius: int, block: int = _BLOCK) -> Neighbours:
    """All rows of the base within a Hamming distance of each query.

    Args:
        queries: (N, B) uint8 bits.
        base: (M, B) uint8 bits.
        radius: Largest distance, inclusive.
        block: Queries searched at once, which bounds the memory.
    """
    import faiss

    if not len(queries) or not len(base):
        return _none()
    index = faiss.IndexBinaryFlat(8 * base.shape[1])
    index.add(np.ascontiguousarray(base))
    parts = []
    for start in range(0, len(queries), block):
        # faiss takes the radius as exclusive.
        limits, distances, found = index.range_search(np.ascontiguousarray(queries[start : start + block]), radius + 1)
        rows = start + np.repeat(np.arange(len(limits) - 1), np.diff(np.asarray(limits, np.int64)).astype(np.int64))
        parts.append((rows, found, distances))
    rows, found, distances = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Neighbours(rows.astype(np.int64), found.astype(np.int64), distances.astype(np.float32))


def _none() -> Neighbours:
    return Neighbours(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
