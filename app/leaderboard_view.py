"""The Leaderboard section: choices on the left, the table over the precision-recall plot on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app import words
from app.elided_label import ElidedLabel
from app.empty_state import EmptyState
from app.leaderboard_form import LeaderboardForm
from app.leaderboard_session import methods_in_words
from app.methods_axis import Axis, Series
from app.methods_controls import labelled_button
from app.methods_layout import lay_out_section
from app.methods_plot import COLOURS, Plot
from app.methods_table import Column, MethodsTable, RowsModel
from core.evaluation.values import EvaluationSummary, MethodEvaluated, MethodFailed, MethodResult


@dataclass(frozen=True, slots=True)
class Row:
    """One method of the table: its result, or why it has none."""

    method: str
    result: MethodResult | None
    reason: str = ""


class LeaderboardView(QWidget):
    """The leaderboard as people see it.

    Signals:
        export_requested(list): MethodResult values in the order on screen are to be written.
        search_requested(str, str): Title and specification of a method to search with.
    """

    export_requested = Signal(list)
    search_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self.form = LeaderboardForm()
        self.summary = ElidedLabel()
        self.search_button = labelled_button("search", self.tr("Use in Search"), self.tr("Rank matches by this method"))
        self.export_button = labelled_button(
            "export", self.tr("Export …"), self.tr("Write the table as CSV, or the curves as SVG")
        )
        self.model = RowsModel(self._columns(), _told, lambda row: row.result is not None)
        self.table = MethodsTable(self.model, self.tr("Leaderboard"))
        share = self._share
        self.plot = Plot(Axis(self.tr("recall"), 0.0, 1.0, share), Axis(self.tr("precision"), 0.0, 1.0, share))
        self.empty = EmptyState()
        self.empty.say(
            "methods",
            self.tr("Which method finds your copies best?"),
            self.tr("Tick some on the left and rank them: on copies made of your own pictures, or on a benchmark."),
        )
        self._lay_out()
        self._connect()
        self._allow()

    def _share(self, value: float) -> str:
        return words.decimal(value, 1)

    def _columns(self) -> list[Column[Row]]:
        return [
            Column(self.tr("Method"), "", lambda row: row.method, lambda row: row.method, words=True),
            self._share_column("R@1", self.tr("Recall@1: queries with a right picture first"), "recall_at_1"),
            self._share_column(
                "R@5", self.tr("Recall@5: queries with a right picture among the first five"), "recall_at_5"
            ),
            self._share_column(
                "R@10", self.tr("Recall@10: queries with a right picture among the first ten"), "recall_at_10"
            ),
            self._share_column(
                self.tr("mAP"), self.tr("Mean average precision over the queries"), "mean_average_precision"
            ),
            self._share_column(
                self.tr("µAP"),
                self.tr("Average precision of all pairs in one ranking: whether one threshold serves all queries"),
                "micro_average_precision",
            ),
            self._number_column(
                self.tr("pics/s"), self.tr("Pictures described in a second on one core"), "pictures_per_second"
            ),
            Column(
                self.tr("size"),
                self.tr("What ranking keeps of a picture in memory"),
                lambda row: None if row.result is None else row.result.bytes_per_picture,
                lambda row: "" if row.result is None else words.size(round(row.result.bytes_per_picture)),
            ),
            self._number_column(
                self.tr("ms"), self.tr("Time to rank all pictures for one query"), "milliseconds_per_query"
            ),
        ]

    def _share_column(self, title: str, tip: str, name: str) -> Column[Row]:
        def value(row: Row) -> float | None:
            return None if row.result is None else float(getattr(row.result, name))

        def text(row: Row) -> str:
            found = value(row)
            return "" if found is None else words.decimal(found, 3)

        return Column(title, tip, value, text)

    def _number_column(self, title: str, tip: str, name: str) -> Column[Row]:
        def value(row: Row) -> float | None:
            return None if row.result is None else getattr(row.result, name)

        def text(row: Row) -> str:
            found = value(row)
            if found is None:
                return ""
            return words.number(round(found)) if found >= 10 else words.decimal(found, 1 if found >= 1 else 2)

        return Column(title, tip, value, text)

    def _lay_out(self) -> None:
        buttons = (self.search_button, self.export_button)
        self._stack = lay_out_section(self, self.form, self.empty, self.summary, buttons, (self.table, self.plot))

    def _connect(self) -> None:
        self.table.selection_moved.connect(self._draw)
        self.table.selection_moved.connect(self._allow)
        self.table.opened.connect(self._search_with)
        self.search_button.clicked.connect(self._search)
        self.export_button.clicked.connect(lambda: self.export_requested.emit(self.results()))

    def results(self) -> list[MethodResult]:
        """The results in the order on screen."""
        return [row.result for row in self.table.shown() if row.result is not None]

    # ------------------------------------------------------------------ what comes in

    @Slot()
    def begin(self) -> None:
        """Methods are being ranked; the rows so far are of other pictures, perhaps."""
        self._running = True
        self.form.set_running(True)
        self.model.replace(())
        self.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
        self.summary.set_text(self.tr("Reading and describing pictures; rows appear as methods are done …"))
        self._stack.setCurrentIndex(1)
        self._draw()

    @Slot(list)
    def add(self, events: Sequence[MethodEvaluated | MethodFailed]) -> None:
        """Show methods that are done, or cannot be used."""
        for event in events:
            if isinstance(event, MethodEvaluated):
                self.model.append(Row(event.result.method, event.result))
            else:
                self.model.append(Row(event.method, None, event.reason))
        self.summary.set_text(methods_in_words(len(self.results())))
        self._draw()
        self._allow()

    @Slot(object)
    def end(self, summary: EvaluationSummary | None) -> None:
        """All methods are done, or it was stopped."""
        self._running = False
        self.form.set_running(False)
        if summary is not None:
            self.summary.set_text(
                self.tr("{methods}, {queries} queries in {pictures}").format(
                    methods=methods_in_words(len(summary.results)),
                    queries=words.number(summary.queries),
                    pictures=words.pictures(summary.pictures),
                )
            )
        elif not self.model.rows:
            self._stack.setCurrentIndex(0)

    # ------------------------------------------------------------------ what is shown of it

    @Slot()
    def _draw(self) -> None:
        """The curves of the selected rows, or of the best ones where none is selected."""
        chosen = [row.result for row in self.table.chosen() if row.result is not None] or self.results()[:COLOURS]
        series = [
            Series(
                f"{result.method} ({words.decimal(result.micro_average_precision, 3)})",
                tuple((point.recall, point.precision) for point in result.curve),
                number,
            )
            for number, result in enumerate(chosen)
        ]
        self.plot.draw(series, self.tr("The curve of precision over recall appears with the first method."))

    @Slot()
    def _allow(self) -> None:
        chosen = self.table.chosen()
        self.search_button.setEnabled(len(chosen) == 1 and chosen[0].result is not None)
        self.export_button.setEnabled(bool(self.results()))

    @Slot()
    def _search(self) -> None:
        for row in self.table.chosen():
            self._search_with(row)

    @Slot(object)
    def _search_with(self, row: Row) -> None:
        if row.result is not None:
            self.search_requested.emit(row.result.title, row.method)


def _told(row: Row) -> tuple[str, ...]:
    return (row.reason,) if row.result is None else (row.result.title,)
