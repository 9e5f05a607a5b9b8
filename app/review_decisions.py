"""The list of decisions: what was said of which files, to search, take back, and carry to another catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import review_words, theme, words
from app.controls import dialog_button

if TYPE_CHECKING:
    from core.review.decisions import Decision

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_TYPING_MS = 150


class DecisionsModel(QAbstractTableModel):
    """Decisions as rows: when, what, of which files."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Decision, ...] = ()
        self._titles = (self.tr("When"), self.tr("You said"), self.tr("Of these files"), self.tr("Folder"))

    def set_rows(self, rows: Sequence[Decision]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """One row a decision."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """When, what, which, where."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell says."""
        decision = self.rows[index.row()]
        names = decision.names()
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tooltip([str(path) for path in names])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match index.column():
            case 0:
                return words.date(decision.made)
            case 1:
                return review_words.decision(decision.kind)
            case 2:
                return ", ".join(path.name for path in names)
            case _:
                return ", ".join(dict.fromkeys(words.folder_of(path) for path in names))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None


class ReviewDecisionsDialog(QDialog):
    """Stays beside the work.

    Signals:
        search_changed(str): Decisions with this text are to be listed.
        undo_requested(list): Decisions, by number, are to be taken back.
        export_requested(): All decisions are to be written to a file.
        import_requested(): Decisions are to be taken over from a file.
    """

    search_changed = Signal(str)
    undo_requested = Signal(list)
    export_requested = Signal()
    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Decisions"))
        self.setModal(False)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(self.tr("Search by name, folder or kind"))
        self.search.setProperty("look", "field")
        self.search.setAccessibleName(self.tr("Search decisions"))
        self.search.setToolTip(self.tr("Shows the decisions that speak of a file or folder of this name"))
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.ask)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.model = DecisionsModel(self)
        self.table = self._make_table()
        self.count = QLabel()
        theme.set_property(self.count, "tone", "quiet")
        self.undo_button = dialog_button(self.tr("Undo"), self.tr("Take the selected decisions back (Del)"))
        self.export_button = dialog_button(self.tr("Export …"), self.tr("Write all decisions to a file"))
        self.import_button = dialog_button(self.tr("Import …"), self.tr("Take over decisions from another catalog"))
        self.undo_button.clicked.connect(self._undo)
        self.export_button.clicked.connect(self.export_requested)
        self.import_button.clicked.connect(self.import_requested)
        QShortcut(QKeySequence("Del"), self.table, self._undo, context=Qt.ShortcutContext.WidgetShortcut)
        self._lay_out()
        self.resize(760, 460)
        self.show_decisions(())

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Decisions"))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setTabKeyNavigation(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setHighlightSections(False)
        for column, width in enumerate((150, 120, 260)):
            table.setColumnWidth(column, width)
        table.selectionModel().selectionChanged.connect(self._allow)
        return table

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.count, 1)
        for button in (self.import_button, self.export_button, self.undo_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GROUP, theme.GROUP, theme.GROUP, theme.GROUP)
        column.setSpacing(theme.GAP)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def show_decisions(self, decisions: Sequence[Decision]) -> None:
        """List these."""
        self.model.set_rows(decisions)
        if decisions:
            self.count.setText(review_words.decisions(len(decisions)))
        elif self.search.text():
            self.count.setText(self.tr("No decision speaks of that."))
        else:
            self.count.setText(self.tr("Nothing decided yet: press B or N while you review."))
        self.export_button.setEnabled(bool(decisions))
        self._allow()

    @Slot()
    def ask(self) -> None:
        """Have the list read again."""
        self.search_changed.emit(self.search.text().strip())

    def present(self) -> None:
        """Open, or come to the front."""
        self.ask()
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def _undo(self) -> None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        if rows:
            self.undo_requested.emit([self.model.rows[row].id for row in sorted(rows)])

    @Slot()
    def _allow(self) -> None:
        self.undo_button.setEnabled(self.table.selectionModel().hasSelection())
