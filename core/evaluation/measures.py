"""Measures of a ranking against the truth.

Pictures that count neither way (junk, and the query itself) are taken out of a ranking first. Equal scores keep the
order of the gallery, which knows nothing of the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.values import CurvePoint

_Floats = NDArray[np.float32]

_CURVE_POINTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The rankings of some queries against the truth.

    Attributes:
        first: (Q,) int64, place of the first right picture from 0; very large where none was ranked.
        precisions: (Q,) float64, average precision of each query.
        scores: (P,) float32, the scores of all pairs that count.
        right: (P,) bool, which of them are right.
        total: Right pairs there are, ranked or not.
    """

    first: NDArray[np.int64]
    precisions: NDArray[np.float64]
    scores: _Floats
    right: NDArray[np.bool_]
    total: int

    def recall_at(self, count: int) -> float:
        """Share of queries with a right picture among the first ``count``."""
        return float((self.first < count).mean()) if len(self.first) else 0.0


NEVER = np.iinfo(np.int64).max


def judge(scores: _Floats, right: Sequence[NDArray[np.int64]], ignored: Sequence[NDArray[np.int64]]) -> Judged:
    """Hold rankings against the truth.

    Args:
        scores: (Q, N) float32, larger is closer; minus infinity for what is not ranked.
        right: For each query the places of its right pictures, at least one.
        ignored: For each query the places that count neither way.
    """
    first, precisions, pooled, flags = [], [], [], []
    for row, good, junk in zip(scores, right, ignored, strict=True):
        counted = np.isfinite(row)
        counted[junk] = False
        places = np.flatnonzero(counted)
        order = places[np.argsort(-row[places], kind="stable")]
        hits = np.isin(order, good)
        ranks = np.flatnonzero(hits)
        first.append(int(ranks[0]) if len(ranks) else NEVER)
        precisions.append(average_precision(hits, len(good)))
        pooled.append(row[order])
        flags.append(hits)
    return Judged(
        np.array(first, np.int64),
        np.array(precisions, np.float64),
        np.concatenate([np.zeros(0, np.float32), *pooled]),
        np.concatenate([np.zeros(0, np.bool_), *flags]),
        sum(map(len, right)),
    )


def merged(parts: Sequence[Judged]) -> Judged:
    """Several parts of one evaluation as one."""
    return Judged(
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.precisions for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.right for part in parts]),
        sum(part.total for part in parts),
    )


def average_precision(hits: NDArray[np.bool_], total: int) -> float:
    """The mean of the precisions at the places of the right ones; those that are not ranked count 0.

    Args:
        hits: (K,) bool, which places of a ranking are right, best first.
        total: Right ones there are.
    """
    ranks = np.flatnonzero(hits)
    return float((np.arange(1, len(ranks) + 1) / (ranks + 1)).sum() / total) if total else 0.0


def precision_recall(judged: Judged) -> tuple[float, tuple[CurvePoint, ...]]:
    """The average precision of all pairs in one ranking, and its curve.

    Equal scores share one point: a threshold accepts all of them or none.
    """
    if not judged.total or not len(judged.scores):
        return 0.0, ()
    order = np.argsort(-judged.scores, kind="stable")
    scores = judged.scores[order]
    last_of_equals = np.flatnonzero(np.r_[scores[1:] != scores[:-1], True])
    found = np.cumsum(judged.right[order])[last_of_equals]
    precision = found / (last_of_equals + 1)
    recall = found / judged.total
    area = float((np.diff(recall, prepend=0.0) * precision).sum())
    return area, _thinned(recall, precision, scores[last_of_equals])


def _thinned(recall: NDArray[np.float64], precision: NDArray[np.float64], scores: _Floats) -> tuple[CurvePoint, ...]:
    """At most 200 points, spread evenly over the recall."""
    wanted = np.searchsorted(recall, np.linspace(recall[0], recall[-1], _CURVE_POINTS))
    chosen = np.unique(np.minimum(wanted, len(recall) - 1))
    return tuple(
        CurvePoint(round(float(recall[place]), 5), round(float(precision[place]), 5), float(scores[place]))
        for place in chosen
    )
