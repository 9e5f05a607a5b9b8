"""Puts the sections of the Methods page together with what they do; owns no logic of theirs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.jobs import Lane
from app.leaderboard_engine import LeaderboardEngine
from app.leaderboard_presenter import LeaderboardPresenter
from app.leaderboard_session import LeaderboardSession
from app.method_button import global_methods
from app.methods_choosers import MethodsChoosers
from app.methods_page import MethodsPage
from app.preset_button import own_descriptors
from app.session import Session
from app.status_view import StatusView
from app.training_presenter import TrainingPresenter
from app.training_session import TrainingEngine, TrainingSession


class MethodsPresenter(QObject):
    """Connects the Methods page.

    Args:
        session: Has the lanes and the libraries.
        page: Shows it all.
        status: Says how far it is.
        choosers: Asks for files and folders.
        training: What trains; for tests.
        leaderboard: What measures; for tests.
        parent: The Qt owner.

    Signals:
        search_requested(str, str): Title and name of a method to search with.
        methods_listed(list): Title and name of every method that can rank alone, which are others now.
        descriptors_listed(list): Names of the user's own descriptors, which presets can use.
    """

    search_requested = Signal(str, str)
    methods_listed = Signal(list)
    descriptors_listed = Signal(list)

    def __init__(
        self,
        session: Session,
        page: MethodsPage,
        status: StatusView,
        choosers: MethodsChoosers,
        training: TrainingEngine | None = None,
        leaderboard: LeaderboardEngine | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = session.jobs
        self._page = page
        self._status = status
        self._open = False
        self._listed = False
        self.training = TrainingSession(session.jobs, training, self)
        self.leaderboard = LeaderboardSession(session.jobs, leaderboard, self)
        self._training = TrainingPresenter(
            self.training, session.libraries, session.jobs.desk, page.training, page.models, choosers, self
        )
        self._leaderboard = LeaderboardPresenter(
            self.leaderboard, session.libraries, page.leaderboard, page.compression, choosers, self
        )
        for one in (self.training, self.leaderboard):
            one.said.connect(status.say)
            one.failed.connect(status.fail)
        self.leaderboard.skipped.connect(status.set_skipped)
        self.training.models_changed.connect(self.list_methods)
        self.training.models_changed.connect(self.leaderboard.list_offers)
        self.leaderboard.weights_fetched.connect(self.list_methods)
        self.leaderboard.weights_fetched.connect(self.leaderboard.list_offers)
        self.leaderboard.weights_fetched.connect(self.training.refresh)
        page.leaderboard.form.methods.weights_requested.connect(page.models.import_requested)
        for view in (page.models, page.leaderboard, page.compression):
            view.search_requested.connect(self.search_requested)
        page.section_shown.connect(self._prefer)

    def watch_lanes(self) -> None:
        """Have the status line show what runs here, after those it watches already."""
        for lane in (self._jobs.evaluation, self._jobs.training, self._jobs.models):
            self._status.watch(lane)

    def show(self, shown: bool) -> None:
        """The page is open now, or another one is."""
        self._open = shown
        if shown:
            self.training.refresh()
        if shown and not self._listed:
            self._listed = True
            self.leaderboard.list_offers()
        self._prefer()

    @Slot()
    def list_methods(self) -> None:
        """See again what can be searched with."""
        self._jobs.desk.do(global_methods, self.methods_listed.emit, self._status.fail)
        self._jobs.desk.do(own_descriptors, self.descriptors_listed.emit, self._status.fail)

    @Slot()
    def _prefer(self) -> None:
        lanes: dict[str, Lane] = {
            "leaderboard": self._jobs.evaluation,
            "compression": self._jobs.evaluation,
            "training": self._jobs.training,
            "models": self._jobs.models,
        }
        self._status.prefer(lanes.get(self._page.section) if self._open else None)
