"""The box in the top bar: drop, paste or type what to search with."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from app import icons, intake


class QueryBox(QLineEdit):
    """One line for paths, that also takes pictures.

    Signals:
        handed(object): A HandOver of what was dropped, pasted or typed.
        browse_requested(): The person wants to choose files.
    """

    handed = Signal(object)
    browse_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("Drop or paste a picture, type a path or words"))
        self.setAccessibleName(self.tr("Query"))
        self.setToolTip(
            self.tr("Drop or paste pictures, or type the path of one; with a CLIP model, words too (Ctrl+F)")
        )
        self.setProperty("look", "field")
        self.setMinimumWidth(180)
        self.setMinimumHeight(32)
        self.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        browse = self.addAction(icons.icon("open-folder"), QLineEdit.ActionPosition.TrailingPosition)
        browse.setText(self.tr("Search with pictures"))
        browse.setToolTip(self.tr("Choose pictures to search with (Ctrl+Shift+O)"))
        browse.triggered.connect(self.browse_requested)
        self.returnPressed.connect(self._submit)

    @Slot()
    def _submit(self) -> None:
        paths = intake.paths_in_text(self.text())
        if paths:
            self.handed.emit(intake.HandOver(tuple(paths), words=self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste pictures and lists of paths as queries; one line of text goes into the box."""
        if event.matches(QKeySequence.StandardKey.Paste) and self._paste():
            return
        super().keyPressEvent(event)

    def _paste(self) -> bool:
        handed = intake.read_clipboard()
        if not handed or intake.clipboard_is_one_line():
            return False
        self.handed.emit(handed)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Whatever may be a picture is welcome."""
        if intake.could_take(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """All of the box takes drops."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        handed = intake.read(event.mimeData())
        if handed:
            event.acceptProposedAction()
            self.handed.emit(handed)
