"""Paints pictures of records into cells, letterboxed on a neutral ground, or a placeholder instead."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPixmap

from app import icons
from app.theme import RADIUS
from app.thumbnails import ThumbnailService, key_of
from core.records import ImageRecord

_PIXMAP_LIMIT = 96 << 20
_MAT = 6
_BYTES_PER_PIXEL = 4
_LARGE_SIDES = (320, 640, 1280, 2560)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two others; ``share`` of the second, in [0, 1]."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def centred(size: QSize, frame: QRect) -> QRect:
    """A rectangle of some size in the middle of a frame."""
    return QRect(
        frame.topLeft() + QPoint((frame.width() - size.width()) // 2, (frame.height() - size.height()) // 2),
        size,
    )


def fitted(size: QSize, frame: QRect) -> QRect:
    """The largest rectangle of this shape in the middle of a frame."""
    scaled = size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return centred(scaled.expandedTo(QSize(1, 1)), frame)


class PixmapMemory:
    """Pixmaps scaled to the size at which they are painted, bounded in bytes."""

    def __init__(self, limit: int = _PIXMAP_LIMIT) -> None:
        self._limit = limit
        self._pixmaps: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[object, ...]) -> QPixmap | None:
        """The pixmap, which now counts as the most recently used, or None."""
        pixmap = self._pixmaps.get(key)
        if pixmap is not None:
            self._pixmaps.move_to_end(key)
        return pixmap

    def put(self, key: tuple[object, ...], pixmap: QPixmap) -> None:
        """Keep a pixmap that is not there yet; the ones used longest ago make room."""
        self._pixmaps[key] = pixmap
        self._bytes += _bytes(pixmap)
        while self._bytes > self._limit and len(self._pixmaps) > 1:
            _, gone = self._pixmaps.popitem(last=False)
            self._bytes -= _bytes(gone)


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * _BYTES_PER_PIXEL


class PicturePainter:
    """Paints thumbnails, asking the service for those it paints and for no others.

    Args:
        thumbnails: Where pictures come from.
        large: Whether frames may be larger than thumbnails; these then stand in until a larger picture is there.
    """

    def __init__(self, thumbnails: ThumbnailService, large: bool = False) -> None:
        self._thumbnails = thumbnails
        self._large = large
        self._pixmaps = PixmapMemory()

    def paint(self, painter: QPainter, frame: QRect, record: ImageRecord, palette: QPalette) -> QRect:
        """Paint the picture of a record into a frame.

        Args:
            painter: In logical pixels; its opacity is respected.
            frame: The neutral ground; the picture keeps a small distance from its edge.
            record: Whose picture.
            palette: Colours.

        Returns:
            The rectangle that the picture, or its placeholder, covers.
        """
        paint_ground(painter, frame, palette)
        inner = frame.adjusted(_MAT, _MAT, -_MAT, -_MAT)
        pixmap = self._pixmap(record, inner.size(), painter.device().devicePixelRatioF())
        if pixmap is not None:
            place = centred(pixmap.deviceIndependentSize().toSize(), inner)
            painter.drawPixmap(place.topLeft(), pixmap)
            return place
        place = fitted(_expected_size(record), inner)
        if self._thumbnails.failed(key_of(record)) is None:
            painter.fillRect(place, ground(palette, 0.05))
        else:
            paint_broken(painter, inner, palette)
        return place

    def _pixmap(self, record: ImageRecord, room: QSize, ratio: float) -> QPixmap | None:
        """The picture in device pixels for this room, scaled once and then remembered."""
        version = None if record.content else (record.modified, record.size)
        key = (key_of(record), version, room.width(), room.height(), ratio)
        pixmap = self._pixmaps.get(key)
        if pixmap is not None:
            return pixmap
        if self._large:
            return self._large_pixmap(record, room, ratio, key)
        image = self._thumbnails.request(record)
        if image is None:
            return None
        pixmap = _scaled(image, room * ratio, ratio)
        self._pixmaps.put(key, pixmap)
        return pixmap

    def _large_pixmap(self, record: ImageRecord, room: QSize, ratio: float, key: tuple[object, ...]) -> QPixmap | None:
        """A picture sharp at this size, once it is there; until then the thumbnail, which is not remembered."""
        side = large_side(record, room, ratio)
        if side <= self._thumbnails.side:
            image = self._thumbnails.request(record)
        else:
            image = self._thumbnails.request_large(record, side)
        if image is not None:
            pixmap = _scaled(image, room * ratio, ratio)
            self._pixmaps.put(key, pixmap)
            return pixmap
        image = self._thumbnails.request(record)
        if image is None:
            return None
        size = _expected_size(record).scaled(room * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        stretched = image.scaled(size.expandedTo(QSize(1, 1)))
        stretched.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(stretched)


def large_side(record: ImageRecord, room: QSize, ratio: float) -> int:
    """The long side of the picture to ask for: a few sizes only, so that a window can be resized without decoding."""
    longest = max(record.width, record.height) or _LARGE_SIDES[-1]
    wanted = min(longest, round(max(room.width(), room.height()) * ratio))
    return next((side for side in _LARGE_SIDES if side >= wanted), _LARGE_SIDES[-1])


def _scaled(image: QImage, room: QSize, ratio: float) -> QPixmap:
    """Shrunk to the room; small pictures grow to twice their size at most, so that icons stay icons."""
    size = image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    most = image.size() * 2 * ratio
    if size.width() > most.width():
        size = most
    smooth = Qt.TransformationMode.SmoothTransformation
    image = image.scaled(size.expandedTo(QSize(1, 1)), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def _expected_size(record: ImageRecord) -> QSize:
    """The shape of a picture that is not there yet."""
    return QSize(record.width or 4, record.height or 3)


def ground(palette: QPalette, more: float = 0.0) -> QColor:
    """The neutral ground that pictures lie on; ``more`` takes it further from the page."""
    return mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), 0.06 + more)


def paint_ground(painter: QPainter, frame: QRect, palette: QPalette) -> None:
    """Fill a frame with the neutral ground."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground(palette))
    painter.drawRoundedRect(frame, RADIUS, RADIUS)


def paint_broken(painter: QPainter, frame: QRect, palette: QPalette) -> None:
    """A torn picture in the middle of a frame: this file cannot be read."""
    side = max(16, min(48, min(frame.width(), frame.height()) // 3))
    box = centred(QSize(side, side), frame)
    icons.paint(painter, "picture-broken", box, palette.color(QPalette.ColorRole.PlaceholderText))
