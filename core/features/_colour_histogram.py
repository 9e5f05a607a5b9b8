"""Joint histograms of three colour channels; the methods for single colour spaces share it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels


class ColourHistogram:
    """A joint histogram of a colour space of OpenCV, as the square roots of its shares.

    Args:
        conversion: OpenCV's code from RGB to the colour space, or None for RGB itself.
        bins: Bins of each channel.
        ranges: One past the largest value of each channel.
    """

    def __init__(self, conversion: int | None, bins: tuple[int, int, int], ranges: tuple[int, int, int]) -> None:
        self._conversion = conversion
        self._bins = list(bins)
        self._ranges = [float(bound) for limit in ranges for bound in (0, limit)]

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture.

        Returns:
            (D,) float32 of unit L2 norm, the last channel running fastest; its squares are the histogram,
            whose sum is 1.
        """
        converted = np.ascontiguousarray(pixels)
        if self._conversion is not None:
            converted = np.asarray(cv2.cvtColor(converted, self._conversion), np.uint8)
        counts = cv2.calcHist([converted], [0, 1, 2], None, self._bins, self._ranges)
        return np.asarray(np.sqrt(counts.ravel() / counts.sum()), np.float32)
