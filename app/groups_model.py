"""Groups of copies as a table: a group is one line of cells, or several while it is expanded.

All rows are equally high and all cells equally wide, so a view finds any row without laying out the others.
The last column sums the group up. Cells are computed when they are looked at; the model keeps an id per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from app import words
from app.groups_order import GroupsOrder, SortBy, Totals
from app.thumbnails import ThumbnailService, key_of
from core.events import GroupFound
from core.records import Group, Member, Relation

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
_RESET_SHARE = 4
_RESET_FROM = 64

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class Kind(Enum):
    """What a cell shows."""

    MEMBER = "member"
    MORE = "more"
    FEWER = "fewer"
    SUMMARY = "summary"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell of the table.

    Attributes:
        kind: What it shows.
        group: The group of its row.
        place: Which member; for "more", the first one that is hidden; else 0.
        line: Which line of the group the cell is on.
        last: Whether that is the group's last line.
    """

    kind: Kind
    group: Group
    place: int
    line: int
    last: bool

    @property
    def member(self) -> Member | None:
        """The member shown, or None where the cell shows something else."""
        return self.group.members[self.place] if self.kind is Kind.MEMBER else None

    @property
    def hidden(self) -> int:
        """How many members a "more" cell stands for."""
        return len(self.group.members) - self.place if self.kind is Kind.MORE else 0


class GroupsModel(QAbstractTableModel):
    """The groups of one scan.

    Args:
        thumbnails: Tells why a picture could not be shown.
        parent: The Qt owner.
    """

    def __init__(self, thumbnails: ThumbnailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._order = GroupsOrder()
        self._lines: list[tuple[str, int]] = []
        self._expanded: set[str] = set()
        self._slots = 4

    # What the view asks

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Lines of all groups shown."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Cells of a line, and the summary."""
        return 0 if parent.isValid() else self._slots + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, tooltips and the text for screen readers; never a picture."""
        if not index.isValid() or not 0 <= index.row() < len(self._lines):
            return None
        if role == CELL_ROLE:
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(self.cell(index.row(), index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(self.cell(index.row(), index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(self.cell(index.row(), index.column()))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Members can be picked and dragged out; the tiles that fold a group can be picked."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        kind = self.cell(index.row(), index.column()).kind
        if kind in (Kind.NOTHING, Kind.SUMMARY):
            return Qt.ItemFlag.ItemNeverHasChildren
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if kind is Kind.MEMBER else flags

    def mimeTypes(self) -> list[str]:
        """Files leave as a list of addresses."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        """The files of these cells."""
        members = (self.cell(index.row(), index.column()).member for index in indexes)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(member.record.path)) for member in members if member])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """A drag never moves the file away."""
        return Qt.DropAction.CopyAction

    def cell(self, row: int, column: int) -> Cell:
        """What the cell at a row and column shows."""
        identifier, line = self._lines[row]
        group = self._group(identifier)
        expanded = identifier in self._expanded
        last = line == self._line_count(group) - 1
        if column == self._slots:
            return Cell(Kind.SUMMARY, group, 0, line, last)
        place = line * self._slots + column
        return Cell(self._kind(group, place, expanded), group, place, line, last)

    def _kind(self, group: Group, place: int, expanded: bool) -> Kind:
        count = len(group.members)
        if expanded:
            if place == count and count > self._slots:
                return Kind.FEWER
        elif count > self._slots and place == self._slots - 1:
            return Kind.MORE
        return Kind.MEMBER if place < count else Kind.NOTHING

    def position(self, identifier: str, place: int = 0) -> tuple[int, int] | None:
        """Row and column of a group's member, or of the tile that stands for it; None when not shown."""
        first = self.first_row(identifier)
        if first is None:
            return None
        if identifier in self._expanded:
            return first + place // self._slots, place % self._slots
        return first, min(place, self._slots - 1)

    def first_row(self, identifier: str) -> int | None:
        """The row in which a group begins, or None when it is not shown."""
        place = self._order.place(identifier)
        return None if place is None else self._row_at(place)

    def group_at(self, row: int) -> Group:
        """The group of a row."""
        return self._group(self._lines[row][0])

    def find(self, path: Path, groups: Iterable[str]) -> tuple[str, int] | None:
        """The first of some groups that a file is in, and as which member."""
        for identifier in groups:
            group = self._order.get(identifier)
            for place, member in enumerate(group.members if group else ()):
                if member.record.path == path:
                    return identifier, place
        return None

    def groups(self) -> list[Group]:
        """The groups shown, in order."""
        return [self._group(identifier) for identifier in self._order]

    @property
    def totals(self) -> Totals:
        """What all groups add up to, shown or not."""
        return self._order.totals

    @property
    def shown(self) -> int:
        """How many groups pass the filter."""
        return len(self._order)

    @property
    def cells_in_line(self) -> int:
        """How many members fit beside each other."""
        return self._slots

    def relations(self) -> list[Relation]:
        """The relations that occur, closest first."""
        return self._order.relations()

    # What changes it

    def set_groups(self, groups: Iterable[Group]) -> None:
        """Start over with these groups; those that are still there stay expanded."""
        self._reset(lambda: self._order.replace_all(groups))

    def update_groups(self, events: Sequence[GroupFound]) -> None:
        """Add groups, each in the place of those that it replaces."""
        if len(events) > max(_RESET_FROM, len(self._order) // _RESET_SHARE):
            self._reset(lambda: self._apply_all(events))
            return
        for event in events:
            for identifier in (*event.replaces, event.group.id):
                self._remove(identifier)
            self._add(event.group)

    def arrange(self, sort: SortBy, relation: Relation | None) -> None:
        """Choose the order and the filter."""
        self._reset(lambda: self._order.arrange(sort, relation))

    def set_cells_in_line(self, count: int) -> None:
        """How many members fit beside each other; at least two."""
        count = max(2, count)
        if count != self._slots:
            self._reset(lambda: setattr(self, "_slots", count))

    def set_expanded(self, identifier: str, expanded: bool) -> None:
        """Show all members of a group on as many lines as they need, or only one line."""
        first = self.first_row(identifier)
        if first is None or expanded == (identifier in self._expanded):
            return
        before = self._line_count(self._group(identifier))
        (self._expanded.add if expanded else self._expanded.discard)(identifier)
        after = self._line_count(self._group(identifier))
        self._resize_lines(identifier, first, before, after)
        self.dataChanged.emit(self.index(first, 0), self.index(first + min(before, after) - 1, self._slots))

    def is_expanded(self, identifier: str) -> bool:
        """Whether a group shows all its members."""
        return identifier in self._expanded

    def _resize_lines(self, identifier: str, first: int, before: int, after: int) -> None:
        if after > before:
            self.beginInsertRows(QModelIndex(), first + before, first + after - 1)
            self._lines[first + before : first + before] = [(identifier, line) for line in range(before, after)]
            self.endInsertRows()
        elif after < before:
            self.beginRemoveRows(QModelIndex(), first + after, first + before - 1)
            del self._lines[first + after : first + before]
            self.endRemoveRows()

    def _add(self, group: Group) -> None:
        place = self._order.add(group)
        if place is None:
            return
        row, count = self._row_at(place), self._line_count(group)
        self.beginInsertRows(QModelIndex(), row, row + count - 1)
        self._lines[row:row] = [(group.id, line) for line in range(count)]
        self.endInsertRows()

    def _remove(self, identifier: str) -> None:
        group, row = self._order.get(identifier), self.first_row(identifier)
        if group is None:
            return
        if row is None:
            self._order.remove(identifier)
            return
        count = self._line_count(group)
        self.beginRemoveRows(QModelIndex(), row, row + count - 1)
        self._order.remove(identifier)
        del self._lines[row : row + count]
        self.endRemoveRows()

    def _apply_all(self, events: Sequence[GroupFound]) -> None:
        for event in events:
            for identifier in (*event.replaces, event.group.id):
                self._order.remove(identifier)
            self._order.add(event.group)

    def _reset(self, change: Callable[[], None]) -> None:
        self.beginResetModel()
        change()
        self._expanded = {identifier for identifier in self._expanded if identifier in self._order}
        self._lines = [
            (identifier, line)
            for identifier in self._order
            for line in range(self._line_count(self._group(identifier)))
        ]
        self.endResetModel()

    def _group(self, identifier: str) -> Group:
        group = self._order.get(identifier)
        assert group is not None, "a row names a group that is gone"
        return group

    def _line_count(self, group: Group) -> int:
        count = len(group.members)
        if group.id not in self._expanded or count <= self._slots:
            return 1
        return -(-(count + 1) // self._slots)

    def _row_at(self, place: int) -> int:
        """Groups before it have one row each, the expanded ones among them some more."""
        row = place
        for identifier in self._expanded:
            other = self._order.place(identifier)
            if other is not None and other < place:
                row += self._line_count(self._group(identifier)) - 1
        return row

    # Words

    def _title(self, cell: Cell) -> str:
        if cell.member is not None:
            return cell.member.record.path.name
        if cell.kind is Kind.MORE:
            return f"+{words.number(cell.hidden)}"
        if cell.kind is Kind.FEWER:
            return self.tr("Show fewer")
        if cell.kind is Kind.SUMMARY and cell.line == 0:
            return words.to_free(cell.group.reclaimable)
        return ""

    def _tooltip(self, cell: Cell) -> str | None:
        if cell.kind is Kind.MORE:
            return words.tooltip(
                [self.tr("Show all {members}").format(members=words.pictures(len(cell.group.members)))]
            )
        if cell.member is None:
            return None
        record = cell.member.record
        lines = [record.path.name, words.folder_of(record.path), words.facts(record), cell.member.words]
        lines.append(cell.member.why)
        reason = self._thumbnails.failed(key_of(record))
        if reason is not None:
            lines.append(self.tr("No picture: {reason}").format(reason=reason))
        return words.tooltip(lines)

    def _spoken(self, cell: Cell) -> str:
        member = cell.member
        if member is None:
            return self._title(cell)
        relation = self.tr("best copy") if cell.place == 0 else words.chip(member.relation, member.evidence)
        return self.tr("{name}, {relation}, {facts}, {place} of {count} in its group").format(
            name=member.record.path.name,
            relation=relation,
            facts=words.facts(member.record),
            place=words.number(cell.place + 1),
            count=words.number(len(cell.group.members)),
        )
