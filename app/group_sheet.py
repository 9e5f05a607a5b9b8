"""One group as a contact sheet: the best copy with what each member shows of it, and the members as cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from app import theme, words
from app.controls import quiet_button, quiet_text_button
from app.elided_label import ElidedLabel
from app.footprint_view import FootprintView
from app.picture_actions import PictureCopier, copy_paths
from app.picture_menu import PictureMenu
from app.quick_look import QuickLook
from app.results_grid import ResultsGrid
from app.results_model import ResultsModel
from app.thumbnails import ThumbnailService
from app.view_gestures import ViewGestures
from core.records import Group, Match, Member

_CARD_SIDE = 150


class GroupSheet(QWidget):
    """Shows a Group; arrow keys walk through its pairs.

    Args:
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        back_requested(): Return to all groups.
        step_requested(int): Show the next (1) or previous (-1) group.
        compare_requested(object, object): The Paths of the representative and of a member.
        search_requested(object): The Path of a picture to search with.
        part_requested(object): The ImageRecord of a picture of which a region is to be drawn.
        split_requested(object, object): The Group, and the Path of the member that does not belong to it.
        selection_changed(object): A tuple (Group, Member) for the current member, or None.
    """

    back_requested = Signal()
    step_requested = Signal(int)
    compare_requested = Signal(object, object)
    search_requested = Signal(object)
    part_requested = Signal(object)
    split_requested = Signal(object, object)
    selection_changed = Signal(object)

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group: Group | None = None
        self._model = ResultsModel(thumbnails, self)
        self.footprints = FootprintView(thumbnails)
        self.grid = ResultsGrid(self._model, thumbnails, _CARD_SIDE)
        self.grid.setAccessibleName(self.tr("Members of the group"))
        self._quick_look = QuickLook(thumbnails, self.grid)
        self._copier = PictureCopier(thumbnails, self)
        self.title, self.detail = ElidedLabel(), ElidedLabel()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.grid)

    def _make_buttons(self) -> None:
        self.back = quiet_button("back", self.tr("All groups"), self.tr("All groups (Esc)"))
        self.previous = quiet_button("left", self.tr("Previous group"), self.tr("Previous group ([)"))
        self.following = quiet_button("right", self.tr("Next group"), self.tr("Next group (])"))
        self.weakest = quiet_text_button(
            "warning", self.tr("Weakest pair"), self.tr("Go to the least certain member (W)")
        )
        self.compare = quiet_text_button("compare", self.tr("Compare"), self.tr("Compare with the best copy (Enter)"))
        tip = self.tr("This picture does not belong here; that is remembered (Delete)")
        self.split = quiet_text_button("remove", self.tr("Split off"), tip)

    def _lay_out(self) -> None:
        font = self.font()
        font.setBold(True)
        self.title.setFont(font)
        theme.set_property(self.detail, "tone", "quiet")
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.title)
        said.addWidget(self.detail)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.back)
        row.addLayout(said, 1)
        for button in (self.weakest, self.split, self.compare, self.previous, self.following):
            row.addWidget(button)
        halves = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        halves.addWidget(self.footprints)
        halves.addWidget(self.grid)
        for place, share in ((0, 3), (1, 4)):
            halves.setStretchFactor(place, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(row)
        column.addWidget(halves, 1)

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_requested)
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.following.clicked.connect(lambda: self.step_requested.emit(1))
        self.weakest.clicked.connect(self.go_to_weakest)
        self.compare.clicked.connect(self._compare)
        self.split.clicked.connect(self._split)
        self.footprints.picked.connect(self.select)
        self.grid.selectionModel().currentChanged.connect(self._picked)
        self.grid.selectionModel().selectionChanged.connect(self._picked)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._open_menu)
        gestures = ViewGestures(self.grid)
        gestures.opened.connect(self._compare)
        gestures.quick_look.connect(self._look)
        gestures.copy_path.connect(self._copy_paths)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Esc", self.back_requested.emit),
            ("[", self.previous.click),
            ("]", self.following.click),
            ("W", self.weakest.click),
            ("Del", self.split.click),
        )
        for key, action in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    # ------------------------------------------------------------------ what it shows

    @property
    def group(self) -> Group | None:
        """The group on show."""
        return self._group

    @property
    def current(self) -> Member | None:
        """The member with the cursor."""
        match = self.grid.current_match()
        return None if match is None else self._member(match.record.path)

    def show_group(self, group: Group, path: Path | None = None) -> None:
        """Show a group, with the cursor on a member, by default the first after the representative."""
        self._group = group
        self._model.clear()
        self._model.add([_as_match(member) for member in group.members[1:]])
        self.footprints.show_group(group)
        representative = group.representative.record
        self.title.set_text(representative.path.name)
        weakest = _weakest(group)
        facts = [
            words.pictures(len(group.members)),
            words.to_free(group.reclaimable),
            self.tr("weakest pair: {name}, {score}").format(
                name=weakest.record.path.name, score=words.score(weakest.score)
            ),
        ]
        self.detail.set_text(" · ".join(facts))
        known = {member.record.path for member in group.members[1:]}
        self.select(path if path in known else self._model.match_at(0).record.path)

    def allow_steps(self, back: bool, forward: bool) -> None:
        """Whether there is a group before and after this one."""
        self.previous.setEnabled(back)
        self.following.setEnabled(forward)

    @Slot(object)
    def select(self, path: Path) -> None:
        """Put the cursor on a member."""
        row = self._model.row_of(path)
        if row is not None:
            self.grid.setCurrentIndex(self._model.index(row))

    @Slot()
    def go_to_weakest(self) -> None:
        """Put the cursor on the member with the lowest score."""
        if self._group is not None:
            self.select(_weakest(self._group).record.path)
            self.grid.setFocus()

    # ------------------------------------------------------------------ what the person does

    @Slot()
    def _picked(self) -> None:
        member = self.current
        self.footprints.set_current(member)
        self.selection_changed.emit(None if member is None else (self._group, member))
        if self._quick_look.record is not None and member is not None:
            self._quick_look.show_record(member.record)

    @Slot()
    def _compare(self) -> None:
        member = self.current
        if self._group is not None and member is not None:
            self.compare_requested.emit(self._group.representative.record.path, member.record.path)

    @Slot()
    def _split(self) -> None:
        member = self.current
        if self._group is not None and member is not None:
            self.split_requested.emit(self._group, member.record.path)

    @Slot()
    def _look(self) -> None:
        member = self.current
        if member is not None:
            self._quick_look.show_record(member.record)

    @Slot()
    def _copy_paths(self) -> None:
        picked = self.grid.selected_matches()
        if picked:
            copy_paths([match.record.path for match in picked])

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self.grid.indexAt(place)
        if index.isValid():
            self.grid.setCurrentIndex(index)
            menu = self.build_menu()
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.grid.viewport().mapToGlobal(place))

    def build_menu(self) -> QMenu:
        """The context menu of the current member."""
        member = self.current
        assert member is not None, "only a member has a menu"
        picked = [match.record for match in self.grid.selected_matches()]
        menu = PictureMenu(
            self.tr("Compare with the best copy"),
            self._compare,
            self._look,
            lambda record: self.search_requested.emit(record.path),
            self.part_requested.emit,
            self._copier,
        ).build(member.record, picked, self.grid)
        menu.addSeparator()
        menu.addAction(self.tr("Split off from this group\tDel"), self._split)
        return menu

    def _member(self, path: Path) -> Member | None:
        members = () if self._group is None else self._group.members
        return next((member for member in members if member.record.path == path), None)


def _as_match(member: Member) -> Match:
    """A member as an answer to its representative, which is what cards show."""
    assert member.evidence is not None, "the representative is no answer to itself"
    return Match(member.record, member.score, member.relation, member.evidence, member.words)


def _weakest(group: Group) -> Member:
    return min(group.members[1:], key=lambda member: member.score)
