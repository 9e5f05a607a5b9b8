"""Leads from the review to the summary, through the clean-up, to what was done; and back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.choosers import Choosers
from app.clean_up_session import CleanUpSession, Phase
from app.clean_ups_view import CleanUpsDialog
from app.review_jobs import Reported
from app.review_page import ReviewPage
from app.review_presenter import ReviewPresenter
from app.review_session import ReviewSession
from app.status_view import StatusView
from core.events import Progress
from core.review.values import Action, Removed, Restored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core._catalog_journal import Operation


class CleanUpPresenter(QObject):
    """Connects summary, result and the list of clean-ups with the engine.

    Args:
        session: Plans, cleans up and undoes.
        review: Has the choices.
        page: Shows it all.
        walk: Shows the groups again afterwards.
        status: Says what became of it.
        choosers: Ask for folders and files.

    Signals:
        opened(): The page is worth opening.
    """

    opened = Signal()

    def __init__(
        self,
        session: CleanUpSession,
        review: ReviewSession,
        page: ReviewPage,
        walk: ReviewPresenter,
        status: StatusView,
        choosers: Choosers,
    ) -> None:
        super().__init__(page)
        self._session = session
        self._review = review
        self._page = page
        self._walk = walk
        self._status = status
        self._choosers = choosers
        self._follow = False
        self._looked = False
        self.dialog = CleanUpsDialog(page)
        self._connect_page()
        self._connect_session()
        session.read_operations()

    def _connect_page(self) -> None:
        bar, summary, result = self._page.view.bar, self._page.summary, self._page.result
        bar.clean_up_requested.connect(self.sum_up)
        bar.clean_ups_requested.connect(self.list_clean_ups)
        bar.plan_requested.connect(self._take_up)
        summary.plan_wanted.connect(self._plan)
        summary.folder_wanted.connect(self._choose_folder)
        summary.apply_requested.connect(self._session.apply)
        summary.export_requested.connect(self._export)
        summary.back_requested.connect(self._back)
        result.stop_requested.connect(self._session.stop)
        result.back_requested.connect(self._walk.show_groups)
        result.clean_ups_requested.connect(self.list_clean_ups)
        for view in (result, self.dialog):
            view.undo_requested.connect(self._session.undo)
            view.resume_requested.connect(self._session.resume)
        self.dialog.show_requested.connect(self._session.show)

    def _connect_session(self) -> None:
        session, summary, result = self._session, self._page.summary, self._page.result
        session.planned.connect(summary.show_plan)
        session.refused.connect(summary.add_refused)
        session.rehearsed.connect(summary.show_rehearsed)
        session.broke.connect(self._on_broke)
        session.began.connect(self._on_began)
        session.moved.connect(result.add_moved)
        session.progressed.connect(self._on_progress)
        session.reported.connect(self._on_report)
        session.operations_read.connect(self._on_operations)
        session.said.connect(self._status.say)
        session.failed.connect(self._status.fail)

    # ------------------------------------------------------------------ before

    @Slot()
    def sum_up(self) -> None:
        """Show what would be done."""
        if self._session.at_work:
            self.opened.emit()
        elif self._review.work.totals[0]:
            self._page.show_face(self._page.summary)
            self._plan()
            self.opened.emit()
        else:
            self._status.say(self.tr("No file is chosen to go yet."))

    @Slot()
    def _plan(self) -> None:
        from core.review.planning import PlanOptions

        summary = self._page.summary
        action = summary.action
        options = PlanOptions(
            action,
            summary.destination if action is Action.FOLDER else None,
            companions=summary.companions.isChecked(),
            merge=summary.merge.isChecked() and not action.links,
            scope=self._review.work.terms.scope,
        )
        summary.begin(taken_up=False)
        self._session.make_plan(self._review.work.chosen(), options)

    @Slot()
    def _take_up(self) -> None:
        path = self._choosers.open(self.tr("Take up a plan"), self.tr("Plan (*.json)"))
        if path is not None and not self._session.at_work:
            self.take_up(path)

    def take_up(self, path: Path) -> None:
        """Show what a plan from a file would do."""
        self._page.summary.begin(taken_up=True)
        self._page.show_face(self._page.summary)
        self._session.take_up(path)

    @Slot()
    def _choose_folder(self) -> None:
        folder = self._choosers.directory(self.tr("Move files to this folder"), "clean-up")
        if folder is not None:
            self._page.summary.set_destination(folder)
        elif self._page.summary.destination is None:
            self._page.summary.choose_action(Action.TRASH)
            self._plan()

    @Slot()
    def _export(self) -> None:
        filters = self.tr("CSV, to read (*.csv);;JSON, to take up again (*.json)")
        path = self._choosers.save(self.tr("Save the list"), "clean-up.csv", filters)
        if path is not None:
            self._session.export_plan(path)

    @Slot()
    def _back(self) -> None:
        self._session.drop_plan()
        self._walk.show_groups()

    # ------------------------------------------------------------------ while it runs, and after

    @Slot(object)
    def _on_began(self, phase: Phase) -> None:
        self._follow = True
        self._page.result.begin(phase)
        self._page.show_face(self._page.result)
        self.opened.emit()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if self._session.at_work:
            self._page.result.show_progress(progress)

    @Slot(object)
    def _on_report(self, report: Reported) -> None:
        self._page.result.show_report(report)
        self._page.show_face(self._page.result)
        self._session.read_operations()
        if not self._follow:
            self.opened.emit()
            return
        self._follow = False
        gone = [item.path for item in report.outcomes if isinstance(item, Removed)]
        back = [item.path for item in report.outcomes if isinstance(item, Restored)]
        self._review.note_gone(gone, back)
        self._walk.sync()
        number = report.operation.id
        if report.operation.undoable:
            sentence = self._page.result.title.text()
            self._status.say(sentence, self.tr("Undo"), lambda: self._session.undo(number))
        else:
            self._status.say(self._page.result.title.text())

    @Slot(str)
    def _on_broke(self, sentence: str) -> None:
        """Nothing was done: the summary says why, or the groups are shown again."""
        self._follow = False
        if self._page.face is self._page.result:
            plan = self._session.plan
            if plan is None:
                self._walk.show_groups()
                return
            self._page.show_face(self._page.summary)
        self._page.summary.show_problem(sentence)

    # ------------------------------------------------------------------ all clean-ups

    @Slot()
    def list_clean_ups(self) -> None:
        """Open the list of clean-ups."""
        self._session.read_operations()
        self.dialog.present()

    @Slot(object)
    def _on_operations(self, operations: Sequence[Operation]) -> None:
        self.dialog.show_operations(operations)
        if not self._looked and any(operation.interrupted for operation in operations):
            sentence = self.tr("A clean-up was cut off. It can go on, or be undone.")
            self._status.say(sentence, self.tr("Show"), self.list_clean_ups)
        self._looked = True
