"""A joint CIE Lab histogram, compared by the Bhattacharyya distance (Comaniciu 2003)."""

from __future__ import annotations

from typing import ClassVar

from core._cv import cv2
from core.features._colour_histogram import ColourHistogram
from core.features.base import Kind, MethodInfo, Metric

_BINS = (8, 8, 8)


class LabHistogram(ColourHistogram):
    """8 x 8 x 8 bins of lightness, a and b, in OpenCV's 8-bit Lab."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="lab-histogram",
        version=1,
        kind=Kind.GLOBAL,
        title="Lab colour histogram",
        source="Comaniciu et al., Kernel-Based Object Tracking, TPAMI 2003",
        dimension=8 * 8 * 8,
        metric=Metric.BHATTACHARYYA,
        side=512,
        bytes_per_image=8 * 8 * 8 * 4,
        family="colour",
    )

    def __init__(self) -> None:
        super().__init__(cv2.COLOR_RGB2Lab, _BINS, (256, 256, 256))
