"""Two colour scales that people with colour blindness can read, and that stay ordered in gray.

The stops approximate viridis (for distances) and inferno (for heat maps), the scales that S. van der
Walt and N. Smith designed for matplotlib in 2015 and gave to the public domain; between the stops the
colours are interpolated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_VIRIDIS = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 74, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (109, 205, 89),
    (180, 222, 44),
    (253, 231, 37),
)
_INFERNO = (
    (0, 0, 4),
    (31, 12, 72),
    (85, 15, 109),
    (136, 34, 106),
    (186, 54, 85),
    (227, 89, 51),
    (249, 140, 10),
    (249, 201, 50),
    (252, 255, 164),
)


def _interpolate(values: ArrayLike, stops: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    shares = np.nan_to_num(np.clip(np.asarray(values, np.float64), 0.0, 1.0), nan=1.0)
    table = np.array(stops, np.float64)
    places = np.linspace(0.0, 1.0, len(table))
    channels = [np.interp(shares, places, table[:, channel]) for channel in range(3)]
    return np.asarray(np.stack(channels, axis=-1).round(), np.uint8)


def viridis(values: ArrayLike) -> NDArray[np.uint8]:
    """Colours from dark violet at 0 through green to yellow at 1.

    Args:
        values: Any shape; clipped to [0, 1], NaN counts as 1.

    Returns:
        uint8 RGB with one more axis of length 3.
    """
    return _interpolate(values, _VIRIDIS)


def inferno(values: ArrayLike) -> NDArray[np.uint8]:
    """Colours from black at 0 through red to pale yellow at 1.

    Args:
        values: Any shape; clipped to [0, 1], NaN counts as 1.

    Returns:
        uint8 RGB with one more axis of length 3.
    """
    return _interpolate(values, _INFERNO)


def of_residuals(distances: ArrayLike, top: float) -> NDArray[np.uint8]:
    """The colour of a match by how far it is from agreeing: bright where exact, dark violet at `top`.

    Args:
        distances: (N,) pixels, NaN where unknown.
        top: The distance at the dark end, in pixels.

    Returns:
        (N, 3) uint8 RGB.
    """
    return viridis(1.0 - np.nan_to_num(np.asarray(distances, np.float64), nan=top) / max(top, 1e-9))


def round_top(distances: ArrayLike) -> float:
    """A round number that 98 in 100 distances stay under, for the end of a scale.

    Args:
        distances: (N,) pixels; NaN is passed over.

    Returns:
        1, 2 or 5 times a power of ten, at least 1.
    """
    known = np.asarray(distances, np.float64)
    known = known[np.isfinite(known)]
    wanted = max(1.0, float(np.percentile(known, 98)) if known.size else 1.0)
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= wanted * (1 - 1e-9)))
