"""A large preview over the window: Space opens it, Space or Esc closes it, arrows go to the next picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app import words
from app.picture_painter import centred, fitted
from app.thumbnails import ThumbnailService
from app.view_gestures import STEP_KEYS
from core.records import ImageRecord

_SIDE = 2048
_MARGIN = 40
_CAPTION = 56
_SHADE = QColor(12, 12, 14, 235)
_INK = QColor(240, 240, 242)
_QUIET_INK = QColor(176, 176, 182)
_CLOSING_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Escape)


class QuickLook(QWidget):
    """Covers the window of its owner with one picture.

    Args:
        thumbnails: Where pictures come from; the thumbnail stands in until the large one is there.
        owner: The view that gets the arrow keys, and the focus back.

    Signals:
        closed(): It was put away.
    """

    closed = Signal()

    def __init__(self, thumbnails: ThumbnailService, owner: QWidget) -> None:
        super().__init__(owner.window())
        self._thumbnails = thumbnails
        self._owner = owner
        self._record: ImageRecord | None = None
        self._scaled: tuple[tuple[int, QSize, float], QPixmap] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Quick look"))
        self.hide()
        thumbnails.ready.connect(self._refresh)

    @property
    def record(self) -> ImageRecord | None:
        """The picture on show, or None while closed."""
        return self._record if self.isVisible() else None

    def show_record(self, record: ImageRecord) -> None:
        """Show a picture, opening when closed."""
        self._record = record
        self.setAccessibleDescription(f"{record.path.name}, {words.facts(record)}")
        window = self._owner.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        if not self.isVisible():
            window.installEventFilter(self)
            self.setGeometry(window.rect())
            self.show()
            self.raise_()
            self.setFocus()
        self.update()

    def close_look(self) -> None:
        """Put it away and give the focus back."""
        if not self.isVisible():
            return
        self.hide()
        self.window().removeEventFilter(self)
        self._scaled = None
        self._owner.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close, or let the owner go to another picture; nothing reaches what lies underneath."""
        if event.key() in _CLOSING_KEYS:
            self.close_look()
        elif event.key() in STEP_KEYS:
            QApplication.sendEvent(self._owner, event)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere closes."""
        event.accept()
        self.close_look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window at every size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on a dark shade, its name and facts under it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        if self._record is None:
            return
        frame = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN - _CAPTION)
        self._paint_picture(painter, frame, self._record)
        self._paint_caption(painter, self._record)

    def _paint_picture(self, painter: QPainter, frame: QRect, record: ImageRecord) -> None:
        image = self._thumbnails.request_large(record, _SIDE)
        sharp = image is not None
        image = image or self._thumbnails.request(record)
        if image is None:
            self._paint_reason(painter, frame, record)
            return
        size = QSize(record.width, record.height) if record.width and record.height else image.size()
        most = size if sharp or record.width else image.size()
        ratio = self.devicePixelRatioF()
        place = fitted(size, frame)
        if place.width() * ratio > most.width():
            place = centred(most / ratio, frame)
        painter.drawPixmap(place, self._pixmap(image, place.size(), ratio))

    def _pixmap(self, image: QImage, size: QSize, ratio: float) -> QPixmap:
        key = (image.cacheKey(), size, ratio)
        if self._scaled is None or self._scaled[0] != key:
            smooth = Qt.TransformationMode.SmoothTransformation
            shown = image.scaled(size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = (key, QPixmap.fromImage(shown))
        return self._scaled[1]

    def _paint_reason(self, painter: QPainter, frame: QRect, record: ImageRecord) -> None:
        reason = self._thumbnails.failed(self._thumbnails.large_key(record, _SIDE))
        text = self.tr("Loading") if reason is None else self.tr("No picture: {reason}").format(reason=reason)
        painter.setPen(_QUIET_INK)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_caption(self, painter: QPainter, record: ImageRecord) -> None:
        metrics = painter.fontMetrics()
        line = QRect(_MARGIN, self.height() - _CAPTION - _MARGIN // 2, self.width() - 2 * _MARGIN, metrics.height())
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setPen(_INK)
        name = metrics.elidedText(record.path.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, centre, name)
        painter.setPen(_QUIET_INK)
        line.translate(0, metrics.height() + 4)
        painter.drawText(
            line, centre, metrics.elidedText(words.facts(record), Qt.TextElideMode.ElideRight, line.width())
        )

    @Slot(list)
    def _refresh(self, keys: list[str]) -> None:
        if self.isVisible() and self._record is not None:
            self.update()
