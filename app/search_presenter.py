"""Keeps the Search page in step with the session: queries in, matches of the current query out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Signal, Slot

from app.pages import SearchPage
from app.query_part import Part
from app.session import Session
from core.events import MatchFound
from core.records import ImageRecord


class SearchPresenter(QObject):
    """Connects the queries and the results with the session.

    Args:
        session: Does the searching.
        page: Shows it.
        parent: The Qt owner.

    Signals:
        searching(): The page is worth opening.
        part_requested(object): The ImageRecord of a picture of which a region is to be drawn.
    """

    searching = Signal()
    part_requested = Signal(object)

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
        page.query.past_requested.connect(self._go_to_past)
        page.query.part_requested.connect(self.part_requested)
        page.results.search_requested.connect(self.search_with)
        page.results.part_requested.connect(self.part_requested)
        session.took_queries.connect(self.search)
        session.search_started.connect(self._on_started)
        session.matches_found.connect(self._on_matches)
        session.search_ended.connect(self._on_ended)
        page.show_queries(False)

    @Slot(list)
    def search(self, queries: Sequence[Path]) -> None:
        """Search with these pictures, in place of those before."""
        wish = self._query
        self._session.search(queries, wish.top.value(), wish.preset.preset, wish.method.method)
        if queries:
            self.searching.emit()

    @Slot(object)
    def search_with(self, path: Path) -> None:
        """Search with one picture of the library."""
        self.search([path])

    @Slot(object, QRectF)
    def search_part(self, record: ImageRecord, region: QRectF) -> None:
        """Search with a region, in shares of a picture, drawn on it."""
        part = Part(record.path, region.left(), region.top(), region.width(), region.height())
        self._session.take_part(part)

    @Slot(int)
    def _go_to_past(self, place: int) -> None:
        queries = self._query.history.go(place)
        if queries is not None:
            self.search(queries)

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
        self._query.history.note(queries, self._session.words, self._session.parts)
        self._query.set_queries(queries, current, self._session.words, self._session.parts)
        self._query.show_found({}, final=False)

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
        self._query.show_found(self._session.answers.found(final=False), final=False)

    @Slot(bool)
    def _on_ended(self, final: bool) -> None:
        if final:
            self._settle()
        self._query.show_found(self._session.answers.found(final), final)
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
