"""What a scan found: groups of copies, one row each, with the reason of every member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.empty_state import EmptyState
from app.groups_bar import USUAL, GroupsBar
from app.groups_model import Cell, GroupsModel, Kind
from app.groups_table import Anchor, GroupsTable
from app.picture_actions import PictureCopier, copy_paths
from app.picture_menu import PictureMenu
from app.quick_look import QuickLook
from app.thumbnails import ThumbnailService
from app.view_gestures import ViewGestures
from core.events import GroupFound
from core.records import Group, ImageRecord, Member


class GroupsView(QWidget):
    """A column of groups that fills while a scan runs.

    Args:
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        compare_requested(object, object): The Paths of a representative and of a member of its group.
        open_requested(object, object): A Group to open as a contact sheet, and the Path of its current member.
        review_requested(str): Review the groups, beginning with that of this id.
        search_requested(object): The Path of a picture to search with.
        part_requested(object): The ImageRecord of a picture of which a region is to be drawn and searched with.
        scan_requested(): Look for copies.
        selection_changed(object): A tuple (Group, Member) for the member with the cursor, or None.
    """

    compare_requested = Signal(object, object)
    open_requested = Signal(object, object)
    review_requested = Signal(str)
    search_requested = Signal(object)
    part_requested = Signal(object)
    scan_requested = Signal()
    selection_changed = Signal(object)

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._scanned = False
        self._scanning = False
        self._quiet = False
        self._told: tuple[Group, Member] | None = None
        self._model = GroupsModel(thumbnails, self)
        self._bar = GroupsBar()
        self._table = GroupsTable(self._model, thumbnails, USUAL)
        self._empty = EmptyState()
        self._quick_look = QuickLook(thumbnails, self._table)
        self._copier = PictureCopier(thumbnails, self)
        self._lay_out()
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._table)
        self._pages.addWidget(self._empty)
        theme.set_property(self._pages, "ground", "base")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self._table)

    def _connect(self) -> None:
        self._bar.arranged.connect(self._arrange)
        self._bar.side_changed.connect(self._table.set_side)
        self._empty.pressed.connect(self._press_empty)
        self._table.fold_requested.connect(self._fold)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._open_menu)
        self._table.selectionModel().currentChanged.connect(self._picked)
        self._table.selectionModel().selectionChanged.connect(self._picked)
        gestures = ViewGestures(self._table)
        gestures.opened.connect(self._open)
        gestures.quick_look.connect(self._look)
        gestures.copy_path.connect(self._copy_paths)
        gestures.zoomed.connect(self._bar.size_slider.step)

    # What the window tells it

    def begin_scan(self) -> None:
        """A scan starts; earlier groups go, and until the first new one the page says what goes on."""
        self._start_over(scanning=True)

    def update_groups(self, events: list[GroupFound]) -> None:
        """Add groups while a scan runs, each in the place of those that it replaces."""
        if not events:
            return
        anchor, path = self._table.anchor(), self._current_path()
        with self._quietly():
            self._model.update_groups(events)
            self._return_to(anchor, path, events)
        self._after_change()

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Show the final groups of a scan; none means that there are no copies."""
        self._scanned, self._scanning = True, False
        anchor, path = self._table.anchor(), self._current_path()
        with self._quietly():
            self._model.set_groups(groups)
            self._return_to(anchor, path, ())
        self._after_change()

    def clear(self) -> None:
        """Forget everything, as before the first scan."""
        self._start_over(scanning=False)

    def groups(self) -> list[Group]:
        """The groups as on screen: those that pass the filter, in the chosen order."""
        return self._model.groups()

    @property
    def current_group(self) -> str:
        """The id of the group with the cursor on; empty where there is none."""
        cell = self._table.current_cell()
        return "" if cell is None else cell.group.id

    def select(self, identifier: str, place: int = 0) -> bool:
        """Put the cursor on a member of a group; False when the group is not shown."""
        return self._table.go_to(identifier, place)

    @property
    def side(self) -> int:
        """The width of pictures in pixels; the person's choice, worth keeping."""
        return self._bar.size_slider.side

    def set_side(self, side: int) -> None:
        """Show pictures in another size."""
        self._bar.size_slider.set_side(side)

    # What the person does

    @Slot()
    def _open(self) -> None:
        """Enter compares a member with its representative, and folds or unfolds on a tile."""
        cell = self._table.current_cell()
        if cell is None:
            return
        if cell.kind in (Kind.MORE, Kind.FEWER):
            self._fold(cell.group.id, cell.kind is Kind.MORE)
        elif cell.kind is Kind.SUMMARY:
            self.open_group()
        elif cell.member is not None:
            self._compare(cell)

    @Slot()
    def open_group(self) -> None:
        """Open the group with the cursor as a contact sheet; the first one where there is no cursor."""
        cell = self._table.current_cell()
        if cell is None and self._model.rowCount():
            cell = self._model.cell(0, 0)
        if cell is not None:
            member = cell.member or cell.group.members[0]
            self.open_requested.emit(cell.group, member.record.path)

    def _compare(self, cell: Cell) -> None:
        """The representative itself is compared with the first of the others."""
        representative, other = cell.group.members[0], cell.group.members[max(1, cell.place)]
        self.compare_requested.emit(representative.record.path, other.record.path)

    @Slot(str, bool)
    def _fold(self, identifier: str, expand: bool) -> None:
        cell = self._table.current_cell()
        place = 0 if cell is None or cell.group.id != identifier else cell.place
        with self._quietly():
            self._model.set_expanded(identifier, expand)
            self._table.go_to(identifier, place if expand else 0)
        self._tell_current()

    @Slot()
    def _look(self) -> None:
        cell = self._table.current_cell()
        if cell is None and self._model.rowCount():
            self._table.setCurrentIndex(self._model.index(0, 0))
            cell = self._table.current_cell()
        if cell is not None and cell.member is not None:
            self._quick_look.show_record(cell.member.record)

    @Slot()
    def _copy_paths(self) -> None:
        picked = self._table.selected_members()
        if picked:
            copy_paths([member.record.path for member in picked])

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self._table.indexAt(place)
        cell = self._model.cell(index.row(), index.column()) if index.isValid() else None
        if cell is not None and cell.member is not None:
            menu = self.build_menu(index.row(), index.column())
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self._table.viewport().mapToGlobal(place))

    def build_menu(self, row: int, column: int) -> QMenu:
        """The context menu of the member in a cell."""
        cell = self._model.cell(row, column)
        assert cell.member is not None, "only members have a menu"
        record = cell.member.record
        menu = PictureMenu(
            self.tr("Compare with the best copy") if cell.place else self.tr("Compare with a copy"),
            lambda: self._compare(cell),
            lambda: self._quick_look.show_record(record),
            self._search,
            self.part_requested.emit,
            self._copier,
        ).build(record, [member.record for member in self._table.selected_members()], self._table)
        menu.addSeparator()
        menu.addAction(self.tr("Open the group\tCtrl+Return"), self.open_group)
        menu.addAction(self.tr("Review from this group on"), lambda: self.review_requested.emit(cell.group.id))
        menu.addAction(self.tr("Select the whole group"), lambda: self._table.select_group(row))
        return menu

    def _search(self, record: ImageRecord) -> None:
        self.search_requested.emit(record.path)

    @Slot()
    def _press_empty(self) -> None:
        """The one button of an empty page: take the filter off, or scan."""
        if self._model.totals.groups:
            self._bar.filter_button.choose(None)
        else:
            self.scan_requested.emit()

    @Slot()
    def _arrange(self) -> None:
        current = self._table.anchor().current
        with self._quietly():
            self._model.arrange(self._bar.sort, self._bar.relation)
            self._table.scrollToTop()
            if current is not None:
                self._table.go_to(*current)
        self._after_change()

    # What follows

    def _start_over(self, scanning: bool) -> None:
        self._scanned, self._scanning = False, scanning
        self._thumbnails.forget_failures()
        self._quick_look.close_look()
        self._model.set_groups(())
        self._table.scrollToTop()
        self._after_change()

    def _return_to(self, anchor: Anchor, path: Path | None, events: Sequence[GroupFound]) -> None:
        """Hold on to what was in sight and current, also where other groups took its place."""
        successors = {old: event.group.id for event in events for old in event.replaces}
        identifier = _follow(successors, anchor.identifier)
        current = anchor.current
        if current is not None and path is not None:
            current = self._model.find(path, (current[0], _follow(successors, current[0])))
        self._table.return_to(Anchor(identifier, anchor.distance, current))

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """The cursor passes over other members while rows change; nobody needs to hear of those."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _current_path(self) -> Path | None:
        cell = self._table.current_cell()
        return None if cell is None or cell.member is None else cell.member.record.path

    @Slot()
    def _picked(self) -> None:
        if self._quiet:
            return
        self._tell_current()
        cell = self._table.current_cell()
        if self._quick_look.record is not None and cell is not None and cell.member is not None:
            self._quick_look.show_record(cell.member.record)

    def _tell_current(self) -> None:
        cell = self._table.current_cell()
        now = None if cell is None or cell.member is None else (cell.group, cell.member)
        if now != self._told:
            self._told = now
            self.selection_changed.emit(now)

    def _after_change(self) -> None:
        self._bar.offer_relations(self._model.relations())
        self._show_state()
        self._tell_current()

    def _show_state(self) -> None:
        self._bar.setVisible(self._model.totals.groups > 0)
        self._bar.show_counts(self._model)
        if self._model.rowCount():
            self._pages.setCurrentWidget(self._table)
            return
        self._pages.setCurrentWidget(self._empty)
        if self._model.totals.groups:
            sentence = self.tr("No group passes the filter")
            self._empty.say("filter", sentence, "", self.tr("Show all groups"))
        elif self._scanning:
            hint = self.tr("Groups appear here as they are found.")
            self._empty.say("search", self.tr("Looking for copies"), hint)
        elif self._scanned:
            hint = self.tr("Every picture in your library is there once.")
            self._empty.say("check", self.tr("No copies found"), hint)
        else:
            hint = self.tr("A scan compares all pictures of your library. It changes no file.")
            self._empty.say("duplicates", self.tr("No scan yet"), hint, self.tr("Scan"))


def _follow(successors: dict[str, str], identifier: str) -> str:
    """The group that a group has become, over any number of steps."""
    seen: set[str] = set()
    while identifier in successors and identifier not in seen:
        seen.add(identifier)
        identifier = successors[identifier]
    return identifier
