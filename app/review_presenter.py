"""Connects the Review page with the review, and with the editor of its rules and the list of decisions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app import review_words, words
from app.choosers import Choosers
from app.decisions_presenter import DecisionsPresenter
from app.job_threads import Failure
from app.review_page import ReviewPage
from app.review_rules import ReviewRulesDialog
from app.review_session import ReviewSession
from app.session import Session
from app.settings import Settings
from app.status_view import StatusView
from core.events import Progress
from core.records import Group
from core.review.rules import RuleSet
from core.scope import Mode, Scope


class ReviewPresenter(QObject):
    """Keeps the page in step with what was found, and does what is asked for there.

    Args:
        session: Finds the groups.
        review: The groups under review.
        page: Shows them.
        status: Says what became of it.
        choosers: Ask for folders and files.
        settings: Remember the rules.

    Signals:
        shown(): Other groups, or none, are to be looked at.
    """

    shown = Signal()

    def __init__(
        self,
        session: Session,
        review: ReviewSession,
        page: ReviewPage,
        status: StatusView,
        choosers: Choosers,
        settings: Settings,
    ) -> None:
        super().__init__(page)
        self._session = session
        self._review = review
        self._page = page
        self._status = status
        self._choosers = choosers
        self._settings = settings
        self._saved: dict[str, RuleSet] = {}
        self._others_follow = False
        self.rules = ReviewRulesDialog(page)
        self.decisions = DecisionsPresenter(session.jobs.desk, choosers, page)
        self.rules.set_rules(review.work.terms.rules)
        self._connect_page()
        self._connect_review()
        self._show_terms()

    def _connect_page(self) -> None:
        bar, view, review = self._page.view.bar, self._page.view, self._review
        bar.rules_requested.connect(self._open_rules)
        bar.scope_chosen.connect(review.set_scope)
        bar.reference_requested.connect(self._choose_reference)
        bar.decisions_requested.connect(self.decisions.dialog.present)
        view.protect_requested.connect(self._protect)
        self.rules.rules_changed.connect(self._take_rules)
        self.rules.folder_wanted.connect(self._choose_rule_folder)
        self.rules.save_requested.connect(review.save_rules)
        self.rules.forget_requested.connect(review.forget_rules)
        self.decisions.changed.connect(review.decisions_changed)
        self.decisions.said.connect(self._status.say)
        self.decisions.failed.connect(self._status.fail)

    def _connect_review(self) -> None:
        review, session = self._review, self._session
        review.terms_changed.connect(self._show_terms)
        review.totals_changed.connect(self._show_totals)
        review.rule_sets_changed.connect(self._on_rule_sets)
        review.decided.connect(self._on_decided)
        review.said.connect(self._status.say)
        review.failed.connect(self._status.fail)
        lane = session.jobs.review
        lane.batch.connect(self._on_batch)
        lane.finished.connect(self._on_chosen)
        lane.failed.connect(lambda sentence: self._status.fail(Failure(sentence, lane.details)))
        session.libraries.changed.connect(lambda: self._page.view.bar.set_folders(session.libraries.scope))
        session.scan_started.connect(lambda: self._take([], scanning=True))
        session.groups_final.connect(self._take)
        session.scan_stopped.connect(self._take)

    # ------------------------------------------------------------------ groups

    @Slot(list)
    def _take(self, groups: list[Group], scanning: bool = False) -> None:
        self._others_follow = bool(groups) and self._review.work.terms.scope != Scope()
        self._review.set_groups(groups)
        self._page.say_nothing_found(scanned=not scanning, scanning=scanning)
        if self._page.face in (self._page.view, self._page.empty):
            self.show_groups()

    def show_groups(self) -> None:
        """Show the walk, or why there is nothing to walk through."""
        page, work = self._page, self._review.work
        if not len(work) and self._review.found_any:
            page.say_nothing_found(scanned=True, done=True)
        page.show_face(page.view if len(work) else page.empty)
        self.shown.emit()

    def on_shown(self) -> None:
        """The page is on screen."""
        self._review.wake()
        self._review.read_rule_sets()

    def sync(self) -> None:
        """Let the other pages show the groups as they stand."""
        if self._review.dirty and not self._session.scanning and self._review.found_any:
            self._session.keep_groups(self._review.standing_groups())

    @Slot()
    def _on_chosen(self) -> None:
        """Choices stand. Where only some files count as copies, the other pages show no more of a new scan either."""
        self._show_totals()
        if not self._others_follow:
            return
        self._others_follow = False
        self.sync()
        work = self._review.work
        if work.terms.scope != Scope():
            sentence = self.tr("{count} of {found} groups are shown: {scope}").format(
                count=words.number(len(self._session.groups)),
                found=words.number(len(work)),
                scope=review_words.scope(work.terms.scope),
            )
            self._status.say(sentence, self.tr("Show all"), self._show_all)

    def _show_all(self) -> None:
        self._others_follow = True
        self._review.set_scope(Scope())

    # ------------------------------------------------------------------ rules and scope

    @Slot()
    def _open_rules(self) -> None:
        self._review.read_rule_sets()
        self.rules.present()

    @Slot(object)
    def _take_rules(self, rules: RuleSet) -> None:
        self._settings.review_rules = rules
        self._review.set_rules(rules)

    @Slot(dict)
    def _on_rule_sets(self, saved: dict[str, RuleSet]) -> None:
        self._saved = saved
        self.rules.set_saved(saved)
        self._show_terms()

    @Slot()
    def _show_terms(self) -> None:
        terms = self._review.work.terms
        self._page.view.bar.set_rules(terms.rules, self._saved)
        self._page.view.bar.set_scope(terms.scope)

    @Slot()
    def _show_totals(self) -> None:
        count, size = self._review.work.totals
        self._page.view.bar.set_totals(count, size)
        self.rules.set_totals(review_words.going(count, size))

    @Slot(list)
    def _on_batch(self, events: list[object]) -> None:
        """While headers are read, the choices are not final yet; the strip says so."""
        progress = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        if progress is not None and progress.total:
            done, total = words.number(progress.done), words.number(progress.total)
            text = self.tr("Reading headers {done} of {total}").format(done=done, total=total)
            self._page.view.bar.totals.set_text(text)

    @Slot()
    def _choose_reference(self) -> None:
        folder = self._choosers.directory(self.tr("Compare all others against this folder"), "reference")
        if folder is not None:
            self._review.set_scope(Scope(Mode.AGAINST, (folder,)))

    @Slot()
    def _choose_rule_folder(self) -> None:
        folder = self._choosers.directory(self.tr("Keep files in this folder first"), "rule")
        if folder is not None:
            self.rules.add_folder(str(folder))

    # ------------------------------------------------------------------ what the person says

    @Slot(str)
    def _on_decided(self, kind: str) -> None:
        self._status.say(review_words.noted(kind), self.tr("Undo"), self._review.step_back)
        self.decisions.refresh()

    @Slot(object)
    def _protect(self, folder: Path) -> None:
        def done() -> None:
            sentence = self.tr("{folder} is protected: nothing in it is ever touched").format(folder=folder)
            self._status.say(sentence, self.tr("Undo"), lambda: self._review.protect(folder, False, refresh))
            refresh()

        refresh = self._session.libraries.refresh
        self._review.protect(folder, True, done)
