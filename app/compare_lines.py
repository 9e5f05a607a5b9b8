"""Painting the evidence of a pair over its pictures: lines, footprints, the legend, the crosshair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.compare_marks import PILL_HEIGHT, paint_pill
from app.compare_scene import Scene, as_point
from app.words import decimal
from core.overlay import Proof

REACH = 14.0
"""How near to a keypoint the pointer must be to pick its match, in logical pixels."""

MOST_REJECTED = 300
"""Rejected matches drawn at most; more would be a gray carpet."""

# Opaque: Qt paints wide translucent lines ten times slower.
_HALO = QColor(32, 33, 36)
_LIGHT = QColor(255, 255, 255)
_REJECTED = QColor(200, 200, 204)
_REJECTED_GAP = QColor(84, 85, 90)
_UNRATED = QColor(235, 235, 238)
_DOT = 3.0

Positions = NDArray[np.float64]


def shown_matches(scene: Scene, proof: Proof) -> NDArray[np.intp]:
    """The inliers that are drawn: of those with both ends in sight the first, which are spread out.

    Zoomed in there are thus as many lines as for the whole pictures, between what is seen of them.
    """
    seen = _visible(scene, *ends(scene, proof, proof.agreeing))
    return proof.agreeing[seen][: scene.line_count]


def ends(scene: Scene, proof: Proof, indices: NDArray[np.intp]) -> tuple[Positions, Positions]:
    """Canvas positions of both ends of some matches, (N, 2) each."""
    starts = scene.state.view(0).place(proof.points_a[indices])
    stops = scene.state.view(1).place(proof.points_b[indices])
    return starts, stops


def paint_evidence(painter: QPainter, scene: Scene) -> None:
    """Footprints, rejected matches on demand, then the lines."""
    proof = scene.proof
    if proof is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if scene.outlines:
        _paint_footprint(painter, scene, 0, proof.footprint_a)
        _paint_footprint(painter, scene, 1, proof.footprint_b)
    if scene.rejected:
        _paint_rejected(painter, scene, proof)
    _paint_lines(painter, scene, proof)


def paint_crosshair(painter: QPainter, scene: Scene) -> None:
    """Marks the point of the other picture that the pointer's point corresponds to."""
    if scene.pointer is None or scene.picked is not None or scene.pictures[1 - scene.pointer[0]] is None:
        return
    side, position = scene.pointer
    other = 1 - side
    there = scene.state.corresponding(side, scene.state.view(side).point(position))
    width, height = scene.state.size(other)
    inside = -0.5 <= there[0] <= width - 0.5 and -0.5 <= there[1] <= height - 0.5
    place = scene.state.view(other).place(there)
    if not inside or not scene.state.pane(other).holds((float(place[0]), float(place[1]))):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    _paint_cross(painter, QPointF(float(place[0]), float(place[1])))


def _paint_cross(painter: QPainter, middle: QPointF) -> None:
    near, far = 5.0, 15.0
    ways = ((1, 0), (-1, 0), (0, 1), (0, -1))
    arms = [QLineF(x * near, y * near, x * far, y * far) for x, y in ways]
    painter.save()
    painter.translate(middle)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(0, 0, 0, 170), 3.5), (QColor(255, 255, 255), 1.5)):
        painter.setPen(QPen(color, width, c=Qt.PenCapStyle.RoundCap))
        painter.drawLines(arms)
        painter.drawEllipse(QPointF(0, 0), 9.0, 9.0)
    painter.restore()


def _paint_footprint(painter: QPainter, scene: Scene, side: int, polygon: Positions) -> None:
    if not len(polygon):
        return
    places = scene.state.view(side).place(polygon)
    points = [QPointF(float(x), float(y)) for x, y in places]
    outline = [QLineF(point, points[index - 1]) for index, point in enumerate(points)]
    painter.save()
    # Half of a stroke along the picture's own edge would lie on the ground beside it.
    picture = scene.transform(side).mapRect(QRectF(0, 0, *scene.state.size(side)))
    painter.setClipRect(scene.area(side).intersected(picture))
    for color, width in ((_HALO, 4.0), (_LIGHT, 2.0)):
        painter.setPen(QPen(color, width, c=Qt.PenCapStyle.RoundCap))
        painter.drawLines(outline)
    painter.restore()


def _visible(scene: Scene, starts: Positions, stops: Positions) -> NDArray[np.bool_]:
    """Which lines have both ends on their panes: half a line would point nowhere."""
    seen = np.ones(len(starts), np.bool_)
    for side, places in ((0, starts), (1, stops)):
        pane = scene.state.pane(side)
        x, y = places.T
        seen &= (x >= pane.x) & (x <= pane.x + pane.width) & (y >= pane.y) & (y <= pane.y + pane.height)
    return seen


def _paint_rejected(painter: QPainter, scene: Scene, proof: Proof) -> None:
    chosen = proof.rejected[:MOST_REJECTED]
    starts, stops = ends(scene, proof, chosen)
    seen = _visible(scene, starts, stops)
    lines = _lines(starts[seen], stops[seen])
    # Light dashes with dark ones between them show on any photo, yet stay behind the lines that count.
    for color, offset in ((_REJECTED, 0.0), (_REJECTED_GAP, 4.0)):
        pen = QPen(color, 1.0)
        pen.setDashPattern([4.0, 4.0])
        pen.setDashOffset(offset)
        painter.setPen(pen)
        painter.drawLines(lines)


def _paint_lines(painter: QPainter, scene: Scene, proof: Proof) -> None:
    chosen = shown_matches(scene, proof)
    lines = _lines(*ends(scene, proof, chosen))
    if not scene.hasty:
        painter.setPen(QPen(_HALO, 2.25))
        painter.drawLines(lines)
    colors = [_color(proof, int(index)) for index in chosen]
    for line, color in zip(lines, colors, strict=True):
        painter.setPen(QPen(color, 1.25))
        painter.drawLine(line)
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1.0))
    for line, color in zip(lines, colors, strict=True):
        painter.setBrush(color)
        painter.drawEllipse(line.p1(), _DOT, _DOT)
        painter.drawEllipse(line.p2(), _DOT, _DOT)
    _paint_picked(painter, scene, proof)


def _paint_picked(painter: QPainter, scene: Scene, proof: Proof) -> None:
    """The match under the pointer, thicker, with its residual beside it."""
    if scene.picked is None or scene.pointer is None:
        return
    starts, stops = ends(scene, proof, np.array([scene.picked]))
    line = _lines(starts, stops)[0]
    for color, width in ((QColor(0, 0, 0, 220), 5.0), (_color(proof, scene.picked), 2.5)):
        painter.setPen(QPen(color, width, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(line)
    painter.setPen(QPen(QColor(0, 0, 0), 1.5))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawEllipse(line.p1(), 5.0, 5.0)
    painter.drawEllipse(line.p2(), 5.0, 5.0)
    distance = proof.distances[scene.picked]
    if np.isfinite(distance):
        place = as_point(scene.pointer[1]) + QPointF(14, -PILL_HEIGHT - 6)
        paint_pill(painter, place, _right(scene), f"{decimal(float(distance))} px off")


def _right(scene: Scene) -> float:
    """Where the canvas ends."""
    return max(scene.area(0).right(), scene.area(1).right())


def _lines(starts: Positions, stops: Positions) -> list[QLineF]:
    return [QLineF(*map(float, (*start, *stop))) for start, stop in zip(starts, stops, strict=True)]


def _color(proof: Proof, index: int) -> QColor:
    if proof.homography is None:
        return _UNRATED
    red, green, blue = (int(value) for value in proof.colors[index])
    return QColor(red, green, blue)
