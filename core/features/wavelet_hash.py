"""wHash: which of the 8 x 8 low-pass coefficients of the Haar wavelet are above their median (Petrov 2016).

The low-pass band of the Haar wavelet is the average over square blocks, but for a factor, so no wavelet
transform is needed. The usual removal of its very lowest frequency takes the average off all of them alike
and changes no bit.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._hash_bits import SIDE, BitHash, hash_info, tiny_gray
from core.features.base import MethodInfo, Pixels


class WaveletHash(BitHash):
    """wHash with the Haar wavelet, 64 bits."""

    info: ClassVar[MethodInfo] = hash_info(
        "wavelet-hash", "Wavelet hash (wHash)", "Petrov, Wavelet image hash in Python, 2016"
    )

    def bits(self, pixels: Pixels) -> NDArray[np.bool_]:
        """(8, 8) bool, whether a block is brighter than the median of the blocks."""
        power_of_two = 1 << (min(pixels.shape[:2]).bit_length() - 1)
        side = max(power_of_two, SIDE)
        gray = tiny_gray(pixels, side, side).astype(np.float64)
        blocks = gray.reshape(SIDE, side // SIDE, SIDE, side // SIDE).mean(axis=(1, 3))
        return np.asarray(blocks > np.median(blocks))
