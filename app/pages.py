"""The pages that are put together from more than one view: Search and Duplicates."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.controls import quiet_text_button
from app.empty_state import EmptyState
from app.group_sheet import GroupSheet
from app.groups_view import GroupsView
from app.preset_button import PresetButton
from app.query_view import QueryView
from app.results_view import ResultsView
from app.theme import GAP, GROUP, SPACE
from app.thumbnails import ThumbnailService
from core.records import Group


class SearchPage(QWidget):
    """The queries over their matches; without a query, how to get one.

    Signals:
        browse_requested(): The person wants to choose pictures to search with.
    """

    browse_requested = Signal()

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = QueryView(thumbnails)
        self.results = ResultsView(thumbnails)
        self.empty = EmptyState()
        self.empty.say(
            "search",
            self.tr("Drop a picture here to find its copies"),
            self.tr("Or paste one, or type the path of one in the box above."),
            self.tr("Choose pictures …"),
        )
        self.empty.pressed.connect(self.browse_requested)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.query)
        column.addWidget(self.query.tally)
        column.addWidget(self.results, 1)
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._full)

    def show_queries(self, shown: bool) -> None:
        """With queries the strip and the matches, without them the invitation."""
        self._stack.setCurrentWidget(self._full if shown else self.empty)


class DuplicatesPage(QWidget):
    """How to scan over what was found.

    Signals:
        scan_requested(): Look for duplicates.
        export_requested(): Write what is on screen.
        review_requested(str): Review what was found, beginning with the group of this id.
    """

    scan_requested = Signal()
    export_requested = Signal()
    review_requested = Signal(str)

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups = GroupsView(thumbnails)
        self.groups.scan_requested.connect(self.scan_requested)
        self.sheet = GroupSheet(thumbnails)
        self.sheet.back_requested.connect(self.close_group)
        self.sheet.step_requested.connect(self._step)
        self.sheet.compare_requested.connect(self.groups.compare_requested)
        self.sheet.search_requested.connect(self.groups.search_requested)
        self.sheet.part_requested.connect(self.groups.part_requested)
        self.sheet.selection_changed.connect(self.groups.selection_changed)
        tip = self.tr("Look for copies in the folders in use (Ctrl+D)")
        self.scan_button = quiet_text_button("duplicates", self.tr("Find duplicates"), tip)
        self.scan_button.clicked.connect(self.scan_requested)
        self.preset = PresetButton()
        tip = self.tr("Write the groups on screen as CSV (Ctrl+E)")
        self.export_button = quiet_text_button("export", self.tr("Export"), tip)
        self.export_button.clicked.connect(self.export_requested)
        self.export_button.setEnabled(False)
        tip = self.tr("Open the group with the cursor as a contact sheet (Ctrl+Return)")
        self.open_button = quiet_text_button("grid", self.tr("Open group"), tip)
        self.open_button.clicked.connect(self.groups.open_group)
        self.open_button.setEnabled(False)
        tip = self.tr("Choose what goes, from the group with the cursor on (Alt+3)")
        self.review_button = quiet_text_button("review", self.tr("Review these"), tip)
        self.review_button.clicked.connect(lambda: self.review_requested.emit(self.groups.current_group))
        self.review_button.setEnabled(False)
        self.groups.review_requested.connect(self.review_requested)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(GAP, SPACE, GROUP, 0)
        row.setSpacing(GAP)
        row.addWidget(self.scan_button)
        row.addWidget(self.preset)
        row.addStretch(1)
        row.addWidget(self.review_button)
        row.addWidget(self.open_button)
        row.addWidget(self.export_button)
        self._all = QWidget()
        column = QVBoxLayout(self._all)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.groups, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._all)
        self._stack.addWidget(self.sheet)
        self.setFocusProxy(self.groups)

    @property
    def group(self) -> Group | None:
        """The group that is open as a contact sheet, or None while all are shown."""
        return self.sheet.group if self._stack.currentWidget() is self.sheet else None

    @Slot(object, object)
    def open_group(self, group: Group, path: Path | None = None) -> None:
        """Show one group as a contact sheet."""
        self.sheet.show_group(group, path)
        self._allow_steps()
        self._stack.setCurrentWidget(self.sheet)
        self.setFocusProxy(self.sheet)
        self.sheet.setFocus()

    @Slot()
    def close_group(self) -> None:
        """Show all groups, with the cursor on the one that was open."""
        if self.group is None:
            return
        group, member = self.sheet.group, self.sheet.current
        self._stack.setCurrentWidget(self._all)
        self.setFocusProxy(self.groups)
        if group is not None:
            self.groups.select(group.id, group.members.index(member) if member in group.members else 0)
        self.groups.setFocus()

    def _place(self) -> int | None:
        group = self.group or self.sheet.group
        ids = [other.id for other in self.groups.groups()]
        return ids.index(group.id) if group is not None and group.id in ids else None

    def _allow_steps(self) -> None:
        place = self._place()
        last = len(self.groups.groups()) - 1
        self.sheet.allow_steps(place is not None and place > 0, place is not None and place < last)

    @Slot(int)
    def _step(self, by: int) -> None:
        place, groups = self._place(), self.groups.groups()
        if place is not None and 0 <= place + by < len(groups):
            self.open_group(groups[place + by])
