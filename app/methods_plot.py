"""Curves in a frame with axes, painted in the colours of the palette."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.methods_axis import Axis, Series, decades, round_values

_LIGHT = ("#0067a5", "#b04a00", "#00775a", "#a0447f", "#7a5a00", "#4b5bd1", "#3c3f45")
_DARK = ("#56b4e9", "#f0a030", "#35c79a", "#e59ac7", "#f0e442", "#9fa8ff", "#c8cacf")
"""Told apart by most people who see few colours (after Okabe and Ito 2008), 3:1 on their grounds."""
COLOURS = len(_LIGHT)
_DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 3))
_NEAR = 24.0
_MARK = 3.5


class Plot(QWidget):
    """A chart of some curves; near the pointer it says which point is there.

    Args:
        x: The axis below.
        left: The axis on the left.
        right: The axis on the right, if curves belong to it.
        parent: The Qt owner.
    """

    def __init__(self, x: Axis, left: Axis, right: Axis | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._x, self._left, self._right = x, left, right
        self._series: tuple[Series, ...] = ()
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(176, 140)
        self.setAccessibleName(left.title)

    @property
    def series(self) -> tuple[Series, ...]:
        """What is drawn."""
        return self._series

    def draw(self, series: Sequence[Series], hint: str = "") -> None:
        """Draw other curves.

        Args:
            series: The curves.
            hint: What is said where there are none.
        """
        self._series = tuple(series)
        self._hint = hint
        self.setAccessibleDescription(", ".join(one.name for one in series) or hint)
        self.update()

    def sizeHint(self) -> QSize:
        """Twice as wide as high."""
        return QSize(560, 280)

    # ------------------------------------------------------------------ where things are

    def _frame(self) -> QRectF:
        metrics = QFontMetrics(self._small())
        line = metrics.height()
        wide = max((metrics.horizontalAdvance(text) for _, text in self._ticks(self._left)), default=0)
        wide_right = max((metrics.horizontalAdvance(text) for _, text in self._ticks(self._right)), default=0)
        top = line * len(self._legend_lines()) + 2 * theme.GAP
        right = wide_right + line + 2 * theme.GAP if self._right else theme.GROUP
        box = QRectF(self.rect())
        return box.adjusted(wide + line + 2 * theme.GAP, top, -right, -(2 * line + 2 * theme.GAP))

    def _range(self, axis: Axis) -> tuple[float, float]:
        place = 0 if axis is self._x else 1
        chosen = [one for one in self._series if place == 0 or one.right == (axis is self._right)]
        values = [point[place] for one in chosen for point in one.points if math.isfinite(point[place])]
        low = axis.low if axis.low is not None else min(values, default=0.0)
        high = axis.high if axis.high is not None else max(values, default=1.0)
        if axis.logarithmic and values:
            return low * 0.8, max(high, low * 1.1) * 1.25
        room = 0.0 if axis.high is not None or place == 0 else 0.05 * (high - low)
        return low, high + room if high > low else low + 1.0

    def _share(self, axis: Axis, value: float) -> float:
        low, high = self._range(axis)
        if axis.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(max(value, 1e-12))
        return (value - low) / (high - low)

    def _spot(self, frame: QRectF, one: Series, point: tuple[float, float]) -> QPointF:
        axis = self._right if one.right and self._right else self._left
        across, up = self._share(self._x, point[0]), self._share(axis, point[1])
        return QPointF(frame.left() + across * frame.width(), frame.bottom() - up * frame.height())

    def _ticks(self, axis: Axis | None) -> list[tuple[float, str]]:
        """Share of the axis and words of each tick."""
        if axis is None:
            return []
        low, high = self._range(axis)
        values = decades(low, high) if axis.logarithmic and low > 0 else round_values(low, high, axis.whole)
        return [(self._share(axis, value), axis.text(value)) for value in values]

    def _small(self) -> QFont:
        return theme.small(self.font())

    def _legend_lines(self) -> list[list[Series]]:
        """The legend, broken into lines that fit."""
        metrics = QFontMetrics(self._small())
        lines: list[list[Series]] = [[]]
        used = 0
        for one in self._series:
            width = metrics.horizontalAdvance(self._named(one, metrics)) + 32 + theme.GROUP
            if lines[-1] and used + width > self.width() - 2 * theme.GROUP:
                lines.append([])
                used = 0
            lines[-1].append(one)
            used += width
        return lines

    def _named(self, one: Series, metrics: QFontMetrics) -> str:
        return metrics.elidedText(one.name, Qt.TextElideMode.ElideMiddle, max(80, self.width() // 2))

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, curves, legend."""
        # An error must not leave a painter at work: Qt would end the process.
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not any(one.points for one in self._series):
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(16, 16, -16, -16), flags, self._hint)
            return
        painter.setFont(self._small())
        frame = self._frame()
        self._paint_axes(painter, frame)
        painter.save()
        painter.setClipRect(frame.adjusted(-_MARK - 1, -_MARK - 1, _MARK + 1, _MARK + 1))
        for one in self._series:
            self._paint_curve(painter, frame, one)
        painter.restore()
        self._paint_legend(painter)

    def _paint_axes(self, painter: QPainter, frame: QRectF) -> None:
        line = self.palette().color(QPalette.ColorRole.Mid)
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        height = painter.fontMetrics().height()
        middle = Qt.AlignmentFlag.AlignCenter
        for share, text in self._ticks(self._x):
            x = frame.left() + share * frame.width()
            painter.setPen(line)
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.setPen(quiet)
            painter.drawText(QRectF(x - 60, frame.bottom() + theme.SPACE, 120, height), middle, text)
        for axis in (self._left, self._right):
            for share, text in self._ticks(axis):
                y = frame.bottom() - share * frame.height()
                painter.setPen(line)
                if axis is self._left:
                    painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
                painter.setPen(quiet)
                painter.drawText(*self._tick_place(frame, y, height, axis is self._left), text)
        self._paint_titles(painter, frame, height)

    def _tick_place(self, frame: QRectF, y: float, height: float, on_left: bool) -> tuple[QRectF, Qt.AlignmentFlag]:
        vertical = Qt.AlignmentFlag.AlignVCenter
        if on_left:
            box = QRectF(0, y - height / 2, frame.left() - theme.SPACE, height)
            return box, Qt.AlignmentFlag.AlignRight | vertical
        return QRectF(frame.right() + theme.SPACE, y - height / 2, 80, height), Qt.AlignmentFlag.AlignLeft | vertical

    def _paint_titles(self, painter: QPainter, frame: QRectF, height: float) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        middle = Qt.AlignmentFlag.AlignCenter
        below = QRectF(frame.left(), self.height() - height - theme.SPACE, frame.width(), height)
        painter.drawText(below, middle, self._x.title)
        for axis, x in ((self._left, height / 2 + 2), (self._right, self.width() - height / 2 - 2)):
            if axis is not None:
                painter.save()
                painter.translate(x, frame.center().y())
                painter.rotate(-90)
                painter.drawText(QRectF(-frame.height(), -height / 2, 2 * frame.height(), height), middle, axis.title)
                painter.restore()

    def _pen(self, one: Series) -> QPen:
        dark = self.palette().color(QPalette.ColorRole.Base).lightness() < 128
        pen = QPen(QColor((_DARK if dark else _LIGHT)[one.colour % COLOURS]), 2)
        dashes = _DASHES[one.colour // COLOURS % len(_DASHES)]
        if dashes:
            pen.setDashPattern(list(dashes))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def _paint_curve(self, painter: QPainter, frame: QRectF, one: Series) -> None:
        spots = [self._spot(frame, one, point) for point in one.points if math.isfinite(point[1])]
        painter.setPen(self._pen(one))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if one.joined:
            path = QPainterPath()
            path.addPolygon(QPolygonF(spots))
            painter.drawPath(path)
        if one.marks or not one.joined or len(spots) == 1:
            painter.setBrush(self._pen(one).color())
            painter.setPen(Qt.PenStyle.NoPen)
            for spot in spots:
                painter.drawEllipse(spot, _MARK, _MARK)

    def _paint_legend(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        height = metrics.height()
        for number, line in enumerate(self._legend_lines()):
            x, y = float(theme.GROUP), theme.GAP + height * (number + 0.5)
            for one in line:
                self._paint_sample(painter, one, QPointF(x, y))
                painter.setPen(self.palette().color(QPalette.ColorRole.Text))
                text = self._named(one, metrics)
                width = metrics.horizontalAdvance(text)
                painter.drawText(QRectF(x + 32, y - height / 2, width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
                x += width + 32 + theme.GROUP

    def _paint_sample(self, painter: QPainter, one: Series, place: QPointF) -> None:
        """What a curve looks like, before its name."""
        if one.joined and len(one.points) > 1:
            painter.setPen(self._pen(one))
            painter.drawLine(place, place + QPointF(24, 0))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._pen(one).color())
            painter.drawEllipse(place + QPointF(16, 0), _MARK, _MARK)

    # ------------------------------------------------------------------ the pointer

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip which point is near."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.point_near(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), text, self) if text else QToolTip.hideText()
            return True
        return super().event(event)

    def point_near(self, place: QPointF) -> str:
        """The nearest point within a finger's width in words, or nothing."""
        frame = self._frame()
        nearest, text = _NEAR, ""
        for one in self._series:
            for number, point in enumerate(one.points):
                spot = self._spot(frame, one, point) - place
                distance = math.hypot(spot.x(), spot.y())
                if distance < nearest:
                    nearest, text = distance, self._told(one, number)
        return text

    def _told(self, one: Series, number: int) -> str:
        x, y = one.points[number]
        axis = self._right if one.right and self._right else self._left
        name = one.labels[number] if one.labels else one.name
        return f"{name}\n{self._x.title}: {self._x.text(x)}\n{axis.title}: {axis.text(y)}"
