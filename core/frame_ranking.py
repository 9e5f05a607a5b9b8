"""Which animations of a library a query may be a later frame of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.animations import later_features
from core.catalog import Catalog, Content
from core.describing import Described
from core.features import registry
from core.features.base import Metric
from core.features.pdq import LEAST_QUALITY, ORIENTATIONS
from core.later_frames import FramePlace
from core.ranking import Ranking, stored_method
from core.vectors.distances import similarities

_NEAR_HASH = 1 - 40 / 256


@dataclass(frozen=True, slots=True)
class LaterFrame:
    """A later frame that a query may match.

    Attributes:
        place: Of the animation among the contents.
        frame: Which one, and its size.
        likeness: How alike the descriptors are, in [0, 1].
        orientation: Quarter turns and mirroring that make the query look like it, where hashes say so.
    """

    place: int
    frame: FramePlace
    likeness: float
    orientation: tuple[int, bool] | None = None


class FrameRanking:
    """Ranks the later frames of a library by one descriptor and by hashes; costs nothing where there are none.

    Args:
        catalog: Where the features are.
        contents: The library.
        ranking: Ranks its pictures.
        threshold: Least likeness that nominates a frame.
    """

    def __init__(self, catalog: Catalog, contents: Sequence[Content], ranking: Ranking, threshold: float) -> None:
        self._ranking = ranking
        self._threshold = threshold
        self._key = registry.methods()[stored_method(ranking.info.name)].key
        by_cosine = ranking.info.metric is Metric.COSINE
        self._frames = later_features(catalog, contents, ranking.info.name) if by_cosine else []
        self._base = ranking.vectors([data for _, _, data in self._frames]) if self._frames else None
        hashed = later_features(catalog, contents, "pdq")
        self._hashed = [item for item in hashed if item[2][-1] >= LEAST_QUALITY]

    def nominate(self, query: Described) -> dict[int, LaterFrame]:
        """The likeliest later frame of each animation that a query may match, by place."""
        best: dict[int, LaterFrame] = {}
        for item in (*self._near(query), *self._alike(query)):
            known = best.get(item.place)
            if known is None or (item.orientation is not None, item.likeness) > (
                known.orientation is not None,
                known.likeness,
            ):
                best[item.place] = item
        return best

    def _alike(self, query: Described) -> list[LaterFrame]:
        feature = query.features.get(self._key)
        if self._base is None or feature is None:
            return []
        values = similarities(self._ranking.metric, self._ranking.vectors([feature]), self._base)[0]
        return [
            LaterFrame(self._frames[row][0], self._frames[row][1], min(1.0, float(values[row])))
            for row in np.flatnonzero(values >= self._threshold).tolist()
        ]

    def _near(self, query: Described) -> list[LaterFrame]:
        feature = query.features.get(registry.methods()["pdq"].key)
        if not self._hashed or feature is None or feature[-1] < LEAST_QUALITY:
            return []
        turned = np.frombuffer(feature[:-1], np.uint8).reshape(len(ORIENTATIONS), -1)
        size = turned.shape[1]
        base = np.stack([np.frombuffer(data, np.uint8, size) for _, _, data in self._hashed])
        values = similarities(Metric.HAMMING, turned, base)
        best = values.argmax(axis=0)
        return [
            LaterFrame(*self._hashed[row][:2], float(values[best[row], row]), ORIENTATIONS[best[row]])
            for row in np.flatnonzero(values.max(axis=0) >= _NEAR_HASH).tolist()
        ]
