"""What a decoder hands over, and the one road from there to upright sRGB pixels.

Shrinking comes before colour and orientation, since both cost by the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.averaging import average_to
from core.decoding.colour import to_srgb
from core.features.base import Pixels

_TURNS = {
    2: lambda pixels: cv2.flip(pixels, 1),
    3: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_180),
    4: lambda pixels: cv2.flip(pixels, 0),
    5: lambda pixels: cv2.transpose(pixels),
    6: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE),
    7: lambda pixels: cv2.flip(cv2.transpose(pixels), -1),
    8: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Decoded samples, before shrinking, colour management and orientation.

    Attributes:
        samples: uint8, alpha already blended: (H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK (0 is no ink).
        width: Stored width of the full-size picture.
        height: Stored height of the full-size picture.
        format: Name of the format.
        frames: 1 for a still picture.
        orientation: EXIF orientation still to be applied.
        profile: ICC profile of the samples, or None for sRGB.
        reduction: Decoded at 1/n of the full size, rounded up (JPEG).
    """

    samples: NDArray[np.uint8]
    width: int
    height: int
    format: str
    frames: int = 1
    orientation: int = 1
    profile: bytes | None = None
    reduction: int = 1

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the upright full-size picture."""
        turned = 5 <= self.orientation <= 8
        return (self.height, self.width) if turned else (self.width, self.height)


def develop(raster: Raster, side: int | None) -> Pixels:
    """Turn a raster into (H, W, 3) uint8 upright sRGB with a long side of at most ``side``."""
    width, height = target_size(raster.width, raster.height, side)
    samples = _resize(raster, width, height)
    if samples.ndim == 2:
        samples = cast(NDArray[np.uint8], cv2.cvtColor(samples, cv2.COLOR_GRAY2RGB))
    pixels = to_srgb(samples, raster.profile)
    if raster.orientation in _TURNS:
        pixels = cast(Pixels, _TURNS[raster.orientation](pixels))
    # What comes from Pillow is read-only.
    return np.require(pixels, requirements=["C", "W"])


def target_size(width: int, height: int, side: int | None) -> tuple[int, int]:
    """Width and height with a long side of at most ``side``, at least one pixel each; never larger."""
    long = max(width, height)
    if side is None or long <= side:
        return width, height
    return max(1, round(width * side / long)), max(1, round(height * side / long))


def shrink_to(samples: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Area-average to exactly ``width`` x ``height``, both at most those of ``samples``."""
    return average_to(samples, width, height)


def _resize(raster: Raster, width: int, height: int) -> NDArray[np.uint8]:
    n = raster.reduction
    if n == 1 or (raster.width % n == 0 and raster.height % n == 0):
        return shrink_to(raster.samples, width, height)
    # The last row and column of a reduced JPEG stand for less than n pixels. Taking the scale from the full
    # size keeps points exact; the surplus that this leaves at the right and bottom is cut off.
    across, down = width * n / raster.width, height * n / raster.height
    samples = cv2.resize(raster.samples, None, fx=across, fy=down, interpolation=cv2.INTER_AREA)
    return cast(NDArray[np.uint8], samples)[:height, :width]
