"""The joint RGB histogram of Swain and Ballard (1991), compared by intersection as they did."""

from __future__ import annotations

from typing import ClassVar

from core.features._colour_histogram import ColourHistogram
from core.features.base import Kind, MethodInfo, Metric

_BINS = (8, 8, 8)


class RgbHistogram(ColourHistogram):
    """8 x 8 x 8 bins of red, green and blue."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="rgb-histogram",
        version=1,
        kind=Kind.GLOBAL,
        title="RGB colour histogram",
        source="Swain and Ballard, Color Indexing, IJCV 1991",
        dimension=8 * 8 * 8,
        metric=Metric.INTERSECTION,
        side=512,
        bytes_per_image=8 * 8 * 8 * 4,
        family="colour",
    )

    def __init__(self) -> None:
        super().__init__(None, _BINS, (256, 256, 256))
