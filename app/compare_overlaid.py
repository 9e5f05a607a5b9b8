"""Painting the second picture over the first: with a divider, in turns, shining through, or subtracted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app import words
from app.compare_marks import (
    PILL_HEIGHT,
    heat_scale,
    legend_place,
    paint_note,
    paint_pill,
    paint_pill_ground,
    paint_scale,
)
from app.compare_pictures import covered, paint_picture, paint_warped, warp
from app.compare_scene import Mode, Scene
from core import difference

HANDLE = 14.0
"""How near to the swipe divider the pointer must be to take it, in logical pixels."""

_FAINT = 0.28
# A larger canvas is painted at half its resolution while it moves in a hurry.
_MANY_PIXELS = 2_500_000


def paint_overlaid(painter: QPainter, scene: Scene, ground: QColor) -> None:
    """Paints the pair in an overlaid mode; the first picture alone while no homography is known."""
    painter.save()
    painter.setClipRect(scene.area(0))
    if warp(scene) is None:
        paint_picture(painter, scene, 0)
        paint_note(painter, scene, QCoreApplication.translate("CompareCanvas", "Looking for matches ..."))
    else:
        _paint_in_time(painter, scene, ground)
        _paint_marks(painter, scene)
    painter.restore()


def _paint_in_time(painter: QPainter, scene: Scene, ground: QColor) -> None:
    """Paints the pictures, coarsely where the canvas is too large for a smooth motion."""
    area = scene.area(0)
    if not scene.hasty or area.width() * area.height() * scene.ratio**2 < _MANY_PIXELS:
        _paint_layers(painter, scene)
        return
    coarse = replace(scene, ratio=scene.ratio / 2)
    image = QImage((area.size() * coarse.ratio).toSize(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(coarse.ratio)
    image.fill(ground)
    inner = QPainter(image)
    _paint_layers(inner, coarse)
    inner.end()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(area, image)


def _paint_layers(painter: QPainter, scene: Scene) -> None:
    match scene.mode:
        case Mode.SWIPE:
            _paint_halves(painter, scene)
        case Mode.BLINK if scene.second_shown:
            _paint_second_on_first(painter, scene)
        case Mode.BLEND:
            paint_picture(painter, scene, 0)
            paint_warped(painter, scene, scene.share)
        case Mode.DIFFERENCE if scene.heat is not None:
            _paint_heat(painter, scene, scene.heat)
        case Mode.DIFFERENCE:
            _paint_faintly(painter, scene)
        case _:
            paint_picture(painter, scene, 0)


def _paint_marks(painter: QPainter, scene: Scene) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    match scene.mode:
        case Mode.SWIPE:
            _paint_divider(painter, scene.area(0), divider_place(scene))
            _paint_corner_names(painter, scene)
        case Mode.BLINK:
            _paint_name_shown(painter, scene)
        case Mode.DIFFERENCE:
            _paint_figures(painter, scene)
        case _:
            pass


def _paint_halves(painter: QPainter, scene: Scene) -> None:
    area = scene.area(0)
    split = divider_place(scene)
    painter.save()
    painter.setClipRect(QRectF(area.left(), area.top(), split - area.left(), area.height()))
    paint_picture(painter, scene, 0)
    painter.setClipRect(QRectF(split, area.top(), area.right() - split, area.height()))
    _paint_second_on_first(painter, scene)
    painter.restore()


def divider_place(scene: Scene) -> float:
    """Where the swipe divider is on the canvas."""
    area = scene.area(0)
    return round(area.left() + scene.divider * area.width())


def _paint_second_on_first(painter: QPainter, scene: Scene) -> None:
    """The second picture, with the first shining through faintly where the second has nothing."""
    if not scene.hasty and not covered(scene):
        _paint_faintly(painter, scene)
    paint_warped(painter, scene)


def _paint_faintly(painter: QPainter, scene: Scene) -> None:
    painter.save()
    painter.setOpacity(_FAINT)
    paint_picture(painter, scene, 0)
    painter.restore()


def _paint_heat(painter: QPainter, scene: Scene, heat: QImage) -> None:
    painter.save()
    painter.setTransform(scene.transform(0), True)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(QRectF(0, 0, *scene.state.size(0)), heat)
    painter.restore()


def _paint_divider(painter: QPainter, area: QRectF, split: float) -> None:
    top, bottom = QPointF(split, area.top()), QPointF(split, area.bottom())
    for color, width in ((QColor(0, 0, 0, 150), 4.0), (QColor(255, 255, 255), 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawLine(top, bottom)
    middle = QPointF(split, area.center().y())
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1.0))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawEllipse(middle, HANDLE, HANDLE)
    painter.setPen(QPen(QColor(40, 41, 44), 2.0, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    for way in (-1, 1):
        tip = middle + QPointF(way * 8, 0)
        painter.drawPolyline([tip + QPointF(-way * 4, -4), tip, tip + QPointF(-way * 4, 4)])


def _paint_corner_names(painter: QPainter, scene: Scene) -> None:
    """Which picture is on which side of the divider."""
    area = scene.area(0)
    for side, left in ((0, area.left() + 12), (1, area.right() - 12 - PILL_HEIGHT)):
        badge = QRectF(left, area.top() + 12, PILL_HEIGHT, PILL_HEIGHT)
        paint_pill_ground(painter, badge)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, scene.letters[side])


def _paint_name_shown(painter: QPainter, scene: Scene) -> None:
    """Which picture blinking shows now."""
    side = int(scene.second_shown)
    corner = scene.area(0).topLeft() + QPointF(12, 12)
    paint_pill(painter, corner, scene.area(0).right(), f"{scene.letters[side]}  {scene.names[side]}")


def _paint_figures(painter: QPainter, scene: Scene) -> None:
    """The numbers of the difference and its scale, or why there are none."""
    if scene.difference is None:
        waiting = QCoreApplication.translate("CompareCanvas", "Computing the difference ...")
        paint_note(painter, scene, scene.trouble or waiting)
        return
    paint_note(painter, scene, difference_in_words(scene.difference, scene.letters[0]))
    high = QCoreApplication.translate("CompareCanvas", "{levels} levels or more")
    low = QCoreApplication.translate("CompareCanvas", "same")
    paint_scale(painter, legend_place(scene), heat_scale(), low, high.format(levels=difference.TOP))


def difference_in_words(result: difference.Difference, letter: str) -> str:
    """The figures of a difference in one line; `letter` stands for the picture in whose frame it is."""
    text = QCoreApplication.translate(
        "CompareCanvas", "Mean difference {mean} of 255, SSIM {similarity}, over {shared} of {letter}"
    )
    likeness = min(result.similarity, 0.9994) if result.similarity < 1 else 1.0
    return text.format(
        mean=words.decimal(result.mean),
        letter=letter,
        similarity=words.decimal(likeness, 3),
        shared=words.percent(result.shared),
    )
