"""How well held-out copies are found before and after: a sentence, a table, and the button that installs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import words
from app.controls import main_button
from app.methods_form import hint
from app.methods_table import Column, MethodsTable, RowsModel
from app.theme import GAP, GROUP, set_property
from app.training_runs import Baseline, Result, Wish
from core.training.metrics import Recall


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: a measure before and after."""

    name: str
    tip: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """By how much it rose."""
        return None if self.before is None or self.after is None else self.after - self.before


class ResultPanel(QWidget):
    """What came of a run.

    Signals:
        install_requested(object): The Result whose model is to become a method.
    """

    install_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: Result | None = None
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.facts = hint()
        self.install = main_button(
            self.tr("Install as method"), self.tr("Let presets go by it, search with it, and rank it with the others")
        )
        self.install.clicked.connect(lambda: self.install_requested.emit(self._result))
        self.model = RowsModel(self._columns(), lambda row: (row.tip,))
        self.table = MethodsTable(self.model, self.tr("Before and after"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setSortingEnabled(False)
        self._lay_out()
        self.clear()

    def _columns(self) -> list[Column[Compared]]:
        return [
            Column(self.tr("Copies found"), "", lambda row: row.name, lambda row: row.name, words=True),
            Column(self.tr("Before"), self.tr("By what it began with"), lambda row: row.before, _before),
            Column(self.tr("After"), self.tr("By the model that came out"), lambda row: row.after, _after),
            Column(self.tr("Change"), self.tr("How many more are found"), lambda row: row.change, _change),
        ]

    def _lay_out(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.sentence)
        said.addWidget(self.facts)
        row = QHBoxLayout()
        row.setContentsMargins(GROUP, GAP, GROUP, GAP)
        row.setSpacing(GAP)
        row.addLayout(said, 1)
        row.addWidget(self.install)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def clear(self) -> None:
        """Nothing is measured yet."""
        self._result = None
        self.install.hide()
        self.sentence.setText(self.tr("Measuring how well copies are found now …"))
        self.facts.setText(self.tr("Pictures are set aside, edited as people edit pictures, and searched for."))
        self.model.replace(())

    def say_unfinished(self, step: int, wish: Wish) -> None:
        """This run was interrupted."""
        self.sentence.setText(self.tr("This run was interrupted."))
        self.facts.setText(
            self.tr("It can go on from step {step} of {steps}.").format(
                step=words.number(step), steps=words.number(wish.steps)
            )
            if step
            else self.tr("It has no checkpoint yet and would begin anew.")
        )

    def show_before(self, before: Recall) -> None:
        """What an interrupted run measured at its beginning."""
        self.model.replace(self._rows(before, None))

    def show_baseline(self, baseline: Baseline) -> None:
        """What is known before anything is trained."""
        self.sentence.setText(self.tr("Before training; what is found after it comes at the end."))
        if baseline.pictures is not None and baseline.held_out is not None:
            self.facts.setText(
                self.tr("{pictures} to learn from, {held_out} set aside to measure with").format(
                    pictures=words.pictures(baseline.pictures), held_out=words.number(baseline.held_out)
                )
            )
        self.model.replace(self._rows(baseline.before, None))

    def show_result(self, result: Result) -> None:
        """What came out."""
        self._result = result
        self.sentence.setText(
            self.tr("It finds more copies than before.")
            if result.better
            else self.tr("It finds no more copies than before: better keep what you have.")
        )
        set_property(self.install, "look", "main" if result.better else "")
        self.facts.setText(result.words)
        self.model.replace(self._rows(result.before, result.after))
        self.install.show()

    def _rows(self, before: Recall, after: Recall | None) -> Iterator[Compared]:
        measures = (
            ("at_1", self.tr("First of all (recall@1)"), self.tr("By the descriptor of the whole picture")),
            ("at_10", self.tr("Among the first ten (recall@10)"), self.tr("By the descriptor of the whole picture")),
            ("regions_at_1", self.tr("First, by regions"), self.tr("Where the best region of either picture counts")),
            ("regions_at_10", self.tr("Among ten, by regions"), self.tr("Where the best region of either counts")),
        )
        for name, title, tip in measures:
            yield Compared(title, tip, getattr(before, name), None if after is None else getattr(after, name))
        for family, share in before.families.items():
            title = self.tr("First, by regions: {family}").format(family=family)
            later = None if after is None else after.families.get(family)
            yield Compared(title, self.tr("Of the edits of one kind"), share, later)


def _before(row: Compared) -> str:
    return "" if row.before is None else words.decimal(row.before, 3)


def _after(row: Compared) -> str:
    return "…" if row.after is None else words.decimal(row.after, 3)


def _change(row: Compared) -> str:
    if row.change is None:
        return ""
    sign = "+" if row.change > 0 else ""
    return f"{sign}{words.decimal(row.change, 3)}"
