"""A part of a picture that is searched with: where it was cut out, and the frame that shows it there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Part:
    """Where a query was cut out.

    Attributes:
        source: The picture.
        left: Where the part begins, a share of the picture's width.
        top: Where it begins, a share of its height.
        width: How much of the width it shows.
        height: How much of the height it shows.
    """

    source: Path
    left: float
    top: float
    width: float
    height: float

    @property
    def region(self) -> QRectF:
        """The part in shares of the picture."""
        return QRectF(self.left, self.top, self.width, self.height)

    def of(self, whole: Part) -> Part:
        """The same part told of the picture that its source was cut out of."""
        return Part(
            whole.source,
            whole.left + self.left * whole.width,
            whole.top + self.top * whole.height,
            self.width * whole.width,
            self.height * whole.height,
        )


def region_in(region: QRectF, place: QRectF) -> QRectF:
    """A region in shares as a rectangle on a picture that is painted at a place."""
    return QRectF(
        place.left() + region.left() * place.width(),
        place.top() + region.top() * place.height(),
        region.width() * place.width(),
        region.height() * place.height(),
    )


def paint_frame(painter: QPainter, frame: QRectF) -> None:
    """A dark and a light stroke, so that it shows on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_DARK, 4.0), (_LIGHT, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.drawRect(frame)
