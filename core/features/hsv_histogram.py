"""A joint HSV histogram: many hues, few saturations and values (Smith and Chang 1996)."""

from __future__ import annotations

from typing import ClassVar

from core._cv import cv2
from core.features._colour_histogram import ColourHistogram
from core.features.base import Kind, MethodInfo, Metric

_BINS = (18, 4, 4)


class HsvHistogram(ColourHistogram):
    """18 hues of 20 degrees, 4 saturations, 4 values."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="hsv-histogram",
        version=1,
        kind=Kind.GLOBAL,
        title="HSV colour histogram",
        source="Smith and Chang, VisualSEEk, ACM Multimedia 1996",
        dimension=18 * 4 * 4,
        metric=Metric.CORRELATION,
        side=512,
        bytes_per_image=18 * 4 * 4 * 4,
        family="colour",
    )

    def __init__(self) -> None:
        super().__init__(cv2.COLOR_RGB2HSV, _BINS, (180, 256, 256))
