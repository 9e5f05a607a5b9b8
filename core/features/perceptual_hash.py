"""pHash: which of the 8 x 8 lowest frequencies of a 32 x 32 picture are above their median (Zauner 2010)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._hash_bits import SIDE, BitHash, hash_info, tiny_gray
from core.features.base import MethodInfo, Pixels

_GRAY_SIDE = 32


def _cosines() -> NDArray[np.float64]:
    """(8, 32) float64, the cosines of frequencies 0 to 7, all of the same weight."""
    position = 2 * np.arange(_GRAY_SIDE) + 1
    return np.asarray(2 * np.cos(np.pi / (2 * _GRAY_SIDE) * np.arange(SIDE)[:, None] * position), np.float64)


_DCT = _cosines()


class PerceptualHash(BitHash):
    """pHash, 64 bits."""

    info: ClassVar[MethodInfo] = hash_info(
        "perceptual-hash",
        "Perceptual hash (pHash)",
        "Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010",
    )

    def bits(self, pixels: Pixels) -> NDArray[np.bool_]:
        """(8, 8) bool, whether a frequency, from low to high, is above the median."""
        gray = tiny_gray(pixels, _GRAY_SIDE, _GRAY_SIDE).astype(np.float64)
        # Frequencies a picture does not have come out as rounding errors: call them the zeros they are.
        spectrum = (_DCT @ gray @ _DCT.T).round(6)
        return np.asarray(spectrum > np.median(spectrum))
