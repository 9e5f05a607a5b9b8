"""The group under review, as large as the page allows."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.review_members import Fate, MembersDelegate, MembersModel
from app.review_work import Standing
from app.thumbnails import ThumbnailService, key_of

_LEAST_WIDTH = 168
_LEAST_PICTURE = 160
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_PageUp: -1,
}


class ReviewStage(QListView):
    """The files of one group side by side; left and right go from file to file, up and down from group to group.

    Args:
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        group_step(int): Go so many groups on; far more than there are means the first or the last.
        picked(): The cursor is on another file.
    """

    group_step = Signal(int)
    picked = Signal()

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._members = MembersModel(self)
        self._delegate = MembersDelegate(thumbnails, self)
        self._group = ""
        self.setModel(self._members)
        self.setItemDelegate(self._delegate)
        self._set_up()
        self.selectionModel().currentChanged.connect(self.picked)
        thumbnails.ready.connect(self._repaint_keys)

    def _set_up(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Files of the group"))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    @property
    def members(self) -> MembersModel:
        """What it shows."""
        return self._members

    @property
    def current(self) -> Fate | None:
        """The file that the cursor is on."""
        return self._members.fate(self.currentIndex().row())

    def show_group(self, identifier: str, standing: Standing | None) -> None:
        """Show a group; of the same one the cursor stays on its file, in another it begins at the first."""
        place = self.currentIndex().row() if identifier == self._group else 0
        self._group = identifier
        self._members.set_standing(standing)
        self._spread()
        self.go_to(max(0, min(place, self._members.rowCount() - 1)))

    def go_to(self, row: int) -> None:
        """Put the cursor on a file."""
        if 0 <= row < self._members.rowCount():
            self.setCurrentIndex(self._members.index(row))

    def step(self, steps: int) -> bool:
        """Move the cursor; False at the end of the group."""
        row = self.currentIndex().row() + steps
        if not 0 <= row < self._members.rowCount():
            return False
        self.go_to(row)
        return True

    # ------------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows; letters are for the page, not for finding a name by typing."""
        key = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif key in _STEPS:
            self.group_step.emit(_STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.group_step.emit(-(1 << 30) if key == Qt.Key.Key_Home else 1 << 30)
        else:
            event.ignore()

    # ------------------------------------------------------------------ layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        self._spread()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_delegate"):
            self._spread()

    def _spread(self) -> None:
        """As many columns as make the pictures largest; a group that is too large for that is scrolled."""
        count = self._members.rowCount()
        if not count:
            return
        extra = self._delegate.words_height(self.font())
        room = self.contentsRect().size()
        columns = self._columns(count, room, extra)
        rows = math.ceil(count / columns)
        height = max(_LEAST_PICTURE + extra, (room.height() - 1) // rows)
        overflows = height * rows > room.height()
        if overflows:
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            columns = self._columns(count, room, extra)
        # Left to itself the list would keep room for a bar that is not there, and break its lines too early.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if overflows else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        cell = QSize((room.width() - 1) // columns, height)
        if cell != self.gridSize():
            self._delegate.set_cell(cell)
            self.setGridSize(cell)

    def _columns(self, count: int, room: QSize, extra: int) -> int:
        most = max(1, min(count, room.width() // _LEAST_WIDTH))
        return max(range(1, most + 1), key=lambda columns: (self._shown_side(columns, count, room, extra), columns))

    def _shown_side(self, columns: int, count: int, room: QSize, extra: int) -> float:
        """How large pictures would be with so many columns, by the shape of the first."""
        record = self._members.fates[0].member.record
        shape = record.width / record.height if record.width and record.height else 4 / 3
        rows = math.ceil(count / columns)
        height = max(_LEAST_PICTURE, room.height() // rows - extra)
        return min(room.width() / columns, height * shape)

    def rows_in_sight(self) -> list[int]:
        """The files of which at least a part is in sight."""
        area = self.viewport().rect()
        return [
            row for row in range(self._members.rowCount()) if self.visualRect(self._members.index(row)).intersects(area)
        ]

    @Slot(list)
    def _repaint_keys(self, keys: list[str]) -> None:
        wanted = {key.split("@")[0] for key in keys}
        for row, fate in enumerate(self._members.fates):
            if key_of(fate.member.record) in wanted:
                self.update(self._members.index(row))
