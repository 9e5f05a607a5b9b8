"""dHash: which of 8 x 8 cells are brighter than the one to their left (Krawetz 2013)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._hash_bits import SIDE, BitHash, hash_info, tiny_gray
from core.features.base import MethodInfo, Pixels


class DifferenceHash(BitHash):
    """dHash, 64 bits."""

    info: ClassVar[MethodInfo] = hash_info(
        "difference-hash",
        "Difference hash (dHash)",
        "Krawetz, Kind of Like That, The Hacker Factor Blog 2013",
    )

    def bits(self, pixels: Pixels) -> NDArray[np.bool_]:
        """(8, 8) bool, whether a cell is brighter than its left neighbour."""
        gray = tiny_gray(pixels, SIDE + 1, SIDE)
        return gray[:, 1:] > gray[:, :-1]
