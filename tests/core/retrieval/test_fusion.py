"""Fusion by rank and by scores."""

from __future__ import annotations

import numpy as np
import pytest

from core.retrieval.fusion import reciprocal_rank, sum_of_scores

FIRST = np.array([[0.9, 0.5, 0.1]], np.float32)
SECOND = np.array([[10.0, 30.0, 20.0]], np.float32)


def test_reciprocal_ranks_by_hand() -> None:
    fused = reciprocal_rank([FIRST, SECOND])

    np.testing.assert_allclose(
        fused, [[60 / 2 * (1 / 60 + 1 / 62), 60 / 2 * (1 / 61 + 1 / 60), 30 * (1 / 62 + 1 / 61)]]
    )
    assert fused.argmax() == 1


def test_what_all_put_first_scores_one() -> None:
    assert reciprocal_rank([FIRST, FIRST]).max() == pytest.approx(1)


def test_what_is_not_ranked_counts_nothing() -> None:
    unranked = np.array([[-np.inf, -np.inf, 1.0]], np.float32)

    assert np.isfinite(reciprocal_rank([FIRST, unranked])).all()
    assert np.isfinite(sum_of_scores([FIRST, unranked])).all()
    assert reciprocal_rank([FIRST, unranked]).argmax() == 2


def test_sums_do_not_depend_on_scales() -> None:
    np.testing.assert_allclose(
        sum_of_scores([FIRST, SECOND]), sum_of_scores([100 * FIRST - 7, 0.001 * SECOND]), atol=1e-4
    )


def test_equal_scores_share_a_rank() -> None:
    fused = reciprocal_rank([np.array([[1.0, 1.0, 0.0]], np.float32)])

    assert fused[0, 0] == fused[0, 1] > fused[0, 2]
