"""Earlier searches as small pictures, with back and forward."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QSizePolicy, QWidget

from app import shortcuts
from app.controls import quiet_button
from app.query_history import QueryHistory
from app.query_model import QueryDelegate, QueryModel
from app.theme import SPACE
from app.thumbnails import ThumbnailService

_TILE = 28
_BUTTON_ICON = 16


class HistoryBar(QWidget):
    """Shows a QueryHistory.

    Args:
        history: The searches.
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        chosen(int): Go to this entry of the history.
    """

    chosen = Signal(int)

    def __init__(self, history: QueryHistory, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        keys = {name: shortcuts.shortcut(name).label for name in ("history_back", "history_forward")}
        self.back = quiet_button("left", self.tr("Back"), self.tr("Earlier search ({keys})"))
        self.back.setToolTip(self.back.toolTip().format(keys=keys["history_back"]))
        self.forward = quiet_button("right", self.tr("Forward"), self.tr("Later search ({keys})"))
        self.forward.setToolTip(self.forward.toolTip().format(keys=keys["history_forward"]))
        self.back.clicked.connect(lambda: self.chosen.emit(history.place - 1))
        self.forward.clicked.connect(lambda: self.chosen.emit(history.place + 1))
        self._model = QueryModel(thumbnails, self)
        self.strip = _Strip()
        self.strip.setModel(self._model)
        self.strip.setItemDelegate(QueryDelegate(thumbnails, self.strip, _TILE))
        self.strip.setAccessibleName(self.tr("Earlier searches"))
        self.strip.setToolTip(self.tr("Earlier searches; click one to go back to it"))
        self.strip.clicked.connect(self._choose)
        self.strip.activated.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        for button in (self.back, self.forward):
            button.setIconSize(QSize(_BUTTON_ICON, _BUTTON_ICON))
            row.addWidget(button)
        # The strip takes what its pictures need, and what is left over stays empty.
        row.addWidget(self.strip, 100)
        row.addStretch(1)
        history.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.back.setEnabled(self._history.has_back)
        self.forward.setEnabled(self._history.has_forward)
        first = [queries[0] for queries in self._history.entries]
        self._model.set_paths(first, self._history.words, self._history.parts)
        self.strip.setMaximumWidth(max(1, self._model.rowCount()) * _TILE + 2)
        self.strip.updateGeometry()
        with QSignalBlocker(self.strip):
            self.strip.setCurrentIndex(self._model.index(self._history.place))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.row() != self._history.place:
            self.chosen.emit(index.row())


class _Strip(QListView):
    """One line of small pictures, the newest in sight."""

    def __init__(self) -> None:
        super().__init__(flow=QListView.Flow.LeftToRight, uniformItemSizes=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWrapping(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_TILE + 2)
        self.setMinimumWidth(_TILE + 2)

    def sizeHint(self) -> QSize:
        """As long as its pictures."""
        return QSize(self.maximumWidth(), _TILE + 2)
