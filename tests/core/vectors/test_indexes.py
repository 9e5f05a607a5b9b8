"""Compressed and accelerated search finds nearly what exact search finds, in the bytes that it says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.records import MethodError
from core.vectors.indexes import build_index

Floats = NDArray[np.float32]

INDEXES = [
    ("flat", 0, 512, 1.0),
    ("sq", 0, 128, 0.95),
    ("pq", 64, 64, 0.8),
    ("opq", 16, 16, 0.5),
    ("ivf", 8, 520, 0.9),
    ("ivf-pq", 64, 72, 0.7),
    ("hnsw", 32, 768, 0.98),
    ("binary", 128, 16, 0.4),
]


def clustered(count: int, width: int = 128, seed: int = 1) -> Floats:
    """Unit descriptors in 40 clusters, as those of real libraries are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(40, width))
    points = centres[rng.integers(0, 40, count)] + 0.7 * rng.normal(size=(count, width))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def base() -> Floats:
    return clustered(1500)


@pytest.mark.parametrize(("name", "parameter", "size", "least"), INDEXES)
def test_recall_and_size(name: str, parameter: int, size: float, least: float, base: Floats) -> None:
    queries = base[:60] + np.random.default_rng(2).normal(0, 0.01, (60, 128)).astype(np.float32)
    exact = np.argsort(-(queries @ base.T), axis=1)[:, :10]

    index = build_index(name, parameter, base)
    values, found = index.search(queries, 10)

    assert index.bytes_per_vector == size
    assert found.shape == values.shape == (60, 10)
    assert (np.diff(values, axis=1) <= 1e-6).all()
    recall = np.mean([len(np.intersect1d(ours, theirs)) / 10 for ours, theirs in zip(found, exact, strict=True)])
    assert recall >= least
    if name != "binary":
        assert (found[:, 0] == np.arange(60)).mean() > 0.9


@pytest.mark.parametrize("name", [row[0] for row in INDEXES])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_small_libraries(name: str, count: int) -> None:
    base = clustered(count, width=20)

    values, found = build_index(name, 8, base).search(base, 10)

    assert found.shape[0] == values.shape[0] == count
    assert set(found[found >= 0].tolist()) <= set(range(count))


def test_the_same_descriptors_give_the_same_index(base: Floats) -> None:
    for name, parameter in (("pq", 16), ("ivf", 4), ("binary", 64)):
        first, again = (build_index(name, parameter, base[:400]).search(base[:20], 5)[1] for _ in range(2))
        np.testing.assert_array_equal(first, again)


def test_an_index_nobody_knows_and_bits_that_do_not_fit() -> None:
    with pytest.raises(MethodError, match="no index 'lsh'"):
        build_index("lsh", 8, clustered(10))
    with pytest.raises(MethodError, match="multiple of 8"):
        build_index("binary", 12, clustered(10))
