"""The walk through a review: one group at a time, large, with a key for everything that can be said of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from app import icons, review_words, theme, words
from app.elided_label import ElidedLabel
from app.picture_actions import PictureCopier, copy_paths
from app.picture_menu import PictureMenu
from app.picture_painter import large_side
from app.quick_look import QuickLook
from app.review_bar import ReviewBar
from app.review_groups import ReviewGroupsList, ReviewGroupsModel, Show
from app.review_keys import ReviewKeys
from app.review_members import Fate
from app.review_session import ReviewSession, as_chosen
from app.review_stage import ReviewStage
from app.review_work import Standing
from app.thumbnails import ThumbnailService
from app.view_gestures import ViewGestures
from core.records import Group

_AHEAD_MS = 250
_TELL_MS = 80
_AHEAD_MEMBERS = 4


class ReviewView(QWidget):
    """Groups at the left, the pictures of one of them, and the keys below.

    Args:
        session: The groups, and what is said of them.
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        compare_requested(object, object): The Paths of a representative and of a member of its group.
        search_requested(object): The Path of a picture to search with.
        part_requested(object): The ImageRecord of a picture of which a region is to be searched with.
        protect_requested(object): The folder of a picture is to be protected.
        selection_changed(object): A tuple (Group, Member) for the file with the cursor, or None.
    """

    compare_requested = Signal(object, object)
    search_requested = Signal(object)
    part_requested = Signal(object)
    protect_requested = Signal(object)
    selection_changed = Signal(object)

    def __init__(self, session: ReviewSession, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thumbnails = thumbnails
        self._model = ReviewGroupsModel(session.work, self)
        self._current = ""
        self.bar = ReviewBar()
        self.list = ReviewGroupsList(self._model, thumbnails)
        self.title = ElidedLabel()
        self.stage = ReviewStage(thumbnails)
        self.keys = ReviewKeys(self)
        self._look = QuickLook(thumbnails, self.stage)
        self._copier = PictureCopier(thumbnails, self)
        self._ahead = QTimer(self, singleShot=True, interval=_AHEAD_MS)
        # Whoever walks through quickly need not wait until each file is told of in full.
        self._telling = QTimer(self, singleShot=True, interval=_TELL_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.title.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.SPACE)
        column.addWidget(self.title)
        column.addWidget(self.stage, 1)
        column.addWidget(self.keys)
        right = QWidget()
        right.setLayout(column)
        theme.set_property(right, "ground", "base")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        self._split.addWidget(self.list)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([208, 800])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        row = QHBoxLayout()
        row.addWidget(self._split)
        whole.addLayout(row, 1)
        self.setFocusProxy(self.stage)

    def _connect(self) -> None:
        session = self._session
        session.groups_reset.connect(self._on_reset)
        session.groups_changed.connect(self._on_changed)
        session.totals_changed.connect(lambda: self.bar.set_totals(*session.work.totals))
        session.stepped_back.connect(self.go_to)
        self.bar.show_chosen.connect(self._set_show)
        self.list.selectionModel().currentChanged.connect(self._on_group)
        self.stage.group_step.connect(self.step)
        self.stage.picked.connect(self._on_member)
        self.keys.pressed.connect(self._press)
        self.stage.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.stage.customContextMenuRequested.connect(self._open_menu)
        gestures = ViewGestures(self.stage)
        gestures.opened.connect(self._compare)
        gestures.quick_look.connect(self._quick_look)
        gestures.copy_path.connect(self._copy_path)
        self._ahead.timeout.connect(self._look_ahead)
        self._telling.timeout.connect(self._tell_member)

    # ------------------------------------------------------------------ where it is

    @property
    def current(self) -> str:
        """The id of the group on show; empty where there is none."""
        return self._current

    @property
    def standing(self) -> Standing | None:
        """How the group on show stands."""
        return self._session.work.standings.get(self._current)

    def groups(self) -> list[Group]:
        """The groups on show, in their order."""
        rows = (self._model.standing(row) for row in range(self._model.rowCount()))
        return [standing.shown or standing.group for standing in rows if standing is not None]

    @Slot(str)
    def go_to(self, identifier: str) -> None:
        """Show a group, whatever the filter says."""
        row = self._model.row_of(identifier)
        if row is None and identifier in self._session.work.standings:
            self.bar.show_button.choose(Show.ALL)
            row = self._model.row_of(identifier)
        if row is not None:
            self.list.setCurrentIndex(self._model.index(row))

    @Slot(int)
    def step(self, steps: int) -> None:
        """Go so many groups on, at most to the first or the last."""
        last = self._model.rowCount() - 1
        if last >= 0:
            row = max(0, min(last, self.list.currentIndex().row() + steps))
            self.list.setCurrentIndex(self._model.index(row))

    @Slot()
    def _on_reset(self) -> None:
        row = max(0, self.list.currentIndex().row())
        keep = self._current
        self._model.reset()
        at = self._model.row_of(keep)
        self._show_row(min(row, self._model.rowCount() - 1) if at is None else at)

    def _show_row(self, row: int) -> None:
        if row < 0:
            self._show_group("")
            return
        self.list.setCurrentIndex(self._model.index(row))
        self._on_group()

    @Slot(list)
    def _on_changed(self, changed: list[str]) -> None:
        self._model.refresh(changed)
        if self._current in changed:
            self.stage.show_group(self._current, self.standing)
            self._tell()

    @Slot(object)
    def _set_show(self, show: Show) -> None:
        keep = self._current
        self._model.set_show(show)
        self._show_row(self._model.row_of(keep) or 0 if self._model.rowCount() else -1)

    @Slot()
    def _on_group(self) -> None:
        identifier = self._model.identifier(self.list.currentIndex().row())
        if identifier is not None:
            self._show_group(identifier)

    def _show_group(self, identifier: str) -> None:
        self._current = identifier
        self.stage.show_group(identifier, self.standing)
        self._tell()
        self._ahead.start()

    def _tell(self) -> None:
        standing = self.standing
        if standing is None:
            text = "" if not len(self._session.work) else self.tr("No group passes the filter")
            self.title.set_text(text)
            self._telling.start()
            return
        place = self.tr("Group {row} of {count}").format(
            row=words.number(self.list.currentIndex().row() + 1), count=words.number(self._model.rowCount())
        )
        self.title.set_text(" · ".join([place, *self._facts(standing)]))
        self._on_member()

    def _facts(self, standing: Standing) -> list[str]:
        count = words.pictures(len(standing.members))
        if standing.settled:
            said = review_words.decision(standing.decision or "keep-both")
            return [count, self.tr("you said: {what}").format(what=said)]
        going = standing.going
        return [count, review_words.going(len(going), standing.bytes)]

    @Slot()
    def _on_member(self) -> None:
        self._telling.start()
        fate = self.stage.current
        if fate is not None and self._look.record is not None:
            self._look.show_record(fate.member.record)

    def tell_selection(self, shown: bool) -> None:
        """Tell what is picked, or that nothing is while something else is on show."""
        if shown:
            self._telling.start()
        else:
            self._telling.stop()
            self.selection_changed.emit(None)

    @Slot()
    def _tell_member(self) -> None:
        standing, row = self.standing, self.stage.currentIndex().row()
        if not self.isVisible():
            return
        if standing is None or not 0 <= row < len(standing.members):
            self.selection_changed.emit(None)
            return
        group = as_chosen(standing)
        self.selection_changed.emit((group, group.members[row]))

    @Slot()
    def _look_ahead(self) -> None:
        """Ask for the pictures of the next group while this one is looked at."""
        standing = self._model.standing(self.list.currentIndex().row() + 1)
        if standing is None:
            return
        room = self.stage.gridSize()
        for member in standing.members[:_AHEAD_MEMBERS]:
            side = large_side(member.record, room, self.devicePixelRatioF())
            if side > self._thumbnails.side:
                self._thumbnails.request_large(member.record, side)
            self._thumbnails.request(member.record)

    # ------------------------------------------------------------------ what is said

    @Slot(str)
    def _press(self, key: str) -> None:
        if key == "undo":
            self._session.step_back()
            return
        fate = self.stage.current
        if fate is not None:
            self._say(key, fate)

    def _say(self, key: str, fate: Fate) -> None:
        path = fate.member.record.path
        match key:
            case "keep" | "remove":
                self._session.mark(self._current, {path: key == "keep"})
                self.stage.step(1)
            case "only":
                self._session.mark(
                    self._current, {item.member.record.path: item is fate for item in self.stage.members.fates}
                )
            case "both":
                self._decide("keep-both", None)
            case "apart":
                self._decide("not-duplicate", None if fate.first else [path])
            case "alternate":
                self._decide("alternate", None)
            case "duplicate":
                self._session.decide("duplicate", self._current, None if fate.first else [path])

    def _decide(self, kind: str, paths: list[Path] | None) -> None:
        """Decide and, where the whole group is meant, go on to the next."""
        standing = self.standing
        if standing is None or standing.settled:
            return
        self._session.decide(kind, self._current, paths)
        if paths is None or len(standing.members) == 2:
            self.step(1)

    # ------------------------------------------------------------------ what can be done with a picture

    @Slot()
    def _compare(self) -> None:
        """The representative itself is compared with the first of the others."""
        standing = self.standing
        if standing is not None:
            row = max(1, self.stage.currentIndex().row())
            members = standing.members
            self.compare_requested.emit(members[0].record.path, members[row].record.path)

    @Slot()
    def _quick_look(self) -> None:
        fate = self.stage.current
        if fate is not None:
            self._look.show_record(fate.member.record)

    @Slot()
    def _copy_path(self) -> None:
        fate = self.stage.current
        if fate is not None:
            copy_paths([fate.member.record.path])

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self.stage.indexAt(place)
        if index.isValid():
            self.stage.setCurrentIndex(index)
            menu = self.build_menu()
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.stage.viewport().mapToGlobal(place))

    def build_menu(self) -> QMenu:
        """The context menu of the file with the cursor."""
        fate = self.stage.current
        assert fate is not None, "only files have a menu"
        record = fate.member.record
        menu = PictureMenu(
            self.tr("Compare with a copy") if fate.first else self.tr("Compare with the best copy"),
            self._compare,
            self._quick_look,
            lambda searched: self.search_requested.emit(searched.path),
            self.part_requested.emit,
            self._copier,
        ).build(record, [record], self.stage)
        menu.addSeparator()
        for name in ("keep", "remove", "only", "both", "apart"):
            button = self.keys.buttons[name]
            text = f"{button.accessibleName()}\t{button.text().split()[-1]}"
            menu.addAction(button.icon(), text, lambda name=name: self._press(name))
        menu.addSeparator()
        folder = record.path.parent
        text = self.tr("Protect {folder}: nothing in it is ever touched").format(folder=words.folder_of(record.path))
        menu.addAction(icons.icon("lock"), text, lambda: self.protect_requested.emit(folder))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows on the list and the buttons go to the stage."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy_path()
        else:
            super().keyPressEvent(event)
