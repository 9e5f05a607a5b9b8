"""The histogram of gray levels (Swain and Ballard 1991), compared by cosine: the simplest baseline."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Kind, MethodInfo, Metric, Pixels

_BINS = 256

# Shrinking averages gray levels and so changes their histogram: only the full-size picture has the right one.
_FULL_SIZE = 65_500


class GrayHistogram:
    """256 bins, one for each gray level, L2-normalised."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="gray-histogram",
        version=1,
        kind=Kind.GLOBAL,
        title="Gray-level histogram",
        source="Swain and Ballard, Color Indexing, IJCV 1991",
        dimension=_BINS,
        metric=Metric.COSINE,
        side=_FULL_SIZE,
        bytes_per_image=_BINS * 4,
        family="colour",
    )

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture: (256,) float32 of unit L2 norm."""
        gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
        counts = np.asarray(cv2.calcHist([gray], [0], None, [_BINS], [0, _BINS]), np.float32).ravel()
        return counts / np.linalg.norm(counts)
