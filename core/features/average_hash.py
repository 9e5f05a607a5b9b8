"""aHash: which of 8 x 8 cells are brighter than their average (Krawetz 2011)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._hash_bits import SIDE, BitHash, hash_info, tiny_gray
from core.features.base import MethodInfo, Pixels


class AverageHash(BitHash):
    """aHash, 64 bits."""

    info: ClassVar[MethodInfo] = hash_info(
        "average-hash", "Average hash (aHash)", "Krawetz, Looks Like It, The Hacker Factor Blog 2011"
    )

    def bits(self, pixels: Pixels) -> NDArray[np.bool_]:
        """(8, 8) bool, whether a cell is brighter than the average."""
        gray = tiny_gray(pixels, SIDE, SIDE)
        return np.asarray(gray > gray.mean())
