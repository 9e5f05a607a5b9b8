"""The Compression section: recall against bytes and milliseconds on the library, as a table and as curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from app import words
from app.controls import main_button
from app.elided_label import ElidedLabel
from app.empty_state import EmptyState
from app.methods_axis import Axis, Series
from app.methods_controls import labelled_button
from app.methods_form import Form
from app.methods_layout import lay_out_section
from app.methods_plot import Plot
from app.methods_table import Column, MethodsTable, RowsModel
from app.theme import GROUP
from core.evaluation.values import CompressionDone, CompressionPoint

_USUAL = "twinsight-copy"
_FLAT = "flat"


class CompressionView(QWidget):
    """What smaller and faster descriptors cost.

    Signals:
        start_requested(object, str, int): Measure on these folders, by this method, with so many queries.
        stop_requested(): End it.
        export_requested(list): CompressionPoint values in the order on screen are to be written.
        search_requested(str, str): Title and specification of a method to search with.
    """

    start_requested = Signal(object, str, int)
    stop_requested = Signal()
    export_requested = Signal(list)
    search_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: tuple[Path, ...] = ()
        self._pictures = 0
        self._running = False
        self._method = _USUAL
        self._make_form()
        self._make_results()
        self._lay_out()
        self._connect()
        self._show()
        self._allow()

    def _make_form(self) -> None:
        self.form = Form()
        self.method = QComboBox()
        self.method.addItem(_USUAL, _USUAL)
        self.queries = QSpinBox(minimum=10, maximum=100_000, value=500, singleStep=100)
        self.queries.setGroupSeparatorShown(True)
        self.start = main_button(self.tr("Measure"), self.tr("Build every index over the library and search it"))
        self.form.add(self.tr("Method"), self.method, self.tr("Whose descriptors are compressed"))
        self.form.add(self.tr("Queries at most"), self.queries, self.tr("Pictures of the library to search with"))
        self.form.column.addSpacing(GROUP)
        self.form.column.addWidget(self.start)
        self.said = self.form.add_hint()
        self.form.column.addStretch(1)

    def _make_results(self) -> None:
        self.summary = ElidedLabel()
        self.search_button = labelled_button(
            "search", self.tr("Use in Search"), self.tr("Rank matches by descriptors in this index")
        )
        self.export_button = labelled_button("export", self.tr("Export …"), self.tr("Write the table as CSV"))
        self.model = RowsModel(self._columns(), lambda point: (point.title,))
        self.table = MethodsTable(self.model, self.tr("Indexes"))
        found = Axis(self.tr("recall@10 of the exact search"), None, 1.0, lambda value: words.decimal(value, 2))
        self.by_bytes = Plot(Axis(self.tr("bytes per picture"), logarithmic=True, text=_plain), found)
        self.by_time = Plot(Axis(self.tr("milliseconds per query"), logarithmic=True, text=_plain), found)
        self.empty = EmptyState()
        self.empty.say(
            "compress",
            self.tr("How small can descriptors be?"),
            self.tr("Every index is built over your library and searched; what the exact search finds is the truth."),
        )

    def _columns(self) -> list[Column[CompressionPoint]]:
        return [
            Column(self.tr("Index"), "", lambda point: point.index, lambda point: point.index, words=True),
            Column(
                self.tr("bytes"),
                self.tr("Size of the index by the number of pictures"),
                lambda point: point.bytes_per_picture,
                lambda point: words.number(round(point.bytes_per_picture)),
            ),
            Column(
                self.tr("recall@1"),
                self.tr("Queries whose exact nearest picture comes first"),
                lambda point: point.recall_at_1,
                lambda point: words.decimal(point.recall_at_1, 3),
            ),
            Column(
                self.tr("recall@10"),
                self.tr("Share of the exact ten nearest that are among the first ten"),
                lambda point: point.recall_at_10,
                lambda point: words.decimal(point.recall_at_10, 3),
            ),
            Column(
                self.tr("ms/query"),
                self.tr("Time of one query on one core"),
                lambda point: point.milliseconds_per_query,
                lambda point: words.decimal(point.milliseconds_per_query, 3),
            ),
            Column(
                self.tr("build"),
                self.tr("Seconds to train and fill the index"),
                lambda point: point.build_seconds,
                lambda point: f"{words.decimal(point.build_seconds, 2)} s",
            ),
        ]

    def _lay_out(self) -> None:
        plots = QWidget()
        side_by_side = QHBoxLayout(plots)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.addWidget(self.by_bytes)
        side_by_side.addWidget(self.by_time)
        buttons = (self.search_button, self.export_button)
        self._stack = lay_out_section(self, self.form, self.empty, self.summary, buttons, (self.table, plots))

    def _connect(self) -> None:
        self.start.clicked.connect(self._press)
        self.table.selection_moved.connect(self._draw)
        self.table.selection_moved.connect(self._allow)
        self.search_button.clicked.connect(self._search)
        self.export_button.clicked.connect(lambda: self.export_requested.emit(self.table.shown()))

    # ------------------------------------------------------------------ what is chosen

    def set_library(self, folders: Sequence[Path], pictures: int) -> None:
        """The folders in use, and how many pictures are in them."""
        self._library, self._pictures = tuple(folders), pictures
        self._show()

    def offer_methods(self, methods: Sequence[tuple[str, str]]) -> None:
        """Offer methods by title and name; the chosen one stays."""
        chosen = self.method.currentData()
        self.method.clear()
        for title, name in methods:
            self.method.addItem(title, name)
        self.method.setCurrentIndex(max(0, self.method.findData(chosen)))

    @Slot()
    def _press(self) -> None:
        if self._running:
            self.stop_requested.emit()
        else:
            self.start_requested.emit(self._library, str(self.method.currentData()), self.queries.value())

    def _show(self) -> None:
        self.start.setText(self.tr("Stop") if self._running else self.tr("Measure"))
        self.start.setAccessibleName(self.start.text())
        self.start.setEnabled(self._running or bool(self._library))
        self.said.setText(
            self.tr("On {pictures} of the library; pictures that are new to this method are described first.").format(
                pictures=words.pictures(self._pictures)
            )
            if self._library
            else self.tr("Add a folder to the library first.")
        )

    # ------------------------------------------------------------------ what comes in

    @Slot()
    def begin(self) -> None:
        """Compression is being measured."""
        self._running = True
        self._method = str(self.method.currentData())
        self.model.replace(())
        self.summary.set_text(self.tr("Describing pictures; rows appear as indexes are measured …"))
        self._stack.setCurrentIndex(1)
        self._show()
        self._draw()

    @Slot(list)
    def add(self, points: Sequence[CompressionPoint]) -> None:
        """Show indexes that are measured."""
        for point in points:
            self.model.append(point)
        self._draw()
        self._allow()

    @Slot(object)
    def end(self, done: CompressionDone | None) -> None:
        """All are measured, or it was stopped."""
        self._running = False
        self._show()
        if done is not None:
            self.summary.set_text(
                self.tr("{method}: {queries} queries in {pictures}").format(
                    method=done.method, queries=words.number(done.queries), pictures=words.pictures(done.pictures)
                )
            )
        elif not self.model.rows:
            self._stack.setCurrentIndex(0)

    @Slot()
    def _draw(self) -> None:
        chosen = self.table.chosen() or list(self.model.rows)
        self.by_bytes.draw(_by_kind(chosen, "bytes_per_picture"), self.tr("Recall against bytes"))
        self.by_time.draw(_by_kind(chosen, "milliseconds_per_query"), self.tr("Recall against milliseconds"))

    @Slot()
    def _allow(self) -> None:
        self.search_button.setEnabled(len(self.table.chosen()) == 1)
        self.export_button.setEnabled(bool(self.model.rows))

    @Slot()
    def _search(self) -> None:
        for point in self.table.chosen():
            name = self._method if point.index == _FLAT else f"{self._method}+{point.index}"
            self.search_requested.emit(name, name)


def _by_kind(points: Sequence[CompressionPoint], measure: str) -> list[Series]:
    """A curve for each kind of index, from one of its numbers to the next."""
    kinds = dict.fromkeys(point.index.partition("@")[0] for point in points)
    series = []
    for number, kind in enumerate(kinds):
        own = [point for point in points if point.index.partition("@")[0] == kind]
        places = tuple((float(getattr(point, measure)), point.recall_at_10) for point in own)
        # Times wobble, so a line between them would tell of differences that are none.
        joined = measure == "bytes_per_picture"
        labels = tuple(point.index for point in own)
        series.append(Series(kind, places, number, marks=True, joined=joined, labels=labels))
    return series


def _plain(value: float) -> str:
    return words.number(round(value)) if value >= 10 else words.locale().toString(float(value), "g", 2)
