"""Small windows beside the work: the details of an error, and the files that were skipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import words
from app.theme import GAP, GROUP
from core.events import Skipped

_AnyIndex = QModelIndex | QPersistentModelIndex


class _Window(QDialog):
    """A window that stays beside the main one, with Copy and Close."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        self._column.setSpacing(GAP)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        self._buttons.rejected.connect(self.reject)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Put all of it on the clipboard"))
        self._buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)

    def _show_in_front(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()


class ErrorDetails(_Window):
    """The traceback behind an error, to read and to copy into a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent.tr("Details") if parent else "Details", parent)
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setAccessibleName(self.tr("Details of the error"))
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        for widget in (self._sentence, self._text, self._buttons):
            self._column.addWidget(widget)
        self.copy_button.clicked.connect(self._copy)
        self.resize(640, 400)

    def show_error(self, sentence: str, details: str) -> None:
        """Open with this error."""
        self._sentence.setText(sentence)
        self._text.setPlainText(details)
        self._show_in_front()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._sentence.text()}\n\n{self._text.toPlainText()}")


class _SkippedModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Skipped] = []

    def set_rows(self, rows: Sequence[Skipped]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else 3

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tooltip((str(row.path), row.reason))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (row.path.name, row.reason, words.folder_of(row.path))[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("File"), self.tr("Reason"), self.tr("Folder"))[section]


class SkippedList(_Window):
    """The files that could not be read, each with its reason."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent.tr("Skipped files") if parent else "Skipped files", parent)
        self._model = _SkippedModel()
        self._sentence = QLabel(wordWrap=True)
        self._table = QTableView(sortingEnabled=False, showGrid=False, wordWrap=False)
        self._table.setAccessibleName(self.tr("Skipped files"))
        self._table.setModel(self._model)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self._table.setColumnWidth(0, 240)
        self._table.setColumnWidth(1, 220)
        for widget in (self._sentence, self._table, self._buttons):
            self._column.addWidget(widget)
        self.copy_button.clicked.connect(self._copy)
        self.resize(720, 420)

    @property
    def files(self) -> list[Path]:
        """The files on the list."""
        return [row.path for row in self._model.rows]

    def set_skipped(self, skipped: Sequence[Skipped]) -> None:
        """Replace the list."""
        self._model.set_rows(skipped)
        self._sentence.setText(
            self.tr("These files look like pictures but could not be read. They are left as they are.")
            if skipped
            else self.tr("Every picture could be read.")
        )

    def present(self) -> None:
        """Open beside the main window."""
        self._show_in_front()

    def _copy(self) -> None:
        lines = (f"{row.path}\t{row.reason}" for row in self._model.rows)
        QGuiApplication.clipboard().setText("\n".join(lines))
