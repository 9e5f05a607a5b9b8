"""Which pictures of a library a query may match: those of the same bytes, those of a near hash, the most alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog, Content
from core.describing import Described
from core.features import registry
from core.features.base import Metric
from core.features.pdq import ORIENTATIONS, Pdq
from core.frame_ranking import FrameRanking, LaterFrame
from core.ranking import Ranking, stored_method

_NEAR_HASH = 1 - 40 / 256


@dataclass(frozen=True, slots=True)
class Nominee:
    """One content that a query may match.

    Attributes:
        place: Its place among the contents.
        likeness: How alike the descriptors are, in [0, 1].
        later: The later frame of an animation that it may match, or None for the picture or its first frame.
    """

    place: int
    likeness: float
    later: LaterFrame | None = None


class Nominator:
    """Nominates by one descriptor, and by hashes in all orientations.

    Args:
        contents: The library.
        ranking: Ranks the contents by the descriptor.
        hashes: Ranks them by their PDQ hashes, or None where the descriptor stands alone.
        later: Ranks the later frames of animations, or None.
    """

    def __init__(
        self,
        contents: Sequence[Content],
        ranking: Ranking,
        hashes: Ranking | None,
        later: FrameRanking | None = None,
    ) -> None:
        self._contents = contents
        self._ranking = ranking
        self._hashes = hashes
        self._later = later
        self._place_of = {content.digest: place for place, content in enumerate(contents)}

    def nominate(self, query: Described, count: int) -> list[Nominee]:
        """The contents that a query may match, surest first.

        Args:
            query: The described query.
            count: How many the descriptor nominates, and how many the hashes do.
        """
        values = self._ranking.similarities(_feature(query, self._ranking))
        order = np.argsort(-values, kind="stable")[:count]
        places = [int(place) for place in self._ranking.places[order]]
        if self._hashes is not None:
            places = self._near(self._hashes, query, count) + places
        equal = self._place_of.get(query.digest)
        first = [] if equal is None else [equal]
        row_of = {int(place): row for row, place in enumerate(self._ranking.places)}
        found = [Nominee(place, self._likeness(values, row_of.get(place))) for place in dict.fromkeys(first + places)]
        return found if self._later is None else _with_later(found, self._later.nominate(query))

    def _near(self, hashes: Ranking, query: Described, count: int) -> list[int]:
        values = hashes.similarities(_feature(query, hashes))
        near = np.flatnonzero(values >= _NEAR_HASH)
        near = near[np.argsort(-values[near], kind="stable")][:count]
        return [int(place) for place in hashes.places[near]]

    def _likeness(self, values: NDArray[np.float32], row: int | None) -> float:
        if row is None:
            return 0.0
        value = float(values[row])
        # Minus a distance has no bound below; everything else has 1 for equal and lies in [-1, 1].
        return float(np.exp(value)) if self._ranking.info.metric is Metric.L2 else min(1.0, max(0.0, value))


def _with_later(found: Sequence[Nominee], later: Mapping[int, LaterFrame]) -> list[Nominee]:
    """Nominees by whichever frame is the likelier, and those after them that only later frames nominate."""
    merged = [
        Nominee(item.place, frame.likeness, frame)
        if (frame := later.get(item.place)) is not None and frame.likeness > item.likeness
        else item
        for item in found
    ]
    places = {item.place for item in found}
    return merged + [Nominee(place, frame.likeness, frame) for place, frame in later.items() if place not in places]


def orientation(catalog: Catalog, query: Described, content: Content, radius: int) -> tuple[int, bool] | None:
    """Quarter turns and mirroring that make the query look like a content, where their hashes are that near."""
    key = Pdq.info.key
    stored = next((data for _, data in catalog.features(key, [content.id])), None)
    if stored is None or key not in query.features:
        return None
    hashes = np.frombuffer(query.features[key][:-1], np.uint8).reshape(len(ORIENTATIONS), -1)
    apart = np.bitwise_count(hashes ^ np.frombuffer(stored, np.uint8)[: hashes.shape[1]]).sum(axis=1)
    best = int(apart.argmin())
    return ORIENTATIONS[best] if apart[best] <= radius else None


def _feature(query: Described, ranking: Ranking) -> bytes:
    return query.features[registry.methods()[stored_method(ranking.info.name)].key]
