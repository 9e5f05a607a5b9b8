"""The answer to a query: ranked matches as a grid of cards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.empty_state import EmptyState
from app.picture_actions import PictureCopier, copy_paths
from app.picture_menu import PictureMenu
from app.quick_look import QuickLook
from app.results_bar import USUAL, ResultsBar
from app.results_grid import ResultsGrid
from app.results_model import MatchFilter, ResultsModel
from app.thumbnails import ThumbnailService
from app.view_gestures import ViewGestures
from core.records import ImageRecord, Match


class ResultsView(QWidget):
    """Ranked cards that rise as they are verified, while what the person looks at stays where it is.

    Args:
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        compare_requested(object): A Match to compare with the query.
        search_requested(object): The Path of a picture to search with.
        part_requested(object): The ImageRecord of a picture of which a region is to be drawn and searched with.
        selection_changed(object): The current Match, or None.
    """

    compare_requested = Signal(object)
    search_requested = Signal(object)
    part_requested = Signal(object)
    selection_changed = Signal(object)

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._query: Path | None = None
        self._running = False
        self._current: Match | None = None
        self._model = ResultsModel(thumbnails, self)
        self._bar = ResultsBar()
        self._grid = ResultsGrid(self._model, thumbnails, USUAL)
        self._empty = EmptyState()
        self._quick_look = QuickLook(thumbnails, self._grid)
        self._copier = PictureCopier(thumbnails, self)
        self._lay_out()
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._grid)
        self._pages.addWidget(self._empty)
        theme.set_property(self._pages, "ground", "base")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self._grid)

    def _connect(self) -> None:
        self._bar.filter_changed.connect(self._filter)
        self._bar.side_changed.connect(self._grid.set_side)
        self._empty.pressed.connect(self._bar.show_all)
        self._grid.pointer_left.connect(self._settle)
        self._grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._grid.customContextMenuRequested.connect(self._open_menu)
        self._grid.selectionModel().currentChanged.connect(self._picked)
        self._grid.selectionModel().selectionChanged.connect(self._picked)
        gestures = ViewGestures(self._grid)
        gestures.opened.connect(self._compare)
        gestures.quick_look.connect(self.look)
        gestures.copy_path.connect(self._copy_paths)
        gestures.zoomed.connect(self._bar.size_slider.step)

    # What the window tells it

    def set_query(self, query: Path | None) -> None:
        """Begin a new answer; earlier matches go. None: there is nothing to search with."""
        self._query = query
        self._running = query is not None
        self._start_over()

    def add_matches(self, matches: list[Match]) -> None:
        """Show matches, each in the place of an earlier one for the same file, and rank anew."""
        if not matches:
            return
        self._grid.keep_scroll()
        self._model.add(matches, self._pinned())
        self._show_state()
        self._tell_current()

    def finish(self) -> None:
        """The search is over: every card takes the place of its rank, but for the one under the pointer."""
        self._running = False
        self._settle()
        self._show_state()

    def clear(self) -> None:
        """Forget query and matches."""
        self.set_query(None)

    def matches(self) -> list[Match]:
        """All matches in rank order, also those that the filter hides."""
        return self._model.matches()

    def select(self, path: Path) -> bool:
        """Make the match of a file current; False when it is not shown."""
        row = self._model.row_of(path)
        if row is not None:
            self._grid.setCurrentIndex(self._model.index(row))
        return row is not None

    @property
    def side(self) -> int:
        """The side of pictures in pixels; the person's choice, worth keeping."""
        return self._bar.size_slider.side

    def set_side(self, side: int) -> None:
        """Show pictures in another size."""
        self._bar.size_slider.set_side(side)

    # What the person does

    @Slot()
    def _compare(self) -> None:
        match = self._grid.current_match()
        if match is None and self._model.rowCount():
            match = self._model.match_at(0)
        if match is not None:
            self.compare_requested.emit(match)

    @Slot()
    def look(self) -> None:
        """Open the quick look on the current match, or on the first."""
        match = self._grid.current_match()
        if match is None and self._model.rowCount():
            self._grid.setCurrentIndex(self._model.index(0))
            match = self._grid.current_match()
        if match is not None:
            self._quick_look.show_record(match.record)

    @Slot()
    def _copy_paths(self) -> None:
        picked = self._grid.selected_matches()
        if picked:
            copy_paths([match.record.path for match in picked])

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self._grid.indexAt(place)
        if index.isValid():
            menu = self.build_menu(index.row())
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self._grid.viewport().mapToGlobal(place))

    def build_menu(self, row: int) -> QMenu:
        """The context menu of a row."""
        match = self._model.match_at(row)
        menu = PictureMenu(
            self.tr("Compare with the query") if self._query is not None else "",
            lambda: self.compare_requested.emit(match),
            lambda: self._quick_look.show_record(match.record),
            self._search,
            self.part_requested.emit,
            self._copier,
        )
        picked = [picked.record for picked in self._grid.selected_matches()]
        return menu.build(match.record, picked, self._grid)

    def _search(self, record: ImageRecord) -> None:
        self.search_requested.emit(record.path)

    @Slot()
    def _picked(self) -> None:
        self._tell_current()
        if self._quick_look.record is not None and self._current is not None:
            self._quick_look.show_record(self._current.record)

    @Slot(object)
    def _filter(self, chosen: MatchFilter) -> None:
        self._model.set_filter(chosen)
        self._show_state()
        self._tell_current()

    # What follows

    def _start_over(self) -> None:
        self._thumbnails.forget_failures()
        self._quick_look.close_look()
        self._model.clear()
        self._bar.show_all()
        self._grid.scrollToTop()
        self._show_state()
        self._tell_current()

    def _pinned(self) -> set[Path]:
        """What must not move now: the card under the pointer and, while cards still rise, the current one."""
        held = [self._grid.match_under_pointer()]
        if self._running:
            held.append(self._grid.current_match())
        return {match.record.path for match in held if match is not None}

    @Slot()
    def _settle(self) -> None:
        if not self._running:
            self._grid.keep_scroll()
            self._model.settle(self._pinned())

    def _tell_current(self) -> None:
        """Also when the current match was replaced by a better known one."""
        match = self._grid.current_match()
        if match is not self._current:
            self._current = match
            self.selection_changed.emit(match)

    def _show_state(self) -> None:
        self._bar.setVisible(self._model.total > 0)
        self._bar.show_counts(self._model, self._running)
        if self._model.rowCount():
            self._pages.setCurrentWidget(self._grid)
            return
        self._pages.setCurrentWidget(self._empty)
        self._say_why_empty()

    def _say_why_empty(self) -> None:
        if self._model.total:
            self._empty.say("filter", self.tr("No match passes the filter"), "", self.tr("Show all matches"))
        elif self._running and self._query is not None:
            name = self._query.name
            self._empty.say("search", self.tr("Looking for copies of {name}").format(name=name))
        elif self._query is not None:
            sentence = self.tr("No copies of {name} in your library").format(name=self._query.name)
            self._empty.say("check", sentence, self.tr("Add another folder, or search with another picture."))
        else:
            hint = self.tr("Paste one, or type the path of one, in the box above.")
            self._empty.say("picture", self.tr("Drop a picture here to find its copies"), hint)
