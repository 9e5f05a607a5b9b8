"""The Review page: the walk through the groups, the summary, what happens, and what happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.empty_state import EmptyState
from app.review_result import ReviewResultPage
from app.review_session import ReviewSession
from app.review_summary import ReviewSummaryPage
from app.review_view import ReviewView
from app.thumbnails import ThumbnailService


class ReviewPage(QWidget):
    """One of its four faces at a time.

    Args:
        session: The groups, and what is said of them.
        thumbnails: Where pictures come from.
        parent: The Qt owner.

    Signals:
        scan_requested(): Look for duplicates.
    """

    scan_requested = Signal()

    def __init__(self, session: ReviewSession, thumbnails: ThumbnailService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ReviewView(session, thumbnails)
        self.summary = ReviewSummaryPage()
        self.result = ReviewResultPage()
        self.empty = EmptyState()
        self.empty.pressed.connect(self.scan_requested)
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = QStackedLayout(self)
        for face in (self.empty, self.view, self.summary, self.result):
            self._stack.addWidget(face)
        self.say_nothing_found(scanned=False)

    @property
    def face(self) -> QWidget | None:
        """What is on show."""
        return self._stack.currentWidget()

    def show_face(self, face: QWidget) -> None:
        """Show the walk, the summary, the result or the empty page; focus goes along."""
        had_focus = self.isAncestorOf(self.window().focusWidget() or self) or self.isVisible()
        self._stack.setCurrentWidget(face)
        self.setFocusProxy(face)
        self.view.tell_selection(face is self.view)
        if had_focus:
            face.setFocus()

    def say_nothing_found(self, scanned: bool, scanning: bool = False, done: bool = False) -> None:
        """Say why there is nothing to review."""
        if scanning:
            hint = self.tr("They can be reviewed once the scan is over.")
            self.empty.say("search", self.tr("Looking for copies"), hint)
        elif done:
            hint = self.tr("The next scan shows what is new.")
            self.empty.say("check", self.tr("Every group is done"), hint, self.tr("Scan again"))
        elif scanned:
            hint = self.tr("Every picture in your library is there once, or you have decided on it.")
            self.empty.say("check", self.tr("Nothing to review"), hint)
        else:
            hint = self.tr("First find the copies. A scan changes no file; nothing goes before you have seen it.")
            self.empty.say("review", self.tr("Clean up without fear"), hint, self.tr("Find duplicates"))
