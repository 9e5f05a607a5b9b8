"""Fusion of rankings: by rank, which needs no common scale, and by scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]

_RANK_OFFSET = 60.0
"""The k of Cormack 2009: how little the very first places count more than the next."""


def reciprocal_rank(rankings: Sequence[_Floats]) -> _Floats:
    """Reciprocal rank fusion (Cormack et al., SIGIR 2009).

    Args:
        rankings: (Q, N) float32 each, larger is closer; minus infinity for what is not ranked.

    Returns:
        (Q, N) float32 in [0, 1]: 1 for what all put first.
    """
    shares = [np.where(np.isfinite(scores), 1 / (_RANK_OFFSET + _ranks(scores)), 0) for scores in rankings]
    return np.asarray(sum(shares) * (_RANK_OFFSET / len(rankings)), np.float32)


def sum_of_scores(rankings: Sequence[_Floats]) -> _Floats:
    """The mean of scores, each ranking's brought to zero mean and unit deviation for every query (Fox 1994).

    Args:
        rankings: (Q, N) float32 each, larger is closer; minus infinity for what is not ranked counts as its lowest.

    Returns:
        (Q, N) float32.
    """
    return np.asarray(sum(_standardised(scores) for scores in rankings) / len(rankings), np.float32)


def _ranks(scores: _Floats) -> NDArray[np.int64]:
    """(Q, N) places from 0; equals share the best of their places, as none is before the other."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=1)
    starts = np.ones_like(ordered, bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.maximum.accumulate(np.where(starts, np.arange(scores.shape[1]), 0), axis=1)
    ranks = np.empty_like(places)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks.astype(np.int64)


def _standardised(scores: _Floats) -> _Floats:
    known = np.isfinite(scores)
    lowest = np.where(known, scores, np.inf).min(axis=1, keepdims=True)
    filled = np.where(known, scores, np.where(np.isfinite(lowest), lowest, 0))
    spread = filled.std(axis=1, keepdims=True)
    return np.asarray((filled - filled.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9), np.float32)
