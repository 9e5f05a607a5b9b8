"""The windows over which a picture is described beside the whole of it.

As in R-MAC (Tolias 2016) regions are pooled from one feature map, so that they cost next to nothing. Windows
are shares of the picture; a cell of the feature map that a window cuts counts by the share inside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""left, top, right, bottom as shares of width and height."""


def _windows(lows: tuple[float, ...], length: float) -> tuple[tuple[float, float], ...]:
    return tuple((low, low + length) for low in lows)


def _products(across: tuple[tuple[float, float], ...], down: tuple[tuple[float, float], ...]) -> tuple[Box, ...]:
    return tuple((left, top, right, bottom) for top, bottom in down for left, right in across)


_HALVES = _windows((0.0, 0.25, 0.5), 0.5)
_TWO_THIRDS = _windows((0.0, 1 / 3), 2 / 3)
_SMALL = _windows((0.0, 0.3, 0.6), 0.4)
_WHOLE = ((0.0, 1.0),)

REGIONS: tuple[Box, ...] = (
    *_products(_TWO_THIRDS, _TWO_THIRDS),
    *_products(_HALVES, _HALVES),
    *_products(_HALVES, _WHOLE),
    *_products(_WHOLE, _HALVES),
    *_products(_SMALL, _SMALL),
)
"""4 windows of 2/3 side, 9 of 1/2 side, 3 upright and 3 lying halves, 9 windows of 0.4 side."""


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)


def best_region(box: Box, least: float = 0.45) -> int | None:
    """The region that fits a box best; None where the whole picture fits better or nothing fits."""
    fits = [overlap(box, region) for region in REGIONS]
    best = int(np.argmax(fits))
    return best if fits[best] >= max(least, overlap(box, (0.0, 0.0, 1.0, 1.0))) else None


def region_array() -> NDArray[np.float32]:
    """(R, 4) float32, the regions as left, top, right, bottom."""
    return np.array(REGIONS, np.float32)
