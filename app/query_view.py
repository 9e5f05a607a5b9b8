"""The strip over the results: what is searched with, how many matches are wanted, and how thoroughly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QMenu, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from app import intake, words
from app.controls import quiet_button
from app.elided_label import ElidedLabel
from app.history_bar import HistoryBar
from app.method_button import MethodButton
from app.picture_actions import copy_paths, show_in_folder
from app.preset_button import PresetButton
from app.query_history import QueryHistory
from app.query_model import FOUND_ROLE, RECORD_ROLE, TILE, QueryDelegate, QueryModel
from app.query_part import Part
from app.query_tally import QueryTally
from app.settings import DEFAULT_TOP
from app.theme import GAP, GROUP, SPACE, large, set_property
from app.thumbnails import ThumbnailService
from core.records import ImageRecord

_MOST_MATCHES = 1000
_NAME_WIDTH = 96
_ROOMY = 900


class QueryView(QWidget):
    """The queries and the options of a search.

    Signals:
        handed(object): A HandOver of what was dropped here.
        current_changed(object): The Path of the query whose matches are to be shown, or None.
        queries_changed(list): A query was taken out: search with the rest.
        options_changed(): Another number of matches, another preset or method.
        part_requested(object): The ImageRecord of a query of which a region is to be drawn.
        past_requested(int): Go to this entry of the history.
        clear_requested(): Start over.
    """

    handed = Signal(object)
    current_changed = Signal(object)
    queries_changed = Signal(list)
    options_changed = Signal()
    part_requested = Signal(object)
    past_requested = Signal(int)
    clear_requested = Signal()

    def __init__(self, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._model = QueryModel(thumbnails, self)
        self._words: frozenset[Path] = frozenset()
        self.strip = self._make_strip(thumbnails)
        self.name = ElidedLabel()
        self.name.setFont(large(self.font()))
        self.place = ElidedLabel()
        set_property(self.place, "tone", "quiet")
        self.top = QSpinBox(minimum=1, maximum=_MOST_MATCHES, value=DEFAULT_TOP)
        self.top.setKeyboardTracking(False)
        self.top.setAccessibleName(self.tr("Matches of a query"))
        self.top.setToolTip(self.tr("How many matches a query shows at most"))
        self.top.valueChanged.connect(self.options_changed)
        self.preset = PresetButton()
        self.preset.chosen.connect(self.options_changed)
        self.method = MethodButton()
        self.method.chosen.connect(self.options_changed)
        self.method.set_narrow(True)
        self.part_button = quiet_button("region", self.tr("Search with a part"), "")
        self.part_button.setToolTip(self.tr("Draw the part of the query to search with (Ctrl+R)"))
        self.part_button.clicked.connect(self.ask_for_part)
        self.history = QueryHistory(self)
        self.history_bar = HistoryBar(self.history, thumbnails)
        self.history_bar.chosen.connect(self.past_requested)
        self.tally = QueryTally()
        self.tally.next_requested.connect(self.go_to_unmatched)
        self.clear_button = quiet_button("close", self.tr("Clear"), self.tr("Clear the queries (Ctrl+L)"))
        self.clear_button.clicked.connect(self.clear_requested)
        self._lay_out()

    def _make_strip(self, thumbnails: ThumbnailService) -> _Strip:
        view = _Strip()
        view.setModel(self._model)
        view.setItemDelegate(QueryDelegate(thumbnails, view))
        view.selectionModel().currentChanged.connect(self._on_current)
        view.setAccessibleName(self.tr("Queries"))
        view.remove_requested.connect(self._remove)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        return view

    def _lay_out(self) -> None:
        self.name.setMinimumWidth(_NAME_WIDTH)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addStretch(1)
        said.addWidget(self.name)
        said.addWidget(self.place)
        said.addWidget(self.history_bar)
        said.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GROUP, GAP, GAP, GAP)
        row.setSpacing(GAP)
        row.addWidget(self.strip)
        row.addSpacing(GAP)
        row.addLayout(said, 1)
        row.addLayout(self._options())
        edge = QVBoxLayout()
        edge.setSpacing(SPACE)
        edge.addWidget(self.clear_button)
        edge.addWidget(self.part_button)
        edge.addStretch(1)
        row.addLayout(edge)

    def _options(self) -> QVBoxLayout:
        """One over the other, so that names have room beside them."""
        label = QLabel(self.tr("Show"))
        label.setBuddy(self.top)
        wanted = QHBoxLayout()
        wanted.setSpacing(GAP)
        wanted.addStretch(1)
        wanted.addWidget(label)
        wanted.addWidget(self.top)
        options = QVBoxLayout()
        options.setSpacing(SPACE)
        options.addStretch(1)
        options.addLayout(wanted)
        ways = QHBoxLayout()
        ways.setSpacing(SPACE)
        ways.addStretch(1)
        ways.addWidget(self.method)
        ways.addWidget(self.preset)
        options.addLayout(ways)
        options.addStretch(1)
        return options

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, a button at rest is an icon."""
        super().resizeEvent(event)
        self.method.set_narrow(event.size().width() < _ROOMY)

    # ------------------------------------------------------------------ what it shows

    @property
    def queries(self) -> list[Path]:
        """What is searched with."""
        return self._model.paths

    @property
    def current(self) -> Path | None:
        """The query whose matches are shown."""
        record = self.strip.currentIndex().data(RECORD_ROLE)
        return record.path if isinstance(record, ImageRecord) else None

    @property
    def current_is_words(self) -> bool:
        """Whether the current query is no picture, so that nothing can be laid over it."""
        return self.current in self._words

    def set_queries(
        self,
        queries: Sequence[Path],
        current: Path | None = None,
        words: Collection[Path] = (),
        parts: Mapping[Path, Part] | None = None,
    ) -> None:
        """Replace the queries; the current one stays where it is among them, else it is the first."""
        self._words = frozenset(words)
        self._model.set_paths(queries, self._words, parts)
        self.strip.fit()
        if queries:
            row = queries.index(current) if current in queries else 0
            self.strip.setCurrentIndex(self._model.index(row))
        else:
            self._on_current(QModelIndex(), QModelIndex())

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        path = self.current
        count = self._model.rowCount()
        self.name.set_text(self._model.name_of(path) if path else "")
        typed = self.tr("words, by their meaning")
        facts = typed if self.current_is_words else self._model.folder_of(path) if path else ""
        if path and count > 1:
            place = self.tr("{number} of {count}").format(
                number=words.number(self.strip.currentIndex().row() + 1), count=words.number(count)
            )
            facts = f"{place} · {facts}"
        self.place.set_text(facts)
        self.part_button.setEnabled(path is not None and not self.current_is_words)
        self.current_changed.emit(path)

    def show_found(self, found: Mapping[Path, bool], final: bool) -> None:
        """Tell which queries have a verified match; those not named are still open.

        Args:
            found: By query.
            final: Whether the search is over.
        """
        several = self._model.rowCount() > 1
        self._model.set_found(found if several else {})
        self.tally.show_found(found if several else {}, self._model.rowCount(), final)

    @Slot()
    def ask_for_part(self) -> None:
        """Have a region of the current query drawn."""
        record = self.strip.currentIndex().data(RECORD_ROLE)
        if isinstance(record, ImageRecord) and not self.current_is_words:
            self.part_requested.emit(record)

    @Slot()
    def go_to_unmatched(self) -> None:
        """Make the next query without a verified match current."""
        count, row = self._model.rowCount(), self.strip.currentIndex().row()
        for step in range(1, count + 1):
            index = self._model.index((row + step) % count)
            if index.data(FOUND_ROLE) is False:
                self.strip.setCurrentIndex(index)
                return

    def step(self, by: int) -> None:
        """Go to a neighbouring query."""
        row = self.strip.currentIndex().row() + by
        if 0 <= row < self._model.rowCount():
            self.strip.setCurrentIndex(self._model.index(row))

    @Slot()
    def _remove(self) -> None:
        index = self.strip.currentIndex()
        if index.isValid():
            self._model.remove(index.row())
            self.strip.fit()
            self.queries_changed.emit(self.queries)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        index = self.strip.indexAt(place)
        if index.isValid():
            self.strip.setCurrentIndex(index)
            menu = self.build_menu()
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.strip.viewport().mapToGlobal(place))

    def build_menu(self) -> QMenu:
        """The context menu of the current query."""
        menu = QMenu(self.strip)
        current = self.current
        if current is not None:
            menu.addAction(self.tr("Search with this picture alone"), lambda: self.queries_changed.emit([current]))
            menu.addAction(self.tr("Search with a part of it …"), self.ask_for_part)
            menu.addSeparator()
            menu.addAction(self.tr("Show in folder"), lambda: show_in_folder(current))
            menu.addAction(self.tr("Copy path"), lambda: copy_paths([current]))
            menu.addSeparator()
            menu.addAction(self.tr("Take it out"), self._remove)
        return menu

    # ------------------------------------------------------------------ dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Whatever may be a picture is welcome."""
        if intake.could_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        handed = intake.read(event.mimeData())
        if handed:
            event.acceptProposedAction()
            self.handed.emit(handed)


class _Strip(QListView):
    """One row of thumbnails; Delete takes the current one out."""

    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__(flow=QListView.Flow.LeftToRight, uniformItemSizes=True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setWrapping(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(TILE + 2)
        self.setMinimumWidth(TILE + 2)

    def fit(self) -> None:
        """Take the room that the queries need, where there is so much."""
        self.setMaximumWidth(self._wanted_width())
        self.updateGeometry()

    def _wanted_width(self) -> int:
        model = self.model()
        return max(1, model.rowCount() if model is not None else 0) * TILE + 2

    def sizeHint(self) -> QSize:
        return QSize(self._wanted_width(), TILE + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(TILE + 2, TILE + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.horizontalScrollBar()
        delta = event.angleDelta()
        bar.setValue(bar.value() - (delta.y() or delta.x()))
