"""Keeps the list of decisions in step with the catalog, and does what is asked for there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app import review_words
from app.choosers import Choosers
from app.desk import Desk
from app.review_decisions import ReviewDecisionsDialog

if TYPE_CHECKING:
    from core.catalog import Catalog
    from core.review.decisions import Decision


class DecisionsPresenter(QObject):
    """Connects the list of decisions with the desk.

    Args:
        desk: Reads and writes.
        choosers: Ask for files.
        window: What the list stays beside.

    Signals:
        changed(): Other decisions hold now.
        said(str): A sentence about something that is done.
        failed(object): A Failure.
    """

    changed = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: Desk, choosers: Choosers, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._choosers = choosers
        self.dialog = ReviewDecisionsDialog(window)
        self.dialog.search_changed.connect(self._read)
        self.dialog.undo_requested.connect(self._undo)
        self.dialog.export_requested.connect(self._export)
        self.dialog.import_requested.connect(self._import)

    def refresh(self) -> None:
        """Read the list again where it is open."""
        if self.dialog.isVisible():
            self.dialog.ask()

    @Slot(str)
    def _read(self, search: str) -> None:
        def work(catalog: Catalog) -> tuple[Decision, ...]:
            from core.review.decisions import Decisions

            return Decisions(catalog).all(search)

        self._desk.ask(work, self.dialog.show_decisions, self.failed.emit)

    @Slot(list)
    def _undo(self, numbers: Sequence[int]) -> None:
        def work(catalog: Catalog) -> None:
            from core.review.decisions import Decisions

            decisions = Decisions(catalog)
            for number in numbers:
                decisions.undo(number)

        self._do(work, self.tr("Took back {decisions}").format(decisions=review_words.decisions(len(numbers))))

    def _do(self, work: Callable[[Catalog], None], sentence: str) -> None:
        def done(_: None) -> None:
            self.changed.emit()
            self.said.emit(sentence)
            self.dialog.ask()

        self._desk.ask(work, done, self.failed.emit)

    @Slot()
    def _export(self) -> None:
        path = self._choosers.save(self.tr("Export decisions"), "decisions.json", self.tr("JSON (*.json)"))
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write all decisions to a file."""

        def work(catalog: Catalog) -> None:
            from core.export import save_text, write_json
            from core.review.decisions import Decisions

            document = Decisions(catalog).as_dict()

            def write(stream: TextIO) -> None:
                write_json(stream, document)

            save_text(path, write)

        sentence = self.tr("Wrote the decisions to {path}").format(path=path)
        self._desk.ask(work, lambda _: self.said.emit(sentence), self.failed.emit)

    @Slot()
    def _import(self) -> None:
        path = self._choosers.open(self.tr("Import decisions"), self.tr("JSON (*.json)"))
        if path is not None:
            self.import_from(path)

    def import_from(self, path: Path) -> None:
        """Take over the decisions of a file."""

        def work(catalog: Catalog) -> int:
            from core.review.decisions import Decisions

            return Decisions(catalog).load(path)

        def done(count: int) -> None:
            self.changed.emit()
            self.said.emit(self.tr("Took over {decisions}").format(decisions=review_words.decisions(count)))
            self.dialog.ask()

        self._desk.ask(work, done, self.failed.emit)
