"""The first pictures of a ranking in another order: by how many keypoints agree, or how equal the pixels are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.features.base import Pixels
from core.images import load
from core.keypoint_matchers import Matcher
from core.matching import MatchingOptions
from core.pixel_measures import PixelMeasures, measure
from core.records import ImageError
from core.retrieval.gallery import Gallery, Query
from core.retrieval.rankers import Ranker
from core.retrieval.specification import Step
from core.retrieval.steps import MATCHED_BY, VERIFIER
from core.retrieval.verification import Verifier, inliers

_Floats = NDArray[np.float32]

_SIDE = 256
_PICTURES = 600


class _Reranker:
    """Puts the first pictures of a ranking into another order, which a subclass decides."""

    def __init__(self, inner: Ranker, gallery: Gallery, count: int) -> None:
        self._inner = inner
        self._gallery = gallery
        self._count = count
        self.bytes_per_picture = inner.bytes_per_picture

    def scores(self, queries: Sequence[Query]) -> _Floats:
        """See ``Ranker``; below 0 are pictures that were not looked at again."""
        scores = self._inner.scores(queries)
        highest = np.where(np.isfinite(scores), scores, 0).max(axis=1, keepdims=True)
        result = np.asarray(scores - highest - 1, np.float32)
        for query, row, before in zip(queries, result, scores, strict=True):
            first = np.argsort(-before, kind="stable")[: self._count]
            first = first[np.isfinite(before[first])]
            # Of equals the one that came before stays before.
            row[first] = self._judged(query, first.tolist()) + 1e-3 * (1 - np.arange(len(first)) / self._count)
        return result

    def _judged(self, query: Query, places: Sequence[int]) -> _Floats:
        """(K,) float32, at least 0, larger is closer."""
        raise NotImplementedError


class KeypointReranker(_Reranker):
    """The most verified keypoints first."""

    def __init__(self, inner: Ranker, gallery: Gallery, step: Step) -> None:
        super().__init__(inner, gallery, step.count)
        method, matcher = MATCHED_BY.get(step.info.name, (step.info.name, Matcher.BRUTE_FORCE))
        self._verifier = Verifier(gallery, method, MatchingOptions(matcher=matcher))

    def _judged(self, query: Query, places: Sequence[int]) -> _Floats:
        return inliers(self._verifier.evidence(query, places))


class PixelReranker(_Reranker):
    """The most equal pixels first, after keypoints have laid the pictures over each other where they can."""

    def __init__(self, inner: Ranker, gallery: Gallery, step: Step) -> None:
        super().__init__(inner, gallery, step.count)
        self._verifier = Verifier(gallery, VERIFIER)
        self._measure = step.info.name

    def _judged(self, query: Query, places: Sequence[int]) -> _Floats:
        evidence = self._verifier.evidence(query, places)
        homographies = [one.homography if one.accepted else None for one in evidence]
        pairs = zip(places, homographies, strict=True)
        return np.array([self._value(query, place, homography) for place, homography in pairs], np.float32)

    def _value(self, query: Query, place: int, homography: NDArray[np.float64] | None) -> float:
        content = self._gallery.contents[place]
        if query.path is None:
            return 0.0
        try:
            first, second = _pixels(query.path), _pixels(self._gallery.paths[place])
        except ImageError:
            return 0.0  # Gone since it was described; it stays where the ranking before had it.
        return _closeness(
            measure(first, second, homography, query.size, (content.width, content.height)), self._measure
        )


def _closeness(measures: PixelMeasures, name: str) -> float:
    """A measure as a number in [0, 1], larger is closer."""
    if name == "ssim":
        return (1 + measures.ssim) / 2
    return 1 / (1 + measures.mse) if name == "mse" else measures.psnr / 100


@lru_cache(maxsize=_PICTURES)
def _pixels(path: Path) -> Pixels:
    return load(path, _SIDE).pixels
