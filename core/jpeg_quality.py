"""At what quality a JPEG was written, told from its quantisation tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

# fmt: off
_STANDARD_LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)
# fmt: on
"""The luminance table of ITU T.81, Annex K.1, which encoders scale by their quality."""


def jpeg_quality(tables: Mapping[int, Sequence[int]]) -> int:
    """The quality at which the reference encoder would have written tables most like these, from 1 to 100.

    Args:
        tables: Quantisation tables by number, 64 values each in any order; the first is that of luminance.
    """
    values = np.sort(np.asarray(tables[min(tables)], np.int64))
    return int(np.abs(_sorted_tables() - values).sum(axis=1).argmin()) + 1


@cache
def _sorted_tables() -> NDArray[np.int64]:
    """(100, 64) int64: the luminance tables of the reference encoder for the qualities from 1 to 100, sorted."""
    quality = np.arange(1, 101)[:, None]
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables = (np.asarray(_STANDARD_LUMINANCE, np.int64) * scale + 50) // 100
    return np.sort(np.clip(tables, 1, 255), axis=1)
