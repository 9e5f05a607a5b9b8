"""Everything of the review that the window needs: the page, and what stands behind it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.choosers import Choosers
from app.clean_up_presenter import CleanUpPresenter
from app.clean_up_session import CleanUpSession
from app.review_page import ReviewPage
from app.review_presenter import ReviewPresenter
from app.review_session import ReviewSession
from app.session import Session
from app.settings import Settings
from app.status_view import StatusView
from app.thumbnails import ThumbnailService


class ReviewRoom(QObject):
    """Puts the review together.

    Args:
        session: Finds the groups.
        thumbnails: Where pictures come from.
        status: Says what became of it.
        choosers: Ask for folders and files.
        settings: Remember the rules.

    Signals:
        opened(): The page is worth opening.
    """

    opened = Signal()

    def __init__(
        self,
        session: Session,
        thumbnails: ThumbnailService,
        status: StatusView,
        choosers: Choosers,
        settings: Settings,
    ) -> None:
        super().__init__(choosers)
        jobs = session.jobs
        self.review = ReviewSession(jobs, session.libraries, settings.review_rules, self)
        self.clean_up = CleanUpSession(jobs, self)
        self.page = ReviewPage(self.review, thumbnails)
        self.walk = ReviewPresenter(session, self.review, self.page, status, choosers, settings)
        self.cleaning = CleanUpPresenter(self.clean_up, self.review, self.page, self.walk, status, choosers)
        self.cleaning.opened.connect(self.opened)

    def enter(self) -> None:
        """The page is on screen now."""
        self.walk.on_shown()

    def leave(self) -> None:
        """Another page is on screen now; it shows the groups as they stand."""
        self.walk.sync()
