"""Painting a pair: side by side with its evidence, or laid over each other in one of four ways."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette

from app import words
from app.compare_lines import paint_crosshair, paint_evidence
from app.compare_marks import legend_place, paint_note, paint_scale, residual_scale
from app.compare_overlaid import paint_overlaid
from app.compare_pictures import paint_picture
from app.compare_scene import CAPTION, Mode, Scene, ground
from app.picture_painter import mix

_CAPTION_GAP = 32.0


def paint(painter: QPainter, scene: Scene, palette: QPalette) -> None:
    """Paints the whole canvas."""
    painter.fillRect(painter.viewport(), palette.color(QPalette.ColorRole.Window))
    paint_pictures(painter, scene, palette)
    if scene.notice:
        paint_note(painter, scene, scene.notice)
    paint_captions(painter, scene, palette)


def paint_pictures(painter: QPainter, scene: Scene, palette: QPalette) -> None:
    """Paints the panes, with everything that belongs to the mode."""
    for side in (0,) if scene.mode.overlaid else (0, 1):
        painter.fillRect(scene.area(side), ground(palette))
    if scene.mode.overlaid:
        _paint_one_over_the_other(painter, scene, palette)
    else:
        _paint_side_by_side(painter, scene, palette)


def _paint_side_by_side(painter: QPainter, scene: Scene, palette: QPalette) -> None:
    for side in (0, 1):
        if scene.pictures[side] is None:
            _paint_absence(painter, scene, side, palette)
        else:
            paint_picture(painter, scene, side)
    if None in scene.pictures:
        return
    if scene.mode is Mode.LINES:
        paint_evidence(painter, scene)
        _paint_residual_legend(painter, scene)
    paint_crosshair(painter, scene)


def _paint_one_over_the_other(painter: QPainter, scene: Scene, palette: QPalette) -> None:
    missing = next((side for side in (0, 1) if scene.pictures[side] is None), None)
    if missing is None:
        paint_overlaid(painter, scene, ground(palette))
    else:
        _paint_absence(painter, scene, missing, palette)


def _paint_absence(painter: QPainter, scene: Scene, side: int, palette: QPalette) -> None:
    """Why there is no picture: it is on its way, or it cannot be read."""
    area = scene.area(side)
    trouble = scene.troubles[side]
    if not scene.names[side]:
        return
    text = QCoreApplication.translate("CompareCanvas", "Loading ...")
    painter.setPen(mix(palette.color(QPalette.ColorRole.WindowText), ground(palette), 0.35))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    if trouble is not None:
        told = QCoreApplication.translate("CompareCanvas", "This picture cannot be shown: {reason}")
        text = told.format(reason=trouble)
    painter.drawText(area.adjusted(24, 24, -24, -24), flags, text)


def _paint_residual_legend(painter: QPainter, scene: Scene) -> None:
    proof = scene.proof
    if proof is None or proof.homography is None or not len(proof.agreeing):
        return
    high = QCoreApplication.translate("CompareCanvas", "{distance} px off").format(distance=f"{proof.top:g}")
    low = QCoreApplication.translate("CompareCanvas", "exact")
    paint_scale(painter, legend_place(scene), residual_scale(), low, high)


def paint_captions(painter: QPainter, scene: Scene, palette: QPalette, with_zoom: bool = True) -> None:
    """Under each picture: its letter, name, dimensions, and the zoom if asked for."""
    single = scene.mode.overlaid
    for side in (0, 1):
        area = scene.area(side)
        width = (area.width() - _CAPTION_GAP) / 2 if single else area.width()
        left = area.left() + (width + _CAPTION_GAP if single and side else 0)
        _paint_caption(painter, scene, side, QRectF(left, area.bottom(), width, CAPTION), palette, with_zoom)


def _paint_caption(
    painter: QPainter, scene: Scene, side: int, area: QRectF, palette: QPalette, with_zoom: bool
) -> None:
    if not scene.names[side]:
        return
    strong = palette.color(QPalette.ColorRole.WindowText)
    faint = mix(strong, palette.color(QPalette.ColorRole.Window), 0.35)
    upright = Qt.AlignmentFlag.AlignVCenter
    metrics = QFontMetricsF(painter.font())
    facts = _facts(scene, side, with_zoom)
    facts_width = metrics.horizontalAdvance(facts) + 12
    painter.setPen(faint)
    inner = area.adjusted(2, 0, -2, 0)
    painter.drawText(inner, upright | Qt.AlignmentFlag.AlignRight, facts)
    letter = scene.letters[side]
    painter.drawText(inner, upright | Qt.AlignmentFlag.AlignLeft, letter)
    inner.adjust(metrics.horizontalAdvance(letter) + 8, 0, -facts_width, 0)
    painter.setPen(strong)
    name = metrics.elidedText(scene.names[side], Qt.TextElideMode.ElideMiddle, max(0.0, inner.width()))
    painter.drawText(inner, upright | Qt.AlignmentFlag.AlignLeft, name)


def _facts(scene: Scene, side: int, with_zoom: bool) -> str:
    """Dimensions, and the zoom where the picture has a view of its own."""
    if scene.pictures[side] is None:
        return ""
    facts = words.dimensions(*scene.state.size(side))
    if not with_zoom or (scene.mode.overlaid and side):
        return facts
    return f"{facts} · {zoom_in_words(scene, side)}"


def zoom_in_words(scene: Scene, side: int) -> str:
    """Device pixels for each picture pixel as a percentage ("42%")."""
    share = scene.state.view(side).scale * scene.ratio
    digits = 1 if share < 0.1 else 0
    return f"{words.decimal(share * 100, digits)}{words.locale().percent()}"
