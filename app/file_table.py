"""A table of files with a few words about each, for lists of thousands that are read, sorted and copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app import icons, words

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_FOLDER_WIDTH = 150
_ROOMY = 620


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file.

    Attributes:
        path: The file; its name is the first column, its folder the last.
        cells: The columns between.
        warn: Whether something about it needs attention.
    """

    path: Path
    cells: tuple[str, ...]
    warn: bool = False


class FileTableModel(QAbstractTableModel):
    """Rows of files.

    Args:
        columns: The titles of the columns between name and folder.
        parent: The Qt owner.
    """

    def __init__(self, columns: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = (self.tr("File"), *columns, self.tr("Folder"))
        self.rows: list[FileRow] = []

    def set_rows(self, rows: Sequence[FileRow]) -> None:
        """Show these; those that need attention come first."""
        self.beginResetModel()
        self.rows = sorted(rows, key=lambda row: not row.warn)
        self.endResetModel()

    def add_rows(self, rows: Sequence[FileRow]) -> None:
        """Add some at the end."""
        if rows:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self.rows.extend(rows)
            self.endInsertRows()

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """One row a file."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Name, what is said of it, folder."""
        return 0 if parent.isValid() else len(self._columns)

    def text(self, row: FileRow, column: int) -> str:
        """What a cell says."""
        if column == 0:
            return row.path.name
        if column == len(self._columns) - 1:
            return words.folder_of(row.path)
        return row.cells[column - 1]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell says."""
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return words.tooltip([str(row.path), *row.cells])
            case Qt.ItemDataRole.DecorationRole if row.warn and index.column() == 0:
                return icons.icon("warning")
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        return None


class FileTable(QTableView):
    """Shows a FileTableModel.

    Args:
        columns: The titles of the columns between name and folder.
        name: What it is, for screen readers.
        parent: The Qt owner.
    """

    def __init__(self, columns: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files = FileTableModel(columns, self)
        self._spare: tuple[int, ...] = ()
        self.setModel(self.files)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)

    def set_widths(self, *widths: int, spare: tuple[int, ...] = ()) -> None:
        """How wide the columns are, from the first on; 0 for the one that takes what is left.

        Args:
            widths: In pixels.
            spare: Columns that are left out, like the folder, where there is little room.
        """
        self._spare = (*spare, self.files.columnCount() - 1)
        header = self.horizontalHeader()
        for column, width in enumerate((*widths, _FOLDER_WIDTH)):
            if width:
                self.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the folder and the like are left to the tooltip."""
        for column in self._spare:
            self.setColumnHidden(column, event.size().width() < _ROOMY)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The standard key for copying copies the paths of the selected rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join(str(self.files.rows[row].path) for row in rows))
            return
        super().keyPressEvent(event)
