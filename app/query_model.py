"""The strip of query thumbnails: its rows, and how one is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import icons, words
from app.picture_painter import PicturePainter
from app.query_part import Part, paint_frame, region_in
from app.theme import RADIUS
from app.thumbnails import ThumbnailService, key_of
from core.records import ImageRecord

RECORD_ROLE = Qt.ItemDataRole.UserRole
FOUND_ROLE = Qt.ItemDataRole.UserRole + 1
"""Whether a query has a verified match: True, False, or None while that is open."""
WORDS_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether a query is words and no picture."""
PART_ROLE = Qt.ItemDataRole.UserRole + 3
"""The Part of another picture that a query is, or None."""
TILE = 64
_BADGE = 18
_AROUND = QColor(0, 0, 0, 110)

_Index = QModelIndex | QPersistentModelIndex


def record_of(path: Path) -> ImageRecord:
    """A record of a file that no catalog knows; its thumbnail goes by its path."""
    return ImageRecord(path, "", 0, 0, 0, 0.0, "")


class QueryModel(QAbstractListModel):
    """The queries as rows."""

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._records: list[ImageRecord] = []
        self._found: dict[Path, bool] = {}
        self._words: frozenset[Path] = frozenset()
        self._parts: dict[Path, Part] = {}
        thumbnails.ready.connect(self._on_ready)

    @property
    def paths(self) -> list[Path]:
        """The queries, in their order."""
        return [record.path for record in self._records]

    def set_paths(
        self, paths: Sequence[Path], words: Collection[Path] = (), parts: Mapping[Path, Part] | None = None
    ) -> None:
        """Replace the queries.

        Args:
            paths: The queries.
            words: Those among them that are no files but what somebody typed.
            parts: Of those that were cut out of a picture, where.
        """
        self.beginResetModel()
        self._words = frozenset(words)
        self._parts = {path: parts[path] for path in paths if path in parts} if parts else {}
        self._records = [record_of(path) for path in paths]
        self._found = {}
        self.endResetModel()

    def set_found(self, found: Mapping[Path, bool]) -> None:
        """Tell which queries have a verified match; what is not named is open."""
        if found != self._found:
            self._found = dict(found)
            self.dataChanged.emit(self.index(0), self.index(max(0, self.rowCount() - 1)))

    def remove(self, row: int) -> None:
        """Take one query out."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._records[row]
        self.endRemoveRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One row a query."""
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row says."""
        record = self._records[index.row()]
        match role:
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (self.name_of(record.path), self._verdict(record.path))))
            case Qt.ItemDataRole.ToolTipRole:
                reason = self._thumbnails.failed(key_of(record)) or ""
                path = record.path
                return words.tooltip((self.name_of(path), self.folder_of(path), self._verdict(path), reason))
            case role if role == RECORD_ROLE:
                return record
            case role if role == WORDS_ROLE:
                return record.path in self._words
            case role if role == PART_ROLE:
                return self._parts.get(record.path)
            case role if role == FOUND_ROLE:
                return self._found.get(record.path)
            case _:
                return None

    def name_of(self, path: Path) -> str:
        """What a query is called: a part goes by the picture it was cut out of."""
        part = self._parts.get(path)
        return path.name if part is None else self.tr("part of {name}").format(name=part.source.name)

    def folder_of(self, path: Path) -> str:
        """Where a query is, or the picture it was cut out of."""
        part = self._parts.get(path)
        return words.folder_of(path if part is None else part.source)

    def _verdict(self, path: Path) -> str:
        found = self._found.get(path)
        if found is None:
            return ""
        return self.tr("found") if found else self.tr("no verified match")

    @Slot(list)
    def _on_ready(self, keys: list[str]) -> None:
        known = set(keys)
        for row, record in enumerate(self._records):
            part = self._parts.get(record.path)
            if key_of(record if part is None else record_of(part.source)) in known:
                self.dataChanged.emit(self.index(row), self.index(row))


class QueryDelegate(QStyledItemDelegate):
    """Draws a query's thumbnail on a neutral ground, the current one with a frame in the accent colour."""

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None, tile: int = TILE) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails)
        self._tile = tile

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every query."""
        return QSize(self._tile, self._tile)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one query."""
        record = index.data(RECORD_ROLE)
        if not isinstance(record, ImageRecord):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = option.rect.adjusted(2, 2, -2, -2)
        part = index.data(PART_ROLE)
        if index.data(WORDS_ROLE):
            self._paint_words(painter, frame, str(record.path), option.palette)
        elif isinstance(part, Part):
            self._paint_part(painter, frame, part, option.palette)
        else:
            self._pictures.paint(painter, frame, record, option.palette)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            role = QPalette.ColorRole.Accent if selected else QPalette.ColorRole.Mid
            painter.setPen(QPen(option.palette.color(role), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), RADIUS, RADIUS)
        self._paint_badge(painter, option, index.data(FOUND_ROLE))
        painter.restore()

    def _paint_part(self, painter: QPainter, frame: QRect, part: Part, palette: QPalette) -> None:
        """The picture that the part was cut out of, dimmed around it."""
        place = QRectF(self._pictures.paint(painter, frame, record_of(part.source), palette))
        region = region_in(part.region, place)
        around = QPainterPath()
        around.addRect(place)
        around.addRect(region)
        painter.fillPath(around, _AROUND)
        # On whole pixels the strokes are crisp; those along the picture's edge would lie half beside it.
        inner = place.adjusted(1, 1, -1, -1)
        paint_frame(painter, QRectF(region.toRect()).intersected(inner))

    def _paint_words(self, painter: QPainter, frame: QRect, text: str, palette: QPalette) -> None:
        """Words where there is room for them, else a sign for words."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        shown = text if self._tile >= TILE else "T"
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(4, 4, -4, -4), flags, shown)

    def _paint_badge(self, painter: QPainter, option: QStyleOptionViewItem, found: object) -> None:
        """A tick on what was found, a cross on what was not; nothing while that is open."""
        if not isinstance(found, bool):
            return
        corner = option.rect.bottomRight() - QPoint(_BADGE + 3, _BADGE + 3)
        badge = QRect(corner, QSize(_BADGE, _BADGE))
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(option.palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(badge)
        role = QPalette.ColorRole.Accent if found else QPalette.ColorRole.BrightText
        icons.paint(painter, "check" if found else "close", badge.adjusted(3, 3, -3, -3), option.palette.color(role))
