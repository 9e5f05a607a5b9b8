"""Was a picture only enlarged? Then what it has more than a smaller copy is what enlarging puts between two pixels.

A picture is shrunk to the size of the smaller copy and enlarged again. What is lost on the way is compared with what
the smaller one would lose if it were treated alike: in photographs the two are of one order, as their detail goes on
at every scale (Field, 1987); in an enlargement hardly anything is lost.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels
from core.images import Limits, load

LEAST_FACTOR = 1.2
"""How much longer than another's the sides of a picture are before one can tell."""
_FACTORS = (1.2, 1.5, 2.0, 3.0)
_LEAST_DETAIL = (0.74, 0.67, 0.43, 0.36)
"""By factor, the least share of detail in photographs. Of 150, as they are and saved again at quality 75, five in 1,200
cases were taken for enlargements, all at 1.5; of those enlarged (linear, cubic, Lanczos; quality 75 to 95) all were
known at 2 and 3, 1,345 of 1,350 at 1.5, and half at 1.25."""
_SIDE = 2048
"""Pixels of the part in the middle that is looked at."""
_NOISE = 0.3


def is_enlarged(pixels: Pixels, factor: float) -> bool:
    """Whether a picture shows no more than a copy whose sides are shorter by a factor.

    A photograph that was never sharp shows no more than a smaller copy of it either.

    Args:
        pixels: (H, W, 3) uint8, the picture at full size.
        factor: Its sides over those of the copy, at least ``LEAST_FACTOR``.
    """
    luma = _middle(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)).astype(np.float32)
    small, lost = _shrunk(luma, factor)
    _, lost_by_small = _shrunk(small, factor)
    share = float(lost.std()) / (float(lost_by_small.std()) + _NOISE)
    return share < float(np.interp(factor, _FACTORS, _LEAST_DETAIL))


def fills(path: Path, sizes: tuple[tuple[int, int], ...], limits: Limits) -> int:
    """How many pixels the detail of a picture fills; runs in worker processes.

    Args:
        path: The file.
        sizes: Widths and heights of smaller copies.
        limits: What is too large to decode.

    Returns:
        The pixels of the smallest copy that shows as much, else its own.

    Raises:
        ImageError: The file cannot be read.
    """
    picture = load(path, None, limits)
    own = picture.width * picture.height
    for pixels in sorted(width * height for width, height in sizes):
        factor = (own / pixels) ** 0.5
        if factor >= LEAST_FACTOR and is_enlarged(picture.pixels, factor):
            return pixels
    return own


def _middle(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (side - _SIDE) // 2) for side in luma.shape)
    return luma[top : top + _SIDE, left : left + _SIDE]


def _shrunk(luma: NDArray[np.float32], factor: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A picture with sides shorter by a factor, and what of it is lost when that is enlarged again."""
    height, width = luma.shape
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)
    again = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return small, np.asarray(luma - again, np.float32)
