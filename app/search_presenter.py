"""Keeps the Search page in step with the session: queries in, matches of the current query out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.pages import SearchPage
from app.session import Session
from core.events import MatchFound


class SearchPresenter(QObject):
    """Connects the queries and the results with the session.

    Args:
        session: Does the searching.
        page: Shows it.
        parent: The Qt owner.

    Signals:
        searching(): The page is worth opening.
    """

    searching = Signal()

    def __init__(self, session: Session, page: SearchPage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._query = page.query
        self._results = page.results
        page.query.handed.connect(session.take)
        page.query.current_changed.connect(self._show_answers)
        page.query.queries_changed.connect(self.search)
        page.query.options_changed.connect(self._search_again)
        page.query.clear_requested.connect(self.clear)
        page.results.search_requested.connect(self.search_with)
        session.took_queries.connect(self.search)
        session.search_started.connect(self._on_started)
        session.matches_found.connect(self._on_matches)
        session.search_ended.connect(self._on_ended)
        page.show_queries(False)

    @Slot(list)
    def search(self, queries: Sequence[Path]) -> None:
        """Search with these pictures, in place of those before."""
        self._session.search(queries, self._query.top.value(), self._query.preset.preset)
        if queries:
            self.searching.emit()

    @Slot(object)
    def search_with(self, path: Path) -> None:
        """Search with one picture of the library."""
        self.search([path])

    @Slot()
    def clear(self) -> None:
        """Start over."""
        self.search([])

    @Slot()
    def _search_again(self) -> None:
        if self._query.queries:
            self.search(self._query.queries)

    @Slot(list)
    def _on_started(self, queries: list[Path]) -> None:
        current = self._query.current
        self._page.show_queries(bool(queries))
        self._query.set_queries(queries, current)

    @Slot(object)
    def _show_answers(self, query: Path | None) -> None:
        self._results.set_query(query)
        if query is not None:
            self._results.add_matches(self._session.answers.of(query))
            if not self._session.searching:
                self._results.finish()

    @Slot(list)
    def _on_matches(self, found: list[MatchFound]) -> None:
        current = self._query.current
        self._results.add_matches([event.match for event in found if event.query == current])

    @Slot(bool)
    def _on_ended(self, final: bool) -> None:
        if final:
            self._settle()
        self._results.finish()

    def _settle(self) -> None:
        """What streamed in but is not in the final ranking goes; else everything stays in its place."""
        query = self._query.current
        if query is None:
            return
        matches = self._session.answers.of(query)
        final = {match.record.path for match in matches}
        if any(match.record.path not in final for match in self._results.matches()):
            self._results.set_query(query)
        self._results.add_matches(matches)
