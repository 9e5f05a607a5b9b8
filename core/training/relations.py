"""Who shows whom in a batch, as arrays that the recipes work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.training.regions import best_region
from core.training.samples import Pair

_LEAST_AREA = 0.15
_FULL_AREA = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """What the copies of a batch show; N slots.

    Attributes:
        related: (N, N) bool, [copy, source]: the copy shows the source, however small.
        weights: (N, N) float32, [copy, source]: how much their whole descriptors shall agree, 0 to 1.
        copy_regions: (M, 3) int64, rows (copy, region of the copy, source) that show the same.
        source_regions: (K, 3) int64, rows (source, region of the source, copy) that show the same.
    """

    related: NDArray[np.bool_]
    weights: NDArray[np.float32]
    copy_regions: NDArray[np.int64]
    source_regions: NDArray[np.int64]


def _weight(area: float, composite: bool) -> float:
    """A picture that shares its frame with others can agree with each only as far as it fills the frame."""
    if not composite:
        return 1.0
    return min(1.0, area / _FULL_AREA) if area >= _LEAST_AREA else 0.0


def _rows(rows: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    return np.array(rows, np.int64).reshape(-1, 3)


def relate(pairs: Sequence[Pair]) -> Relations:
    """The relations of a batch."""
    count = len(pairs)
    related, weights = np.zeros((count, count), bool), np.zeros((count, count), np.float32)
    copy_rows: list[tuple[int, int, int]] = []
    source_rows: list[tuple[int, int, int]] = []
    for slot, pair in enumerate(pairs):
        related[slot, slot] = True
        for showing in pair.showings:
            related[slot, showing.source] = True
            weights[slot, showing.source] = _weight(showing.area, pair.composite)
            of_copy, of_source = best_region(showing.copy_box), best_region(showing.source_box)
            if of_copy is not None:
                copy_rows.append((slot, of_copy, showing.source))
            if of_source is not None and not pair.composite:
                source_rows.append((showing.source, of_source, slot))
    return Relations(related, weights, _rows(copy_rows), _rows(source_rows))
