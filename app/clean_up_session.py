"""Plans, clean-ups and their undoing, as the window runs them. No widgets here.

However a job ends, what it did is read from the journal afterwards: what is told is what was written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, Signal, Slot

from app import review_jobs
from app.jobs import Jobs
from app.review_jobs import Planned, Reported
from core.events import Progress, Summary
from core.records import Group
from core.review.values import Left, Merged, Plan, Removed, Restored, ReviewDone, ReviewSummary

if TYPE_CHECKING:
    from core._catalog_journal import Operation
    from core.catalog import Catalog
    from core.review.choosing import Choice
    from core.review.planning import PlanOptions


class Phase(Enum):
    """What the clean-up lane is at."""

    IDLE = "idle"
    PLANNING = "planning"
    CLEANING = "cleaning"
    UNDOING = "undoing"
    REPORTING = "reporting"


class CleanUpSession(QObject):
    """One plan at a time, and all clean-ups there ever were.

    Args:
        jobs: The clean-up lane and the desk.
        parent: The Qt owner.

    Signals:
        planned(object): The Plan that was asked for; nothing is touched.
        refused(list): Left, for files that would stay although the plan names them.
        rehearsed(object): The ReviewSummary of the rehearsal.
        began(object): The Phase that begins: CLEANING or UNDOING.
        progressed(object): The latest Progress.
        moved(list): Removed, Merged, Restored and Left as they happen.
        reported(object): Reported: what came of a clean-up or an undo, by the journal.
        broke(str): Planning, cleaning up or undoing ended with an error before anything was done.
        operations_read(object): All clean-ups, the latest first.
        said(str): A sentence about something that is done.
        failed(object): A Failure.
    """

    planned = Signal(object)
    refused = Signal(list)
    rehearsed = Signal(object)
    began = Signal(object)
    progressed = Signal(object)
    moved = Signal(list)
    reported = Signal(object)
    broke = Signal(str)
    operations_read = Signal(object)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.IDLE
        self.plan: Plan | None = None
        self._lane = jobs.clean_up
        self._desk = jobs.desk
        self._operation: int | None = None
        self._touched = False
        self._told = False
        self._since = 0.0
        self._lane.batch.connect(self._on_batch)
        self._lane.finished.connect(self._on_finished)
        self._lane.failed.connect(self._on_failed)

    @property
    def at_work(self) -> bool:
        """Whether files are being moved right now."""
        return self.phase in (Phase.CLEANING, Phase.UNDOING, Phase.REPORTING)

    # ------------------------------------------------------------------ planning

    def make_plan(self, chosen: Sequence[tuple[Group, Sequence[Choice]]], options: PlanOptions) -> None:
        """Plan what was chosen, and rehearse it."""
        self._start(Phase.PLANNING, lambda catalog: review_jobs.planning(catalog, chosen, options))

    def take_up(self, path: Path) -> None:
        """Take up a plan that was written to a file."""
        self._start(Phase.PLANNING, lambda catalog: review_jobs.taking_up(catalog, path))

    def drop_plan(self) -> None:
        """Think no more of the plan."""
        if not self.at_work:
            self.phase, self.plan = Phase.IDLE, None
            self._lane.cancel()

    def export_plan(self, path: Path) -> None:
        """Write the plan: as CSV for a table, else as JSON that can be taken up again."""
        plan = self.plan
        if plan is None:
            return

        def write(stream: TextIO) -> None:
            from core.export import write_json, write_plan_csv
            from core.review.plan_file import plan_as_dict

            if path.suffix.lower() == ".csv":
                write_plan_csv(stream, plan)
            else:
                write_json(stream, plan_as_dict(plan))

        def save() -> None:
            from core.export import save_text

            save_text(path, write)

        sentence = self.tr("Wrote the list to {path}").format(path=path)
        self._desk.do(save, lambda _: self.said.emit(sentence), self.failed.emit)

    # ------------------------------------------------------------------ doing

    def apply(self, confirmation: str = "") -> None:
        """Carry the plan out."""
        plan = self.plan
        if plan is not None and not self.at_work:
            self._operation = None
            self._start(Phase.CLEANING, lambda catalog: review_jobs.applying(catalog, plan, confirmation))

    def resume(self, operation: int) -> None:
        """Go on with a clean-up that was cut off."""
        if not self.at_work:
            self._operation = operation
            self._start(Phase.CLEANING, lambda catalog: review_jobs.resuming(catalog, operation))

    def undo(self, operation: int) -> None:
        """Take a clean-up back."""
        if not self.at_work:
            self._operation = operation
            self._start(Phase.UNDOING, lambda catalog: review_jobs.undoing(catalog, operation))

    def show(self, operation: int) -> None:
        """Tell what came of a clean-up of long ago."""
        if not self.at_work:
            self._report(operation)

    def stop(self) -> None:
        """End what runs after the file in hand; what is done is kept and can be undone."""
        if self.at_work:
            self._lane.cancel()

    def read_operations(self) -> None:
        """Read the list of clean-ups."""
        self._desk.ask(_operations, self.operations_read.emit, self.failed.emit)

    # ------------------------------------------------------------------ what comes of it

    def _start(self, phase: Phase, make: Callable[[Catalog], object]) -> None:
        self.phase = phase
        self._touched = self._told = False
        if phase is Phase.PLANNING:
            self.plan = None
        if phase in (Phase.CLEANING, Phase.UNDOING):
            self._since = time.time()
            self.began.emit(phase)
        self._lane.start(make)  # type: ignore[arg-type]

    def _report(self, operation: int | None) -> None:
        since = self._since
        self._start(Phase.REPORTING, lambda catalog: review_jobs.reporting(catalog, operation, since))

    @Slot(list)
    def _on_batch(self, events: list[object]) -> None:
        moved = [event for event in events if isinstance(event, Removed | Merged | Restored | Left)]
        for event in events:
            if isinstance(event, Planned):
                self.plan = event.plan
                self.planned.emit(event.plan)
            elif isinstance(event, ReviewDone):
                self._on_done(event.summary)
            elif isinstance(event, Reported):
                self._told = True
                self.reported.emit(event)
        progress = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        if progress is not None:
            self.progressed.emit(progress)
        if moved and self.phase is Phase.PLANNING:
            self.refused.emit(moved)
        elif moved:
            self._touched = True
            self.moved.emit(moved)

    def _on_done(self, summary: ReviewSummary) -> None:
        self._operation = summary.operation
        if summary.rehearsed:
            self.rehearsed.emit(summary)

    @Slot(object)
    def _on_finished(self, summary: Summary | None) -> None:
        phase, self.phase = self.phase, Phase.IDLE
        if phase in (Phase.CLEANING, Phase.UNDOING):
            # The lane takes this job up only once the one that was stopped has come to its end.
            self._report(self._operation)
        elif phase is Phase.PLANNING and self.plan is None:
            self.broke.emit(self.tr("Stopped."))
        elif phase is Phase.REPORTING and not self._told:
            self.broke.emit(self.tr("Stopped before anything was done."))

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        phase, self.phase = self.phase, Phase.IDLE
        if phase in (Phase.CLEANING, Phase.UNDOING) and self._touched:
            self._report(self._operation)
        else:
            self.broke.emit(sentence)


def _operations(catalog: Catalog) -> tuple[Operation, ...]:
    from core.review.applying import operations

    return operations(catalog)
