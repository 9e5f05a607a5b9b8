"""Every metric agrees with a plain one, and puts the same picture first."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Metric
from core.vectors import distances
from core.vectors.distances import similarities

HISTOGRAM_METRICS = (Metric.CORRELATION, Metric.CHI_SQUARE, Metric.INTERSECTION, Metric.BHATTACHARYYA)


def roots(count: int, seed: int = 0) -> NDArray[np.float32]:
    shares = np.random.default_rng(seed).dirichlet(np.full(40, 0.3), count)
    return np.sqrt(shares).astype(np.float32)


@pytest.mark.parametrize(
    ("metric", "opencv", "sign", "offset"),
    [
        (Metric.CORRELATION, cv2.HISTCMP_CORREL, 1, 0),
        (Metric.INTERSECTION, cv2.HISTCMP_INTERSECT, 1, 0),
        (Metric.BHATTACHARYYA, cv2.HISTCMP_BHATTACHARYYA, -1, 1),
        (Metric.CHI_SQUARE, cv2.HISTCMP_CHISQR_ALT, -0.25, 1),
    ],
)
def test_histogram_metrics_are_those_of_opencv(metric: Metric, opencv: int, sign: float, offset: float) -> None:
    queries, base = roots(5), roots(9, seed=1)
    theirs = [[cv2.compareHist(query**2, other**2, opencv) for other in base] for query in queries]
    expected = offset + sign * np.array(theirs)
    np.testing.assert_allclose(similarities(metric, queries, base), expected, atol=2e-4)


@pytest.mark.parametrize("metric", [metric for metric in Metric if metric is not Metric.HAMMING])
def test_a_descriptor_is_closest_to_itself(metric: Metric) -> None:
    base = roots(30)
    found = similarities(metric, base, base)
    assert found.dtype == np.float32
    assert found.argmax(axis=1).tolist() == list(range(30))
    np.testing.assert_allclose(np.diag(found), 0 if metric is Metric.L2 else 1, atol=2e-3)


def test_hamming_is_the_share_of_equal_bits() -> None:
    rng = np.random.default_rng(3)
    queries, base = rng.integers(0, 256, (4, 32), np.uint8), rng.integers(0, 256, (6, 32), np.uint8)
    differing = [[np.unpackbits(query ^ other).sum() for other in base] for query in queries]
    np.testing.assert_allclose(similarities(Metric.HAMMING, queries, base), 1 - np.array(differing) / 256, atol=1e-6)


def test_l2_is_minus_the_distance_also_of_bytes() -> None:
    rng = np.random.default_rng(4)
    queries, base = rng.integers(0, 256, (4, 128), np.uint8), rng.integers(0, 256, (6, 128), np.uint8)
    expected = -np.linalg.norm(queries[:, None].astype(float) - base[None], axis=2)
    np.testing.assert_allclose(similarities(Metric.L2, queries, base), expected, rtol=1e-4)


@pytest.mark.parametrize("metric", HISTOGRAM_METRICS)
def test_working_in_blocks_changes_nothing(metric: Metric, monkeypatch: pytest.MonkeyPatch) -> None:
    queries, base = roots(3), roots(17, seed=1)
    whole = similarities(metric, queries, base)
    monkeypatch.setattr(distances, "_BLOCK", 200)
    np.testing.assert_allclose(similarities(metric, queries, base), whole, atol=1e-6)


@pytest.mark.parametrize("metric", list(Metric))
def test_an_empty_base_has_no_matches(metric: Metric) -> None:
    kind = np.uint8 if metric is Metric.HAMMING else np.float32
    assert similarities(metric, np.ones((2, 8), kind), np.ones((0, 8), kind)).shape == (2, 0)


def test_a_descriptor_of_nothing_is_like_nothing() -> None:
    nothing = np.zeros((1, 40), np.float32)
    assert similarities(Metric.COSINE, nothing, roots(3)).tolist() == [[0, 0, 0]]
