"""Draws a region on a picture to search with: over the whole window, by mouse or by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.picture_painter import fitted
from app.query_part import paint_frame, region_in
from app.thumbnails import ThumbnailService
from core.records import ImageRecord

_SIDE = 2048
_MARGIN = 48
_HINT = 40
_LEAST = 0.02
_STEP, _FINE_STEP = 0.02, 0.005
_SHADE = QColor(12, 12, 14, 235)
_VEIL = QColor(0, 0, 0, 140)
_INK = QColor(240, 240, 242)
_WHOLE = QRectF(0, 0, 1, 1)
_FIRST = QRectF(0.25, 0.25, 0.5, 0.5)
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class RegionPicker(QWidget):
    """Covers the window with one picture on which a rectangle is drawn.

    Args:
        thumbnails: Where pictures come from.
        window: What is covered.

    Signals:
        picked(object, QRectF): The ImageRecord, and the region in shares of its width and height.
    """

    picked = Signal(object, QRectF)

    def __init__(self, thumbnails: ThumbnailService, window: QWidget) -> None:
        super().__init__(window)
        self._covered = window
        self._thumbnails = thumbnails
        self._record: ImageRecord | None = None
        self._region = QRectF()
        self._start: QPointF | None = None
        self._came_from: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Draw the part to search with"))
        self.setToolTip(self.tr("Drag a rectangle, then press Enter; Esc goes back"))
        self.hide()
        thumbnails.ready.connect(self._refresh)

    @property
    def region(self) -> QRectF:
        """What is drawn, in shares of the picture; empty at first."""
        return QRectF(self._region)

    @Slot(object)
    def present(self, record: ImageRecord) -> None:
        """Open on a picture."""
        self._record = record
        self._region = QRectF()
        self._came_from = self._covered.focusWidget()
        self._covered.installEventFilter(self)
        self.setAccessibleDescription(record.path.name)
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_picker(self) -> None:
        """Put it away and give the focus back."""
        self.hide()
        self._covered.removeEventFilter(self)
        if self._came_from is not None:
            self._came_from.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window at every size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    # ------------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle."""
        self._start = self._share(event.position())
        self._region = QRectF()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it out."""
        if self._start is not None:
            self._region = QRectF(self._start, self._share(event.position())).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A rectangle that is large enough is searched with at once; a mere click draws nothing."""
        self._start = None
        if self._is_large_enough():
            self._accept()
        else:
            self._region = QRectF()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the rectangle, with Shift they size it; Enter searches, Esc goes back."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_picker()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._is_large_enough():
                self._accept()
        elif key in _ARROWS:
            self._move(_ARROWS[key], event.modifiers())
        event.accept()

    def _move(self, way: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._region.isEmpty():
            self._region = QRectF(_FIRST)
            self.update()
            return
        step = way * (_FINE_STEP if modifiers & Qt.KeyboardModifier.ControlModifier else _STEP)
        moved = QRectF(self._region)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            moved.setBottomRight(moved.bottomRight() + step)
        else:
            moved.translate(step)
        if _WHOLE.contains(moved) and min(moved.width(), moved.height()) >= _LEAST:
            self._region = moved
            self.update()

    def _is_large_enough(self) -> bool:
        return min(self._region.width(), self._region.height()) >= _LEAST

    def _accept(self) -> None:
        record, region = self._record, self.region
        self.close_picker()
        if record is not None:
            self.picked.emit(record, region)

    # ------------------------------------------------------------------ where the picture is

    def picture_place(self) -> QRect:
        """Where the picture is painted."""
        frame = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN - _HINT)
        image = self._image()
        known = self._record is not None and self._record.width and self._record.height
        size = QSize(self._record.width, self._record.height) if known and self._record else QSize(4, 3)
        return fitted(image.size() if image is not None else size, frame)

    def _image(self) -> QImage | None:
        if self._record is None:
            return None
        return self._thumbnails.request_large(self._record, _SIDE) or self._thumbnails.request(self._record)

    def _share(self, position: QPointF) -> QPointF:
        place = QRectF(self.picture_place())
        across = (position.x() - place.left()) / place.width()
        down = (position.y() - place.top()) / place.height()
        return QPointF(min(1.0, max(0.0, across)), min(1.0, max(0.0, down)))

    # ------------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, dimmed outside the region, and how to go on."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        place, image = self.picture_place(), self._image()
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
        if not self._region.isEmpty():
            self._paint_region(painter, place)
        painter.setPen(_INK)
        hint = QRect(0, self.height() - _MARGIN - _HINT // 2, self.width(), _HINT)
        text = self.tr("Drag a rectangle over the part to search with. Arrow keys and Enter work too, Esc goes back.")
        painter.drawText(hint, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_region(self, painter: QPainter, place: QRect) -> None:
        frame = region_in(self._region, QRectF(place))
        painter.save()
        painter.setClipRect(place)
        for veil in _around(QRectF(place), frame):
            painter.fillRect(veil, _VEIL)
        paint_frame(painter, frame)
        painter.restore()

    @Slot(list)
    def _refresh(self, keys: list[str]) -> None:
        if self.isVisible():
            self.update()


def _around(whole: QRectF, hole: QRectF) -> list[QRectF]:
    """Four rectangles that cover everything but a hole."""
    return [
        QRectF(whole.left(), whole.top(), whole.width(), hole.top() - whole.top()),
        QRectF(whole.left(), hole.bottom(), whole.width(), whole.bottom() - hole.bottom()),
        QRectF(whole.left(), hole.top(), hole.left() - whole.left(), hole.height()),
        QRectF(hole.right(), hole.top(), whole.right() - hole.right(), hole.height()),
    ]
