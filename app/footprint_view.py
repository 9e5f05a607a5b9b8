"""The representative of a group with the part of it that each member shows, as outlines on the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import words
from app.compare_scene import ground
from app.picture_painter import fitted
from app.thumbnails import ThumbnailService
from core import overlay
from core.geometry import Points
from core.records import Group, Member

_SIDE = 2048
_MARGIN = 12
_HALO = QColor(20, 21, 23, 200)
_LIGHT = QColor(255, 255, 255, 210)


class FootprintView(QWidget):
    """Outlines of all members, that of the current one in the accent colour.

    Signals:
        picked(object): The Path of the member whose outline was clicked.
    """

    picked = Signal(object)

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._group: Group | None = None
        self._current: Path | None = None
        self.outlines: dict[Path, Points] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self.setAccessibleName(self.tr("What the members show of the best copy"))
        self.setToolTip(self.tr("Outlines of what each picture of the group shows; click one to pick it"))
        thumbnails.ready.connect(self._refresh)

    def sizeHint(self) -> QSize:
        """Large: it is the picture that all others are compared with."""
        return QSize(420, 420)

    def show_group(self, group: Group | None) -> None:
        """Show the representative of a group and all outlines."""
        self._group, self._current = group, None
        self.outlines = {} if group is None else outlines_of(group)
        self.update()

    def set_current(self, member: Member | None) -> None:
        """Bring out the outline of one member."""
        self._current = None if member is None else member.record.path
        told = "" if member is None else words.chip(member.relation, member.evidence)
        self.setAccessibleDescription(told)
        self.update()

    def picture_place(self) -> QRect:
        """Where the representative is painted."""
        frame = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if self._group is None:
            return frame
        record = self._group.representative.record
        return fitted(QSize(max(1, record.width), max(1, record.height)), frame)

    def outline_on_screen(self, path: Path) -> QPolygonF:
        """The outline of a member in this widget's coordinates."""
        points = self.outlines.get(path)
        if points is None or not len(points) or self._group is None:
            return QPolygonF()
        place, record = self.picture_place(), self._group.representative.record
        scale = place.width() / max(1, record.width)
        return QPolygonF(
            [QPointF(place.left() + (x + 0.5) * scale, place.top() + (y + 0.5) * scale) for x, y in points]
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the smallest outline under the pointer."""
        found = [
            (_area(outline), path)
            for path in self.outlines
            if (outline := self.outline_on_screen(path)).containsPoint(event.position(), Qt.FillRule.OddEvenFill)
        ]
        if found:
            self.picked.emit(min(found)[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, then the outlines, the current one last."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground(self.palette()))
        if self._group is None:
            return
        record = self._group.representative.record
        image = self._thumbnails.request_large(record, _SIDE) or self._thumbnails.request(record)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.picture_place(), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(self.picture_place()).adjusted(-2, -2, 2, 2))
        for path in self.outlines:
            if path != self._current:
                _paint_outline(painter, self.outline_on_screen(path), _LIGHT, 1.25)
        if self._current is not None:
            accent = self.palette().color(QPalette.ColorRole.Accent)
            _paint_outline(painter, self.outline_on_screen(self._current), accent, 3.0)

    @Slot(list)
    def _refresh(self, keys: list[str]) -> None:
        if self.isVisible():
            self.update()


def outlines_of(group: Group) -> dict[Path, Points]:
    """What each member but the representative shows of it: (M, 2) polygons in its full-size pixels."""
    first = group.representative.record
    found = {}
    for member in group.members[1:]:
        if member.evidence is None:
            continue
        record = member.record
        proof = overlay.prepare(member.evidence, (first.width, first.height), (record.width, record.height))
        found[record.path] = proof.footprint_a
    return found


def _paint_outline(painter: QPainter, outline: QPolygonF, colour: QColor, width: float) -> None:
    """A dark stroke under a light one, so that it shows on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke, breadth in ((_HALO, width + 2.0), (colour, width)):
        painter.setPen(QPen(stroke, breadth))
        painter.drawPolygon(outline)


def _area(outline: QPolygonF) -> float:
    points = np.array([(outline.at(number).x(), outline.at(number).y()) for number in range(outline.count())])
    x, y = points.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
