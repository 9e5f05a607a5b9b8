"""Small things painted over pictures: pills of text, legends, notes; readable over any photo."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen

from app import theme
from app.compare_scene import Scene
from core import colormap

PILL_HEIGHT = 26.0

_PILL = QColor(22, 23, 25, 225)
_PILL_EDGE = QColor(255, 255, 255, 38)
_PILL_TEXT = QColor(240, 240, 242)
_STOPS = 12


def paint_pill(painter: QPainter, corner: QPointF, limit: float, text: str) -> QRectF:
    """A line of text on a dark pill that can be read over any photo; moved left to end before `limit`."""
    width = painter.fontMetrics().horizontalAdvance(text) + 20.0
    left = max(4.0, min(corner.x(), limit - width - 4.0))
    area = QRectF(left, max(4.0, corner.y()), width, PILL_HEIGHT)
    paint_pill_ground(painter, area)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    return area


def paint_pill_ground(painter: QPainter, area: QRectF) -> None:
    """The ground of a pill; leaves the pen ready for its text."""
    painter.setPen(QPen(_PILL_EDGE, 1.0))
    painter.setBrush(_PILL)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
    painter.setPen(_PILL_TEXT)


def paint_scale(painter: QPainter, middle: QPointF, colors: list[QColor], low: str, high: str) -> None:
    """A legend: a bar of colours between the words for its ends, centred at `middle`."""
    metrics = painter.fontMetrics()
    before, after, bar = metrics.horizontalAdvance(low), metrics.horizontalAdvance(high), 96.0
    width = before + bar + after + 36.0
    area = QRectF(middle.x() - width / 2, middle.y() - PILL_HEIGHT / 2, width, PILL_HEIGHT)
    paint_pill_ground(painter, area)
    upright = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area.adjusted(10, 0, 0, 0), upright | Qt.AlignmentFlag.AlignLeft, low)
    painter.drawText(area.adjusted(0, 0, -10, 0), upright | Qt.AlignmentFlag.AlignRight, high)
    ramp = QRectF(area.left() + 18 + before, area.center().y() - 4, bar, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ramp(ramp, colors))
    painter.drawRoundedRect(ramp, 2, 2)


def _ramp(area: QRectF, colors: list[QColor]) -> QBrush:
    gradient = QLinearGradient(area.topLeft(), area.topRight())
    for index, color in enumerate(colors):
        gradient.setColorAt(index / (len(colors) - 1), color)
    return QBrush(gradient)


def residual_scale() -> list[QColor]:
    """The colours of residuals from exact to the end of the scale."""
    return [QColor(*map(int, color)) for color in colormap.of_residuals(np.linspace(0, 1, _STOPS), 1.0)]


def heat_scale() -> list[QColor]:
    """The colours of differences from none to many."""
    return [QColor(*map(int, color)) for color in colormap.inferno(np.linspace(0, 1, _STOPS))]


def legend_place(scene: Scene) -> QPointF:
    """The lower middle of everything that shows pictures."""
    both = scene.area(0).united(scene.area(1))
    return QPointF(both.center().x(), both.bottom() - 12 - PILL_HEIGHT / 2)


def paint_note(painter: QPainter, scene: Scene, text: str) -> None:
    """A pill at the upper middle of everything that shows pictures."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    width = painter.fontMetrics().horizontalAdvance(text) + 20.0
    area = scene.area(0).united(scene.area(1))
    paint_pill(painter, QPointF(area.center().x() - width / 2, area.top() + 12), area.right(), text)
