"""The runs that were begun: unfinished ones can go on, finished ones be looked at, and all be removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import words
from app.controls import quiet_button
from app.methods_table import Column, MethodsTable, RowsModel
from app.theme import GAP, SPACE, small
from app.training_runs import Run, Wish

_ROWS = 4


class RunList(QWidget):
    """A short table of runs.

    Signals:
        shown(object): A Run was picked.
        resume_requested(object): Go on with a Run.
        remove_requested(object): A Run is to be deleted.
    """

    shown = Signal(object)
    resume_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = ""
        title = QLabel(self.tr("Runs"))
        self.resume_button = quiet_button("play", self.tr("Go on with this run"))
        self.remove_button = quiet_button(
            "remove", self.tr("Remove this run"), self.tr("Delete its curve and checkpoint; installed models stay")
        )
        self.model = RowsModel(self._columns(), lambda run: [str(folder) for folder in run.wish.folders])
        self.table = MethodsTable(self.model, self.tr("Runs"))
        self.table.setFont(small(self.font()))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFixedHeight(self.table.verticalHeader().defaultSectionSize() * (_ROWS + 1))
        self.table.selection_moved.connect(self._on_selection)
        self.resume_button.clicked.connect(lambda: self._ask(self.resume_requested))
        self.remove_button.clicked.connect(lambda: self._ask(self.remove_requested))
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.resume_button)
        head.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self.table)
        self.hide()

    def _columns(self) -> list[Column[Run]]:
        return [
            Column(self.tr("Name"), "", lambda run: run.wish.name, lambda run: run.wish.name, words=True),
            Column(self.tr("How far"), "", self._order, self._state, words=True),
        ]

    def _order(self, run: Run) -> float:
        return 1.0 if run.result is not None else run.step / max(1, run.wish.steps) / 2

    def _state(self, run: Run) -> str:
        if run.wish.name == self._running:
            return self.tr("under way")
        if run.result is not None:
            return self.tr("done, better") if run.result.better else self.tr("done, no better")
        if run.wish.way == "whiten":
            return self.tr("interrupted")
        return self.tr("{step} of {steps}").format(step=words.number(run.step), steps=words.number(run.wish.steps))

    def way_in_words(self, wish: Wish) -> str:
        """How something is trained, in a few words."""
        ways = {"whiten": self.tr("whitened again"), "train": self.tr("trained on")}
        return ways.get(wish.way) or self.tr("{way} from {backbone}").format(way=wish.way, backbone=wish.backbone)

    @Slot(list)
    def set_runs(self, runs: Sequence[Run]) -> None:
        """Show the runs there are; what was picked stays picked."""
        picked = [run.wish.name for run in self.table.chosen()]
        self.model.replace(runs)
        self.setVisible(bool(runs))
        for place, run in enumerate(self.table.shown()):
            if run.wish.name in picked:
                self.table.blockSignals(True)
                self.table.selectRow(place)
                self.table.blockSignals(False)
        self._allow()

    def set_running(self, name: str) -> None:
        """Which run is under way, or nothing."""
        self._running = name
        self._allow()
        self.table.viewport().update()

    @Slot()
    def _on_selection(self) -> None:
        self._allow()
        if chosen := self.table.chosen():
            self.shown.emit(chosen[0])

    def _allow(self) -> None:
        chosen = self.table.chosen()
        idle = bool(chosen) and chosen[0].wish.name != self._running
        self.resume_button.setEnabled(idle and not self._running and chosen[0].result is None)
        self.remove_button.setEnabled(idle)

    def _ask(self, signal: object) -> None:
        for run in self.table.chosen():
            signal.emit(run)  # type: ignore[attr-defined]
