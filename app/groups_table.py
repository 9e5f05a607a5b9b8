"""The table of groups: equal rows and cells, so that thousands of groups scroll like ten."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QCursor, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.groups_delegate import GroupsDelegate
from app.groups_model import Cell, GroupsModel, Kind
from app.thumbnails import ThumbnailService, key_of
from core.records import Member

_SUMMARY = 132
_GROWTH = 1.5
_SCROLL_STEP = 48
_MOST_SLOTS = 64

_Action = QAbstractItemView.CursorAction


@dataclass(frozen=True, slots=True)
class Anchor:
    """What must not jump when groups come and go.

    Attributes:
        identifier: A group in sight, or "" where none is held.
        distance: How far its first line is from the top of the view, in pixels.
        current: The group and place of the member with the cursor, or None.
    """

    identifier: str
    distance: int
    current: tuple[str, int] | None


class GroupsTable(QTableView):
    """Shows a GroupsModel; the cursor moves among groups and members.

    Args:
        model: The groups.
        thumbnails: Where pictures come from.
        side: Width of a picture's ground.
        parent: The Qt owner.

    Signals:
        fold_requested(str, bool): Show all members of the group with this id, or only one line.
    """

    fold_requested = Signal(str, bool)

    def __init__(
        self, model: GroupsModel, thumbnails: ThumbnailService, side: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._groups = model
        self._side = side
        self._cells = GroupsDelegate(thumbnails, side, self)
        self._set_up()
        self.setItemDelegate(self._cells)
        self.setModel(model)
        model.modelReset.connect(self._set_widths)
        thumbnails.ready.connect(self._repaint_keys)

    def _set_up(self) -> None:
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(1)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(_SCROLL_STEP)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName(self.tr("Groups of copies"))

    def set_side(self, side: int) -> None:
        """Show pictures in another size; the group in the middle of attention stays in sight."""
        self._side = side
        self.spread()

    def spread(self) -> None:
        """Share the width among as many cells as fit; the pictures grow into what is left over."""
        width = self.viewport().width() - _SUMMARY
        slots = min(_MOST_SLOTS, max(2, width // self._cells.smallest_cell(self._side)))
        cell = max(1, width // slots)
        side = min(self._cells.side_in(cell), round(self._side * _GROWTH))
        self._cells.set_layout(max(16, side), self.font())
        anchor = self.anchor()
        self.verticalHeader().setDefaultSectionSize(self._cells.layout.height)
        self._groups.set_cells_in_line(slots)
        self._set_widths()
        self.return_to(anchor)

    def anchor(self) -> Anchor:
        """What must not jump now."""
        current = self._current_place()
        row = self._anchor_row()
        if row is None:
            return Anchor("", 0, current)
        group = self._groups.group_at(row)
        first = self._groups.first_row(group.id) or 0
        return Anchor(group.id, self.rowViewportPosition(first), current)

    def return_to(self, anchor: Anchor) -> None:
        """Put the group of an anchor where it was, and the cursor back on its member."""
        if anchor.current is not None:
            self.go_to(*anchor.current)
        row = self._groups.first_row(anchor.identifier) if anchor.identifier else None
        if row is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(row * self._cells.layout.height - anchor.distance)

    def go_to(self, identifier: str, place: int) -> bool:
        """Make a member current; False when it is not shown."""
        position = self._groups.position(identifier, place)
        if position is None:
            return False
        index = self._groups.index(*position)
        if index != self.currentIndex() or not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        return True

    def current_cell(self) -> Cell | None:
        """The cell with the cursor, once the person has picked one.

        Getting the focus puts the cursor on the first cell; that alone picks nothing.
        """
        index = self.currentIndex()
        return self._cell(index) if self.selectionModel().isSelected(index) else None

    def selected_members(self) -> list[Member]:
        """The selected members, in the order shown."""
        indexes = sorted(self.selectedIndexes(), key=lambda index: (index.row(), index.column()))
        cells = [self._cell(index) for index in indexes]
        return [cell.member for cell in cells if cell is not None and cell.member is not None]

    def select_group(self, row: int) -> None:
        """Select all members of the group in a row that are shown, for dragging them out together."""
        identifier = self._groups.group_at(row).id
        first = self._groups.first_row(identifier)
        if first is None:
            return
        selection = QItemSelection()
        last = first
        while last < self._groups.rowCount() and self._groups.group_at(last).id == identifier:
            for column in range(self._groups.cells_in_line):
                if self._groups.cell(last, column).member is not None:
                    index = self._groups.index(last, column)
                    selection.select(index, index)
            last += 1
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self._groups.index(first, 0), flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)

    def visible_rows(self) -> range:
        """The rows of which at least a part is in sight."""
        height, top = self._cells.layout.height, self.verticalScrollBar().value()
        last = (top + self.viewport().height()) // height + 1
        return range(max(0, top // height), min(last, self._groups.rowCount()))

    def sizeHintForRow(self, row: int) -> int:
        """The same for every row."""
        return self._cells.layout.height

    def minimumSizeHint(self) -> QSize:
        """Two cells and the summary."""
        return QSize(2 * self._cells.smallest_cell(64) + _SUMMARY, self._cells.layout.height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the cells over the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.spread()

    def changeEvent(self, event: QEvent) -> None:
        """Another font makes other cells."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_cells"):
            self.spread()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a fold tile folds, one on the sum selects the whole group."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        cell = self._cell(index)
        if cell is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if cell.kind in (Kind.MORE, Kind.FEWER):
            self.fold_requested.emit(cell.group.id, cell.kind is Kind.MORE)
        elif cell.kind is Kind.SUMMARY:
            self.select_group(index.row())

    def moveCursor(self, action: _Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Left and right go through the members and on to the next group, up and down from line to line."""
        if not self._groups.rowCount():
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self._groups.index(0, 0)
        row, column = current.row(), current.column()
        if action in (_Action.MoveLeft, _Action.MovePrevious):
            return self._beside(row, column, -1)
        if action in (_Action.MoveRight, _Action.MoveNext):
            return self._beside(row, column, 1)
        return self._in_row(self._target_row(action, row), column)

    def _target_row(self, action: _Action, row: int) -> int:
        page = max(1, self.viewport().height() // self._cells.layout.height)
        last = self._groups.rowCount() - 1
        targets = {
            _Action.MoveUp: row - 1,
            _Action.MoveDown: row + 1,
            _Action.MovePageUp: row - page,
            _Action.MovePageDown: row + page,
            _Action.MoveHome: 0,
            _Action.MoveEnd: last,
        }
        return max(0, min(last, targets.get(action, row)))

    def _in_row(self, row: int, column: int) -> QModelIndex:
        """The cell in a row that is nearest to a column and shows something."""
        while column > 0 and self._groups.cell(row, column).kind in (Kind.NOTHING, Kind.SUMMARY):
            column -= 1
        return self._groups.index(row, column)

    def _beside(self, row: int, column: int, step: int) -> QModelIndex:
        target = column + step
        if target < 0:
            return self._in_row(row - 1, self._groups.cells_in_line - 1) if row else self.currentIndex()
        if target < self._groups.cells_in_line and self._groups.cell(row, target).kind is not Kind.NOTHING:
            return self._groups.index(row, target)
        return self._groups.index(row + 1, 0) if row + 1 < self._groups.rowCount() else self.currentIndex()

    def _cell(self, index: QModelIndex) -> Cell | None:
        return self._groups.cell(index.row(), index.column()) if index.isValid() else None

    def _current_place(self) -> tuple[str, int] | None:
        cell = self.current_cell()
        return None if cell is None else (cell.group.id, cell.place)

    def _anchor_row(self) -> int | None:
        """The group under the pointer, else the current one, else the first; at the very top, none."""
        visible = self.visible_rows()
        if self.underMouse():
            pointed = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
            if pointed.isValid():
                return pointed.row()
        if self.current_cell() is not None and self.currentIndex().row() in visible:
            return self.currentIndex().row()
        return visible[0] if visible and self.verticalScrollBar().value() else None

    @Slot()
    def _set_widths(self) -> None:
        slots, width = self._groups.cells_in_line, self.viewport().width()
        cell = max(1, (width - _SUMMARY) // slots)
        header = self.horizontalHeader()
        header.setDefaultSectionSize(cell)
        for column in range(slots):
            header.resizeSection(column, cell)
        header.resizeSection(slots, max(1, width - slots * cell))

    @Slot(list)
    def _repaint_keys(self, keys: list[str]) -> None:
        """Only members in sight can have asked for these."""
        wanted = set(keys)
        for row in self.visible_rows():
            for column in range(self._groups.cells_in_line):
                member = self._groups.cell(row, column).member
                if member is not None and key_of(member.record) in wanted:
                    self.update(self._groups.index(row, column))
