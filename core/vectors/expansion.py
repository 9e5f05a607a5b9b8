"""Query expansion: a query learns from what it found first, and a library from its own neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]

_ALPHA = 3.0
_DAMPING = 0.9
_STEPS = 20
_MOST_IN_GRAPH = 20_000


def expand(
    queries: _Floats,
    base: _Floats,
    nearest: NDArray[np.int64],
    weights: _Floats,
) -> _Floats:
    """Average each query with neighbours: weights of 1 are average query expansion (Chum 2007).

    Args:
        queries: (Q, D) float32 of unit norm.
        base: (N, D) float32 of unit norm.
        nearest: (Q, K) int64, rows of the base; -1 for none.
        weights: (Q, K) float32, how much each neighbour counts; the query itself counts 1.

    Returns:
        (Q, D) float32 of unit norm.
    """
    counted = np.where(nearest >= 0, weights, 0)
    pulled = np.einsum("qk,qkd->qd", counted, base[np.maximum(nearest, 0)])
    return _unit(queries + np.asarray(pulled, np.float32))


def alpha_weights(similarities: _Floats) -> _Floats:
    """Weights of neighbours that fall with their similarity, to the power of 3 (Radenovic 2018)."""
    return np.asarray(np.maximum(similarities, 0) ** _ALPHA, np.float32)


def augment(base: _Floats, count: int) -> _Floats:
    """Average every descriptor of a library with its neighbours (Turcot and Lowe 2009), weighted by alpha.

    Args:
        base: (N, D) float32 of unit norm.
        count: Neighbours of each, itself not counted.

    Returns:
        (N, D) float32 of unit norm.
    """
    import faiss

    wanted = min(count + 1, len(base))
    values, nearest = faiss.knn(base, base, wanted, metric=faiss.METRIC_INNER_PRODUCT)
    itself = nearest == np.arange(len(base))[:, None]
    weights = np.where(itself, 0, alpha_weights(np.asarray(values, np.float32)))
    return expand(base, base, np.asarray(nearest, np.int64), np.asarray(weights, np.float32))


class Diffusion:
    """Ranks by a random walk on the graph of mutual neighbours (Zhou 2003, Iscen 2017).

    Args:
        base: (N, D) float32 of unit norm.
        count: Neighbours of each picture in the graph, and of a query at its start.

    Raises:
        ValueError: More descriptors than a walk is worth waiting for.
    """

    def __init__(self, base: _Floats, count: int) -> None:
        if len(base) > _MOST_IN_GRAPH:
            raise ValueError(f"diffusion is for {_MOST_IN_GRAPH:,} pictures at most, not {len(base):,}")
        self._base = base
        self._count = min(count, len(base))
        self._rows, self._links = _mutual_graph(base, self._count)

    @property
    def bytes_per_vector(self) -> float:
        """What the graph adds to each picture."""
        return float(8 * self._links.size / max(1, len(self._base)))

    def similarities(self, queries: _Floats) -> _Floats:
        """(Q, N) float32; pictures that the walk does not reach keep a hundredth of their cosine below the rest."""
        cosine = queries @ self._base.T
        start = _strongest(alpha_weights(cosine), self._count)
        walked = start
        for _ in range(_STEPS):
            walked = _DAMPING * self._spread(walked) + (1 - _DAMPING) * start
        reached = walked / np.maximum(walked.max(axis=1, keepdims=True), 1e-12)
        return np.asarray(0.99 * reached + 0.01 * cosine, np.float32)

    def _spread(self, values: _Floats) -> _Floats:
        """(Q, N), every picture gets the weighted sum of its mutual neighbours."""
        gathered = values[:, self._rows]
        return np.asarray(np.einsum("qnk,nk->qn", gathered, self._links), np.float32)


def _mutual_graph(base: _Floats, count: int) -> tuple[NDArray[np.int64], _Floats]:
    """(N, K) neighbours and (N, K) symmetrically normalised weights, 0 where only one sees the other."""
    import faiss

    values, nearest = faiss.knn(base, base, min(count + 1, len(base)), metric=faiss.METRIC_INNER_PRODUCT)
    nearest = np.asarray(nearest, np.int64)
    seen_back = (nearest[nearest] == np.arange(len(base))[:, None, None]).any(axis=2)
    itself = nearest == np.arange(len(base))[:, None]
    weights = np.where(seen_back & ~itself, alpha_weights(np.asarray(values, np.float32)), 0)
    degree = np.maximum(weights.sum(axis=1), 1e-12)
    normalised = weights / np.sqrt(degree[:, None] * degree[nearest])
    return nearest, np.asarray(normalised, np.float32)


def _strongest(values: _Floats, count: int) -> _Floats:
    """The largest ``count`` values of each row; the rest are 0."""
    if count >= values.shape[1]:
        return values
    border = np.partition(values, -count, axis=1)[:, -count, None]
    return np.asarray(np.where(values >= border, values, 0), np.float32)


def _unit(vectors: _Floats) -> _Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
