"""The small parts that cards and group cells share: relation chips, score bars and elided lines."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QPen

from app import words
from app.picture_painter import mix
from core.records import Evidence, Relation

_PADDING = 8
_MARK = 7
_GAP = 6
_BAR = 3
_VERIFIED_FROM = 0.5


def chip_height(font: QFont) -> int:
    """How high a chip with this font is."""
    return QFontMetrics(font).height() + 4


def paint_relation(
    painter: QPainter,
    place: QRect,
    relation: Relation | None,
    evidence: Evidence | None,
    palette: QPalette,
) -> int:
    """Paint the chip of a relation, as wide as its words; returns its width.

    The mark before the words has a shape for each kind, so that nothing hangs on colour alone: a disc for
    copies, a ring for look-alikes, a dash for what is not verified.
    """
    return paint_chip(painter, place, words.chip(relation, evidence), relation, palette)


def paint_chip(painter: QPainter, place: QRect, text: str, relation: Relation | None, palette: QPalette) -> int:
    """Paint a chip with these words and the mark of a relation; returns its width."""
    metrics = painter.fontMetrics()
    room = place.width() - 2 * _PADDING - _MARK - _GAP
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(shown) + 2 * _PADDING + _MARK + _GAP
    box = QRect(place.topLeft(), place.bottomRight())
    box.setWidth(min(width, place.width()))
    _paint_pill(painter, box, palette)
    centre = QPointF(box.left() + _PADDING + _MARK / 2, box.center().y() + 0.5)
    _paint_mark(painter, centre, relation, palette)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(
        box.adjusted(_PADDING + _MARK + _GAP, 0, 0, 0),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine,
        shown,
    )
    return box.width()


def _paint_pill(painter: QPainter, box: QRect, palette: QPalette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    # See-through, so that it also stands out from the ground of a selected card.
    veil = palette.color(QPalette.ColorRole.Text)
    veil.setAlphaF(0.1)
    painter.setBrush(veil)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)


def _paint_mark(painter: QPainter, centre: QPointF, relation: Relation | None, palette: QPalette) -> None:
    quiet = mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), 0.6)
    radius = _MARK / 2
    if relation is not None and relation.is_copy:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Accent))
        painter.drawEllipse(centre, radius, radius)
        return
    painter.setPen(QPen(quiet, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if relation is None:
        painter.drawLine(QPointF(centre.x() - radius, centre.y()), QPointF(centre.x() + radius, centre.y()))
    else:
        painter.drawEllipse(centre, radius - 0.75, radius - 0.75)


def paint_score(painter: QPainter, place: QRect, score: float, palette: QPalette) -> None:
    """A slim bar with its number at the right; the tick at one half is where verified matches begin."""
    text = words.score(score)
    metrics = painter.fontMetrics()
    number_width = max(metrics.horizontalAdvance(text), metrics.horizontalAdvance(words.score(0.88)))
    track = QRectF(place.left(), place.center().y() - 1, place.width() - number_width - _PADDING, _BAR)
    base, ink = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(base, ink, 0.14))
    painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
    filled = QRectF(track)
    filled.setWidth(max(_BAR, track.width() * min(1.0, max(0.0, score))))
    sure = score >= _VERIFIED_FROM
    painter.setBrush(palette.color(QPalette.ColorRole.Accent) if sure else mix(base, ink, 0.45))
    painter.drawRoundedRect(filled, _BAR / 2, _BAR / 2)
    painter.setPen(ink)
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def paint_line(
    painter: QPainter, place: QRect, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> None:
    """One line of text in the painter's pen, elided to its place."""
    shown = painter.fontMetrics().elidedText(text, mode, place.width())
    origin = QPoint(place.left(), place.top() + painter.fontMetrics().ascent())
    painter.drawText(origin, shown)
