"""The Training section: choices and earlier runs on the left; the live curve and what came of it on the right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import words
from app.elided_label import ElidedLabel
from app.empty_state import EmptyState
from app.methods_axis import Axis, Series
from app.methods_plot import Plot
from app.theme import GAP, GROUP, SPACE, large, set_property
from app.training_form import TrainingForm
from app.training_result import ResultPanel
from app.training_run_list import RunList
from app.training_runs import Baseline, Curve, Result, Run, Wish
from core.training.metrics import TrainingMetrics

_MOST_POINTS = 400
_KEYPOINTS = ("delf", "lift")


class TrainingView(QWidget):
    """Training as people see it.

    Signals:
        shown_requested(object): The curve of an earlier Run is to be fetched and shown.
    """

    shown_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._metrics: list[TrainingMetrics] = []
        self._wish: Wish | None = None
        self._running = False
        self.form = TrainingForm()
        self.runs = RunList()
        self.form.column.addSpacing(GROUP)
        self.form.column.addWidget(self.runs)
        self.form.column.addStretch(1)
        self.title = ElidedLabel()
        self.title.setFont(large(self.font()))
        self.plot = self._make_plot()
        self.result = ResultPanel()
        self.empty = EmptyState()
        self.empty.say(
            "train",
            self.tr("Teach Twinsight your pictures"),
            self.tr(
                "It learns from edited copies of them which details tell your pictures apart, and shows what that"
                " brings before anything is installed."
            ),
        )
        self._lay_out()
        self.runs.shown.connect(self._show_run)

    def _make_plot(self) -> Plot:
        share = Axis(self.tr("recall@1 on held-out copies"), 0.0, 1.0)
        step = Axis(self.tr("step"), 0.0, None, lambda value: words.number(round(value)), whole=True)
        return Plot(step, Axis(self.tr("loss")), share)

    def _lay_out(self) -> None:
        self._parts = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._parts.addWidget(self.plot)
        self._parts.addWidget(self.result)
        self._parts.setStretchFactor(0, 3)
        self._parts.setStretchFactor(1, 2)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(SPACE)
        head = QHBoxLayout()
        head.setContentsMargins(GROUP, 0, GROUP, 0)
        head.addWidget(self.title)
        column.addLayout(head)
        column.addWidget(self._parts, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(full)
        set_property(self._stack, "ground", "base")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.form)
        row.addWidget(self._stack, 1)

    # ------------------------------------------------------------------ a run under way

    @Slot(object)
    def begin(self, wish: Wish) -> None:
        """A run begins or goes on."""
        self._running = True
        self._show_wish(wish)
        self.result.clear()
        self.form.set_running(True)
        self.runs.set_running(wish.name)

    @Slot(list)
    def show_curve(self, metrics: list[TrainingMetrics]) -> None:
        """What was learned before the run was interrupted, or of an earlier run."""
        self._metrics = list(metrics)
        self._draw()
        begun = next((one.recall for one in metrics if one.recall is not None), None)
        if begun is not None and not self.result.model.rows:
            self.result.show_before(begun)

    @Slot(list)
    def note(self, events: list[object]) -> None:
        """Take in what the run yields."""
        for event in events:
            if isinstance(event, Curve):
                self.show_curve(list(event.metrics))
        fresh = [event for event in events if isinstance(event, TrainingMetrics)]
        if fresh:
            # A run that goes on from its checkpoint does some steps again.
            first = fresh[0].step
            self._metrics = [one for one in self._metrics if one.step < first] + fresh
            self._draw()
        for event in events:
            if isinstance(event, Baseline):
                self.result.show_baseline(event)
            elif isinstance(event, Result):
                self.result.show_result(event)

    @Slot(object)
    def end(self, result: Result | None) -> None:
        """The run has ended; without a result it was stopped, or failed."""
        self._running = False
        self.form.set_running(False)
        self.runs.set_running("")
        if result is None and not self._metrics and not self.result.model.rows:
            self._stack.setCurrentIndex(0)

    # ------------------------------------------------------------------ an earlier one

    @Slot(object)
    def _show_run(self, run: Run) -> None:
        if self._running:
            return
        self._show_wish(run.wish)
        self.form.show_wish(run.wish)
        self.result.clear()
        if run.result is not None:
            self.result.show_result(run.result)
        else:
            self.result.say_unfinished(run.step, run.wish)
        self.shown_requested.emit(run)

    def _show_wish(self, wish: Wish) -> None:
        self._wish = wish
        self._metrics = []
        self._stack.setCurrentIndex(1)
        self.plot.setVisible(wish.way != "whiten")
        self.title.set_text(f"{wish.name} · {self.runs.way_in_words(wish)}")
        self._draw()

    # ------------------------------------------------------------------ the curve

    def _draw(self) -> None:
        losses = [(one.step, one.loss) for one in self._metrics if math.isfinite(one.loss)]
        measured = [(one.step, one.recall) for one in self._metrics if one.recall is not None]
        keypoints = self._wish is not None and self._wish.way in _KEYPOINTS
        series = []
        if losses:
            series.append(Series(self.tr("loss"), tuple(thinned(losses)), 0))
        if measured:
            whole = self.tr("matches right within 3 px") if keypoints else self.tr("recall@1")
            places = tuple((float(step), recall.at_1) for step, recall in measured)
            series.append(Series(whole, places, 1, right=True, marks=True))
        if measured and not keypoints:
            places = tuple((float(step), recall.regions_at_1) for step, recall in measured)
            series.append(Series(self.tr("recall@1 by regions"), places, 2, right=True, marks=True))
        self.plot.draw(series, self._no_curve())

    def _no_curve(self) -> str:
        return self.tr("The curve begins when what it starts from is measured.")


def thinned(points: Sequence[tuple[float, float]], most: int = _MOST_POINTS) -> list[tuple[float, float]]:
    """At most so many points, each the mean of its neighbours, so that long runs draw as fast as short ones."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / most)
    parts = [points[place : place + size] for place in range(0, len(points), size)]
    return [(part[-1][0], sum(value for _, value in part) / len(part)) for part in parts]
