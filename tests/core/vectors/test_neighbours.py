"""Nearest descriptors are exactly those that comparing everything with everything would find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.vectors.neighbours import Neighbours, nearest_by_cosine, within_hamming


def unit(count: int, dimension: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pairs(found: Neighbours) -> set[tuple[int, int]]:
    return set(zip(found.queries.tolist(), found.found.tolist(), strict=True))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 50), st.integers(0, 5))
def test_the_most_similar_are_found_best_first(queries: int, base: int, count: int, seed: int) -> None:
    first, second = unit(queries, 16, seed), unit(base, 16, seed + 100)
    table = first @ second.T

    found = nearest_by_cosine(first, second, count)

    for query in range(queries):
        values = found.values[found.queries == query]
        best = np.sort(table[query])[::-1][: min(count, base)]
        assert np.allclose(values, best, atol=1e-5)
        assert (np.diff(values) <= 0).all()
    assert np.allclose(table[found.queries, found.found], found.values, atol=1e-5)


def test_nothing_below_the_threshold_is_found() -> None:
    first = unit(50, 8, 1)
    table = first @ first.T

    found = nearest_by_cosine(first, first, 50, 0.5)

    assert pairs(found) == {(int(row), int(column)) for row, column in zip(*np.nonzero(table >= 0.5), strict=True)}


@given(st.integers(0, 60), st.integers(1, 16), st.integers(0, 256), st.integers(0, 5))
def test_all_within_a_hamming_distance_are_found(count: int, block: int, radius: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, (count, 32)).astype(np.uint8)
    queries = base[: count // 2] ^ (rng.random((count // 2, 32)) < 0.1).astype(np.uint8)
    apart = np.bitwise_count(queries[:, None] ^ base[None]).sum(axis=2)

    found = within_hamming(queries, base, radius, block)

    expected = {(int(row), int(column)) for row, column in zip(*np.nonzero(apart <= radius), strict=True)}
    assert pairs(found) == expected
    assert np.array_equal(apart[found.queries, found.found], found.values)


@pytest.mark.parametrize(("queries", "base"), [(0, 5), (5, 0), (0, 0)])
def test_nothing_is_near_nothing(queries: int, base: int) -> None:
    assert len(nearest_by_cosine(unit(queries, 8, 1), unit(base, 8, 2), 3).queries) == 0
    bits = np.zeros((5, 4), np.uint8)
    assert len(within_hamming(bits[:queries], bits[:base], 3).queries) == 0
