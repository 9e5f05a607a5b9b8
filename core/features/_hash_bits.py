"""What the small perceptual hashes share: a tiny gray picture and the packing of bits.

Shrinking is Pillow's Lanczos, so that the hashes are bit for bit those that other programs store.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.features.base import Kind, MethodInfo, Metric, Pixels

SIDE = 8
"""Bits along each side of a hash: 64 in all."""


def hash_info(name: str, title: str, source: str) -> MethodInfo:
    """The info of a 64-bit hash."""
    return MethodInfo(
        name=name,
        version=1,
        kind=Kind.GLOBAL,
        title=title,
        source=source,
        dimension=SIDE * SIDE // 8,
        metric=Metric.HAMMING,
        side=512,
        bytes_per_image=SIDE * SIDE // 8,
        family="hash",
    )


class BitHash:
    """A hash of 8 x 8 bits."""

    info: ClassVar[MethodInfo]

    def describe(self, pixels: Pixels) -> NDArray[np.uint8]:
        """Hash a picture: (8,) uint8, row by row, the most significant bit first."""
        return np.packbits(self.bits(pixels))

    def bits(self, pixels: Pixels) -> NDArray[np.bool_]:
        """(8, 8) bool, the bits of a picture's hash."""
        raise NotImplementedError


def tiny_gray(pixels: Pixels, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width) uint8: the picture in gray, then shrunk (or enlarged) to that size."""
    gray = Image.fromarray(np.ascontiguousarray(pixels)).convert("L")
    return np.asarray(gray.resize((width, height), Image.Resampling.LANCZOS), np.uint8)
