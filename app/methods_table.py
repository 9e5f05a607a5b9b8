"""Tables of the Methods page: rows of values that are sorted by what they are and shown as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app import words
from app.theme import GAP, GROUP, SPACE

_WIDEST_WORDS = 220
_STYLE = f"""
QHeaderView {{ background: palette(base); border: none; }}
QHeaderView::section {{
    background: palette(base); color: palette(placeholder-text); border: none;
    border-bottom: 1px solid palette(mid); padding: {SPACE}px; }}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ subcontrol-position: top center; width: 8px; height: 6px; }}
QHeaderView::section:hover {{ color: palette(text); background: palette(light); }}
QHeaderView::section:first {{ padding-left: {GROUP}px; }}
QTableView::item {{ padding: 0 {SPACE}px; border: none; }}
QTableView::item:first {{ padding-left: {GROUP}px; }}
QTableView::item:selected {{ background: palette(highlight); color: palette(highlighted-text); }}
"""
_AnyIndex = QModelIndex | QPersistentModelIndex
_Row = TypeVar("_Row")
_Role = Qt.ItemDataRole
_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class Column(Generic[_Row]):
    """One column.

    Attributes:
        title: Over it.
        tip: What it means.
        value: What a row is sorted by; None stays at the end.
        text: What is shown of a row.
        words: Whether it has words, which stand on the left, and not numbers.
    """

    title: str
    tip: str
    value: Callable[[_Row], Any]
    text: Callable[[_Row], str]
    words: bool = False


class RowsModel(QAbstractTableModel, Generic[_Row]):
    """Rows of one kind.

    Args:
        columns: What is shown of them.
        told: A row in words, for its tooltip.
        usable: Whether a row is more than a note; others are faint.
        parent: The Qt owner.
    """

    def __init__(
        self,
        columns: Iterable[Column[_Row]],
        told: Callable[[_Row], Iterable[str]] = lambda row: (),
        usable: Callable[[_Row], bool] = lambda row: True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._told = told
        self._usable = usable
        self._rows: list[_Row] = []

    @property
    def rows(self) -> tuple[_Row, ...]:
        """All rows, in the order they came."""
        return tuple(self._rows)

    def replace(self, rows: Iterable[_Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append(self, row: _Row) -> None:
        """Show one row more."""
        place = len(self._rows)
        self.beginInsertRows(QModelIndex(), place, place)
        self._rows.append(row)
        self.endInsertRows()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _AnyIndex, role: int = _Role.DisplayRole) -> object:
        """What a cell shows."""
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case _Role.DisplayRole:
                return column.text(row)
            case _Role.UserRole:
                return column.value(row)
            case _Role.ToolTipRole:
                return words.tooltip((column.text(row), *self._told(row))) if column.words else None
            case _Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if column.words else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
            case _Role.ForegroundRole if not self._usable(row):
                return QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """Title and meaning of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        match role:
            case _Role.DisplayRole:
                return column.title
            case _Role.ToolTipRole:
                return column.tip
            case _Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if column.words else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
        return None


class _Sorted(QSortFilterProxyModel):
    """Sorts by values; rows without one stay at the end whichever way it goes."""

    def lessThan(self, left: _AnyIndex, right: _AnyIndex) -> bool:
        source = self.sourceModel()
        one, other = source.data(left, _Role.UserRole), source.data(right, _Role.UserRole)
        if one is None or other is None:
            rising = self.sortOrder() is Qt.SortOrder.AscendingOrder
            return (one is not None) if rising else (one is None and other is not None)
        return bool(one < other)


class _Roomy(QStyledItemDelegate):
    """Asks for the room that the stylesheet's padding takes, which Qt forgets."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(SPACE, 0)


class MethodsTable(QTableView, Generic[_Row]):
    """A table that is sorted by a click on its header.

    Args:
        model: Its rows.
        name: What it is, for screen readers.
        parent: The Qt owner.

    Signals:
        selection_moved(): Other rows are selected.
        opened(object): A row was opened with Return or a double click.
    """

    selection_moved = Signal()
    opened = Signal(object)

    def __init__(self, model: RowsModel[_Row], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(model)
        self.setModel(self._sorted)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._set_up()
        self.selectionModel().selectionChanged.connect(self.selection_moved)
        self.activated.connect(lambda index: self.opened.emit(self._row(index)))
        model.modelReset.connect(self.selection_moved)
        for changed in (model.modelReset, model.rowsInserted):
            changed.connect(self._fit)

    def _set_up(self) -> None:
        self.setStyleSheet(_STYLE)
        self.setItemDelegate(_Roomy(self))
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 2 * GAP)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.sectionResized.connect(self._on_section)
        header.setMinimumSectionSize(48)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first column takes what the others leave."""
        super().resizeEvent(event)
        self._fit()

    @Slot(int)
    def _on_section(self, place: int) -> None:
        if place > 0:
            self._fit()

    @Slot()
    def _fit(self) -> None:
        """The first column has words: never narrower than they need, up to a bound, and it takes all that is left."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(place) for place in range(1, header.count()))
        needed = min(_WIDEST_WORDS, max(self.sizeHintForColumn(0) + GROUP, header.sectionSizeHint(0)))
        header.resizeSection(0, max(needed, self.viewport().width() - others))

    def _row(self, index: QModelIndex) -> _Row:
        return self._rows.rows[self._sorted.mapToSource(index).row()]

    def shown(self) -> list[_Row]:
        """All rows in the order on screen."""
        return [self._row(self._sorted.index(place, 0)) for place in range(self._sorted.rowCount())]

    def chosen(self) -> list[_Row]:
        """The selected rows in the order on screen."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._row(self._sorted.index(place, 0)) for place in places]
