"""The strip of query thumbnails: its rows, and how one is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import words
from app.picture_painter import PicturePainter
from app.theme import RADIUS
from app.thumbnails import ThumbnailService, key_of
from core.records import ImageRecord

RECORD_ROLE = Qt.ItemDataRole.UserRole
TILE = 64

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
        thumbnails.ready.connect(self._on_ready)

    @property
    def paths(self) -> list[Path]:
        """The queries, in their order."""
        return [record.path for record in self._records]

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Replace the queries."""
        self.beginResetModel()
        self._records = [record_of(path) for path in paths]
        self.endResetModel()

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
                return record.path.name
            case Qt.ItemDataRole.ToolTipRole:
                reason = self._thumbnails.failed(key_of(record)) or ""
                return words.tooltip((record.path.name, words.folder_of(record.path), reason))
            case role if role == RECORD_ROLE:
                return record
            case _:
                return None

    @Slot(list)
    def _on_ready(self, keys: list[str]) -> None:
        known = set(keys)
        for row, record in enumerate(self._records):
            if key_of(record) in known:
                self.dataChanged.emit(self.index(row), self.index(row))


class QueryDelegate(QStyledItemDelegate):
    """Draws a query's thumbnail on a neutral ground, the current one with a frame in the accent colour."""

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = PicturePainter(thumbnails)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every query."""
        return QSize(TILE, TILE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one query."""
        record = index.data(RECORD_ROLE)
        if not isinstance(record, ImageRecord):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._pictures.paint(painter, option.rect.adjusted(2, 2, -2, -2), record, option.palette)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            role = QPalette.ColorRole.Accent if selected else QPalette.ColorRole.Mid
            painter.setPen(QPen(option.palette.color(role), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), RADIUS, RADIUS)
        painter.restore()
