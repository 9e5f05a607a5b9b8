"""Walks the Compare page through the pairs of an answer or of a group."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.compare_drops import is_for_a_pair
from app.compare_view import CompareView
from app.groups_view import GroupsView
from app.intake import HandOver, Intake
from app.pages import SearchPage
from app.pairs import Pair, PairWalk, pairs_of_group, pairs_of_matches
from app.review_view import ReviewView
from app.session import Session
from core.records import Match


class ComparePresenter(QObject):
    """Opens pairs, compares them, and goes on to the next.

    Args:
        session: Does the comparing.
        view: Shows it.
        parent: The Qt owner.

    Signals:
        opened(): The page is worth opening.
        moved(): Another pair is on show.
        compared(object): The Match of the pair on show.
    """

    opened = Signal()
    moved = Signal()
    compared = Signal(object)

    def __init__(self, session: Session, view: CompareView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._walk = PairWalk()
        self._alone: tuple[Path, int] | None = None
        view.drops.dropped.connect(self.take)
        view.previous_requested.connect(self.previous)
        view.next_requested.connect(self.next)
        session.pair_compared.connect(self._on_compared)
        session.pair_failed.connect(view.show_error)

    def watch_results(self, page: SearchPage) -> None:
        """Open the matches of the current query."""

        def compare(match: Match) -> None:
            query = page.query.current
            if page.query.current_is_words:
                page.results.look()
            elif query is not None:
                pairs = pairs_of_matches(query, page.results.matches())
                self.open(PairWalk(pairs, Pair(query, match.record.path)))

        page.results.compare_requested.connect(compare)

    def watch_groups(self, view: GroupsView | ReviewView) -> None:
        """Open the members of a group."""

        def compare(first: Path, second: Path) -> None:
            pairs = pairs_of_group(view.groups(), first, second)
            self.open(PairWalk(pairs, Pair(first, second)))

        view.compare_requested.connect(compare)

    @property
    def has_next(self) -> bool:
        """Whether a pair comes after this one."""
        return self._walk.has_next

    @property
    def has_previous(self) -> bool:
        """Whether a pair comes before this one."""
        return self._walk.has_previous

    def open(self, walk: PairWalk) -> None:
        """Begin at the current pair of a walk."""
        self._walk = walk
        self._compare(walk.current)
        self.opened.emit()

    @Slot()
    def next(self) -> None:
        """Go on to the next pair."""
        self._compare(self._walk.next())

    @Slot()
    def previous(self) -> None:
        """Go back to the pair before."""
        self._compare(self._walk.previous())

    def _compare(self, pair: Pair | None) -> None:
        if pair is not None:
            self._view.show_pair(pair.first, pair.second)
            self._session.compare(pair.first, pair.second)
            buttons = self._view.header.buttons
            buttons["previous"].setEnabled(self.has_previous)
            buttons["next"].setEnabled(self.has_next)
            self.moved.emit()

    # ------------------------------------------------------------------ pictures handed over

    @Slot(object, int)
    def take(self, handed: HandOver, side: int | None = None) -> bool:
        """Compare what was dropped, pasted or chosen.

        Args:
            handed: Two pictures make a pair, one takes the place of one that is on show.
            side: Which place that is, 0 or 1; the one the pointer was on last by default.

        Returns:
            False where these are not one or two pictures.
        """
        if not is_for_a_pair(handed):
            return False
        where = self._view.active_side if side is None else side
        self._session.keep_files(handed, lambda found: self._place(found, where))
        return True

    def _place(self, found: Intake, side: int) -> None:
        files = found.files
        if len(files) == 2:
            self._open_new(files[0], files[1])
        elif len(files) == 1:
            self._place_one(files[0], side)
        elif found.missing:
            self._session.said.emit(self.tr("There is no file {path}").format(path=found.missing[0]))

    def _place_one(self, path: Path, side: int) -> None:
        """Beside the picture on the other side; the first of all waits for another."""
        if self._view.shown is not None:
            other = self._view.shown[1 - side]
        elif self._alone is not None:
            other, taken = self._alone
            side = 1 - taken
        else:
            self._alone = path, side
            self._view.wait_for_other(path)
            return
        self._open_new(*((path, other) if side == 0 else (other, path)))

    def _open_new(self, first: Path, second: Path) -> None:
        self._alone = None
        self.open(PairWalk([Pair(first, second)]))

    @Slot(object, object)
    def _on_compared(self, first: Path, match: Match) -> None:
        self._view.show_match(first, match)
        self.compared.emit(match)
