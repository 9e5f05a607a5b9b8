"""The measures, on rankings that can be worked out by hand, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from core.evaluation.measures import average_precision, judge, merged, precision_recall


def places(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_average_precision_by_hand() -> None:
    assert average_precision(np.array([True, False, True, False]), 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([False, True]), 4) == pytest.approx(1 / 8)
    assert average_precision(np.array([False, False]), 1) == 0


def test_recall_and_first_place() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.1, 0.2, 0.3]], np.float32)

    judged = judge(scores, [places(0), places(0)], [places(), places()])

    assert judged.first.tolist() == [0, 2]
    assert judged.recall_at(1) == 0.5
    assert judged.recall_at(3) == 1


def test_junk_counts_neither_way() -> None:
    scores = np.array([[0.9, 0.8, 0.7]], np.float32)

    judged = judge(scores, [places(1)], [places(0)])

    assert judged.first.tolist() == [0]
    assert judged.precisions.tolist() == [1.0]
    assert len(judged.scores) == 2


def test_what_is_not_ranked_is_not_found() -> None:
    scores = np.array([[0.9, -np.inf]], np.float32)

    judged = judge(scores, [places(1)], [places()])

    assert judged.recall_at(1000) == 0
    assert judged.precisions.tolist() == [0.0]


def test_micro_average_precision_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 30, (20, 40)).astype(np.float32)
    right = [np.sort(rng.choice(40, 3, replace=False)) for _ in range(20)]
    flags = np.zeros((20, 40), bool)
    for row, good in zip(flags, right, strict=True):
        row[good] = True

    area, curve = precision_recall(judge(scores, right, [places()] * 20))

    assert area == pytest.approx(average_precision_score(flags.ravel(), scores.ravel()))
    assert curve[-1].recall == 1
    assert [point.recall for point in curve] == sorted(point.recall for point in curve)


def test_a_ranking_in_parts_is_the_same_as_in_one() -> None:
    rng = np.random.default_rng(4)
    scores = rng.random((6, 9), np.float32)
    right = [places(row) for row in range(6)]
    whole = judge(scores, right, [places()] * 6)

    parts = merged([judge(scores[part], right[part], [places()] * 3) for part in (slice(0, 3), slice(3, 6))])

    assert precision_recall(parts) == precision_recall(whole)
    np.testing.assert_array_equal(parts.precisions, whole.precisions)
