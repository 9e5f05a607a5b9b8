"""Keypoints as the second opinion on a ranking: how many of its first pictures geometry confirms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.features import registry
from core.features.base import Keypoints
from core.matching import MatchingOptions, View, verify
from core.records import Evidence
from core.retrieval.gallery import Gallery, Query

_NOTHING = "was not described"


class Verifier:
    """Verifies pictures of a gallery against queries.

    Args:
        gallery: Described by the method.
        method: A local method.
        options: How strict matching is; None for the default.
    """

    def __init__(self, gallery: Gallery, method: str, options: MatchingOptions | None = None) -> None:
        self._gallery = gallery
        self._method = method
        self._options = options or MatchingOptions()
        self._metric = registry.methods()[method].metric

    def evidence(self, query: Query, places: Sequence[int]) -> list[Evidence]:
        """What ties the query to each of some pictures, the query being A."""
        first = self._view(query.size, query.keypoints(self._method))
        return [self._against(first, place) for place in places]

    def _against(self, first: View, place: int) -> Evidence:
        keypoints = self._gallery.keypoints(self._method, place)
        if keypoints is None:
            return Evidence(reason=_NOTHING)
        content = self._gallery.contents[place]
        # The estimators draw at random; the same pair has to get the same answer every time.
        return verify(first, self._view((content.width, content.height), keypoints), self._options)

    def _view(self, size: tuple[int, int], keypoints: Keypoints) -> View:
        return View(size[0], size[1], keypoints, self._metric, self._method)


def inliers(found: Sequence[Evidence]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """(N,) float32, how many keypoints agree, 0 where the evidence was rejected."""
    return np.array([one.inlier_count if one.accepted else 0 for one in found], np.float32)
