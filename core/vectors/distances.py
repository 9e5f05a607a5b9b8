"""The metrics that methods name, for many descriptors at once.

Every metric is given as a similarity, larger is closer. Histograms come as the square roots of their shares
(see ``core.features.base.Metric``) and are squared here before they are compared.

Correlation, chi-square, intersection and Bhattacharyya are those of OpenCV's ``compareHist`` on histograms
whose sum is 1, with distances d given as 1 - d. Chi-square is the symmetric form of Puzicha (1997), which
lies in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.features.base import Metric

_Vectors = NDArray[np.float32] | NDArray[np.uint8]
_Floats = NDArray[np.float32]

_BLOCK = 32_000_000
"""Numbers held at once by the metrics that compare element by element."""


def similarities(metric: Metric, queries: _Vectors, base: _Vectors) -> _Floats:
    """Compare every query with every descriptor of the base.

    Args:
        metric: How; the one the method names.
        queries: (Q, D) descriptors of one method.
        base: (N, D) descriptors of the same method.

    Returns:
        (Q, N) float32, larger is closer. Cosine and correlation lie in [-1, 1], minus the distance is at most
        0 for L2, all others lie in [0, 1].
    """
    return np.asarray(_METRICS[metric](queries, base), np.float32)


def _cosine(queries: _Vectors, base: _Vectors) -> _Floats:
    return _unit(queries) @ _unit(base).T


def _unit(vectors: _Vectors) -> _Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _l2(queries: _Vectors, base: _Vectors) -> _Floats:
    first, second = np.asarray(queries, np.float32), np.asarray(base, np.float32)
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2 * first @ second.T
    return np.asarray(-np.sqrt(np.maximum(squares, 0)), np.float32)


def _hamming(queries: _Vectors, base: _Vectors) -> _Floats:
    bits = 8 * queries.shape[1]
    differing = _by_element(_differing_bits, np.asarray(queries, np.uint8), np.asarray(base, np.uint8))
    return np.asarray(1 - differing / bits, np.float32)


def _differing_bits(query: _Vectors, base: _Vectors) -> _Floats:
    differing = np.bitwise_xor(query, base, dtype=np.uint8)
    return np.asarray(np.bitwise_count(differing).sum(axis=-1, dtype=np.int32), np.float32)


def _correlation(queries: _Vectors, base: _Vectors) -> _Floats:
    return _unit(_centred(queries)) @ _unit(_centred(base)).T


def _centred(roots: _Vectors) -> _Floats:
    shares = _shares(roots)
    return np.asarray(shares - shares.mean(axis=1, keepdims=True), np.float32)


def _shares(roots: _Vectors) -> _Floats:
    """(N, D) float32, the histograms whose square roots are given."""
    return np.asarray(np.square(roots, dtype=np.float32), np.float32)


def _chi_square(queries: _Vectors, base: _Vectors) -> _Floats:
    return 1 - _by_element(_chi_square_distance, _shares(queries), _shares(base))


def _chi_square_distance(query: _Vectors, base: _Vectors) -> _Floats:
    both = np.maximum(query + base, 1e-12)
    return np.asarray(0.5 * (np.square(query - base) / both).sum(axis=-1), np.float32)


def _intersection(queries: _Vectors, base: _Vectors) -> _Floats:
    return _by_element(_common_share, _shares(queries), _shares(base))


def _common_share(query: _Vectors, base: _Vectors) -> _Floats:
    return np.asarray(np.minimum(query, base).sum(axis=-1), np.float32)


def _bhattacharyya(queries: _Vectors, base: _Vectors) -> _Floats:
    return np.asarray(1 - np.sqrt(np.maximum(1 - _cosine(queries, base), 0)), np.float32)


def _by_element(compare: Callable[[_Vectors, _Vectors], _Floats], queries: _Vectors, base: _Vectors) -> _Floats:
    """Compare row by row, in blocks of the base that fit into memory."""
    rows = max(1, _BLOCK // max(1, base.shape[1]))
    result = np.empty((len(queries), len(base)), np.float32)
    for start in range(0, len(base), rows):
        part = base[start : start + rows]
        for index, query in enumerate(queries):
            result[index, start : start + rows] = compare(query, part)
    return result


_METRICS: Mapping[Metric, Callable[[_Vectors, _Vectors], _Floats]] = {
    Metric.COSINE: _cosine,
    Metric.HAMMING: _hamming,
    Metric.L2: _l2,
    Metric.CORRELATION: _correlation,
    Metric.CHI_SQUARE: _chi_square,
    Metric.INTERSECTION: _intersection,
    Metric.BHATTACHARYYA: _bhattacharyya,
}
