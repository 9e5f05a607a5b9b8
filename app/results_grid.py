"""The grid of cards: evenly spread columns, only visible cards painted, nothing that jumps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.card_delegate import CardDelegate
from app.results_model import ResultsModel
from app.thumbnails import ThumbnailService, key_of
from core.records import Match

_BATCH = 500
_GROWTH = 1.5


class ResultsGrid(QListView):
    """Shows a ResultsModel as cards of equal size.

    Args:
        model: The matches.
        thumbnails: Where pictures come from.
        side: Width and height of a picture's ground.
        parent: The Qt owner.

    Signals:
        pointer_left(): Nothing is under the pointer any more.
    """

    pointer_left = Signal()

    def __init__(
        self, model: ResultsModel, thumbnails: ThumbnailService, side: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._results = model
        self._cards = CardDelegate(thumbnails, side, self)
        self._side = side
        self._wanted_scroll: int | None = None
        self._set_up()
        self.setItemDelegate(self._cards)
        self.setModel(model)
        thumbnails.ready.connect(self._repaint_keys)
        self.verticalScrollBar().rangeChanged.connect(self._scroll_as_wanted)
        self.verticalScrollBar().actionTriggered.connect(self._forget_wanted_scroll)

    def _set_up(self) -> None:
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the number of columns while results arrive.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Matches"))
        # Static movement and icon mode both turn dragging off; it has to come last.
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    def set_side(self, side: int) -> None:
        """Show pictures in another size; the current card, or the first one in sight, stays in sight."""
        anchor = self.currentIndex() if self._is_in_sight(self.currentIndex()) else self._first_in_sight()
        self._side = side
        self._spread_columns()
        self.doItemsLayout()
        if anchor.isValid():
            self.scrollTo(anchor, QAbstractItemView.ScrollHint.PositionAtCenter)

    def match_under_pointer(self) -> Match | None:
        """The match the pointer is on."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        index = self.indexAt(place) if self.viewport().rect().contains(place) else QModelIndex()
        return self._results.match_at(index.row()) if index.isValid() and self.underMouse() else None

    def current_match(self) -> Match | None:
        """The match with the keyboard's cursor, once the person has picked one.

        Getting the focus puts the cursor on the first card; that alone picks nothing.
        """
        index = self.currentIndex()
        picked = index.isValid() and self.selectionModel().isSelected(index)
        return self._results.match_at(index.row()) if picked else None

    def selected_matches(self) -> list[Match]:
        """All selected matches, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self._results.match_at(row) for row in rows]

    def keep_scroll(self) -> None:
        """Return to the present place when what happens next has laid the cards out anew."""
        if self._wanted_scroll is None:
            self._wanted_scroll = self.verticalScrollBar().value()

    def visible_rows(self) -> range:
        """The rows of which at least a part is in sight."""
        columns, step = self._columns(), self.gridSize().height()
        top = self.verticalScrollBar().value()
        first = top // step * columns
        last = (top + self.viewport().height()) // step * columns + columns
        return range(max(0, first), min(last, self._results.rowCount()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns over the new width."""
        self._spread_columns()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font makes other cards."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_cards"):
            self.set_side(self._side)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that cards may move again."""
        super().leaveEvent(event)
        self.pointer_left.emit()

    def _spread_columns(self) -> None:
        """Share the width among as many columns as fit; the pictures grow into what is left over."""
        width = self.viewport().width() - 1
        columns = max(1, width // self._cards.smallest_cell(self._side))
        cell = max(width // columns, self._cards.smallest_cell(self._side) // 2)
        side = min(self._cards.side_in(cell), round(self._side * _GROWTH))
        self._cards.set_layout(side, self.font())
        self.setGridSize(QSize(cell, self._cards.layout.size.height()))

    def _columns(self) -> int:
        return max(1, (self.viewport().width() - 1) // max(1, self.gridSize().width()))

    def _is_in_sight(self, index: QModelIndex) -> bool:
        return index.isValid() and index.row() in self.visible_rows()

    def _first_in_sight(self) -> QModelIndex:
        rows = self.visible_rows()
        at_top = self.verticalScrollBar().value() == 0
        return QModelIndex() if at_top or not rows else self._results.index(rows[0])

    @Slot(list)
    def _repaint_keys(self, keys: list[str]) -> None:
        """Only cards in sight can have asked for these."""
        wanted = set(keys)
        for row in self.visible_rows():
            if key_of(self._results.match_at(row).record) in wanted:
                self.update(self._results.index(row))

    @Slot()
    def _scroll_as_wanted(self) -> None:
        """Batches make the range grow step by step; the place is reached when there is enough of it."""
        bar = self.verticalScrollBar()
        if self._wanted_scroll is not None and bar.maximum() >= self._wanted_scroll:
            bar.setValue(self._wanted_scroll)
            self._wanted_scroll = None

    @Slot()
    def _forget_wanted_scroll(self) -> None:
        self._wanted_scroll = None
