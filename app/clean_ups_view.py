"""The list of all clean-ups there ever were: each can be looked at, undone, and gone on with if it was cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import icons, review_words, theme, words
from app.controls import dialog_button
from core.review.values import Action

if TYPE_CHECKING:
    from core._catalog_journal import Operation


class CleanUpsDialog(QDialog):
    """Stays beside the work.

    Signals:
        show_requested(int): What came of a clean-up is to be shown.
        undo_requested(int): A clean-up is to be taken back.
        resume_requested(int): A clean-up that was cut off is to go on.
    """

    show_requested = Signal(int)
    undo_requested = Signal(int)
    resume_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Clean-ups"))
        self.setModal(False)
        self._operations: tuple[Operation, ...] = ()
        titles = (self.tr("When"), self.tr("What was done"), self.tr("Size"), self.tr("State"))
        self.table = QTableWidget(0, len(titles))
        self.table.setHorizontalHeaderLabels(titles)
        self.table.setAccessibleName(self.tr("Clean-ups"))
        self._set_up_table()
        self.sentence = QLabel()
        theme.set_property(self.sentence, "tone", "quiet")
        self.show_button = dialog_button(self.tr("Show"), self.tr("What happened to each file (Enter)"))
        self.resume_button = dialog_button(self.tr("Go on"), self.tr("Do what was not done before it was cut off"))
        self.undo_button = dialog_button(self.tr("Undo"), self.tr("Bring every file back to its place, byte for byte"))
        self.show_button.clicked.connect(lambda: self._emit(self.show_requested))
        self.resume_button.clicked.connect(lambda: self._emit(self.resume_requested))
        self.undo_button.clicked.connect(lambda: self._emit(self.undo_requested))
        self._lay_out()
        self.resize(680, 400)
        self.show_operations(())

    def _set_up_table(self) -> None:
        table = self.table
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setFrameShape(QTableWidget.Shape.NoFrame)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setHighlightSections(False)
        for column, width in enumerate((150, 240, 90)):
            table.setColumnWidth(column, width)
        table.itemSelectionChanged.connect(self._allow)
        table.itemActivated.connect(lambda _: self._emit(self.show_requested))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.sentence, 1)
        for button in (self.show_button, self.resume_button, self.undo_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        column.setSpacing(theme.GAP)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def show_operations(self, operations: Sequence[Operation]) -> None:
        """List these, the latest first."""
        self._operations = tuple(operations)
        self.table.setRowCount(len(operations))
        for row, operation in enumerate(operations):
            cells = (
                words.date(operation.started),
                review_words.done(Action(operation.action), operation.files),
                words.size(operation.bytes) if operation.files else "",
                state(operation),
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column == 3 and operation.interrupted:
                    item.setIcon(icons.icon("warning"))
                self.table.setItem(row, column, item)
        self.sentence.setText("" if operations else self.tr("Nothing was cleaned up yet."))
        if operations:
            self.table.selectRow(0)
        self._allow()

    @property
    def current(self) -> Operation | None:
        """The clean-up that is selected."""
        row = self.table.currentRow()
        return self._operations[row] if self.table.selectedItems() and row < len(self._operations) else None

    def present(self) -> None:
        """Open, or come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _emit(self, signal: SignalInstance) -> None:
        operation = self.current
        if operation is not None:
            signal.emit(operation.id)

    @Slot()
    def _allow(self) -> None:
        operation = self.current
        self.show_button.setEnabled(operation is not None)
        self.undo_button.setEnabled(operation is not None and operation.undoable)
        self.resume_button.setVisible(any(item.interrupted for item in self._operations))
        self.resume_button.setEnabled(operation is not None and operation.interrupted)


def state(operation: Operation) -> str:
    """How a clean-up stands."""
    if operation.interrupted:
        return review_words.cut_off()
    if operation.undone is not None:
        return review_words.undone(words.date(operation.undone))
    return review_words.can_be_undone() if operation.undoable else ""
