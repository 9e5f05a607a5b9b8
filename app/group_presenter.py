"""Keeps the contact sheet of a group in step with the session, and splits off what does not belong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.pages import DuplicatesPage
from app.session import Session
from app.status_view import StatusView
from core.records import Group

if TYPE_CHECKING:
    from core.catalog import Catalog


class GroupPresenter(QObject):
    """Opens groups and remembers that a picture is no duplicate.

    Args:
        session: Has the groups.
        page: Shows them.
        status: Says what was done, and offers to take it back.
        parent: The Qt owner.
    """

    def __init__(
        self, session: Session, page: DuplicatesPage, status: StatusView, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._status = status
        page.groups.open_requested.connect(page.open_group)
        page.sheet.split_requested.connect(self._split)
        session.scan_started.connect(page.close_group)
        session.groups_final.connect(self._on_groups)

    @Slot(list)
    def _on_groups(self, groups: list[Group]) -> None:
        """A group that is gone, or is another one now, is not shown any more."""
        shown = self._page.sheet.group
        if shown is not None and all(group.id != shown.id for group in groups):
            self._page.close_group()

    @Slot(object, object)
    def _split(self, group: Group, path: Path) -> None:
        def work(catalog: Catalog) -> tuple[int, tuple[Group, ...]]:
            from core.review.decisions import Decisions, Kind

            decisions = Decisions(catalog)
            number = decisions.decide(Kind.NOT_DUPLICATE, group, [path])
            return number, decisions.decided().arrange([group])

        def then(answer: tuple[int, tuple[Group, ...]]) -> None:
            number, parts = answer
            self._session.exchange([group], parts)
            first = group.representative.record.path
            rest = next((part for part in parts if part.representative.record.path == first), None)
            if rest is not None:
                self._page.open_group(rest)
            sentence = self.tr("{name} is remembered as no duplicate").format(name=path.name)
            self._status.say(sentence, self.tr("Undo"), lambda: self._take_back(number, parts, group, path))

        self._session.jobs.desk.ask(work, then, self._session.failed.emit)

    def _take_back(self, number: int, parts: tuple[Group, ...], group: Group, path: Path) -> None:
        def work(catalog: Catalog) -> None:
            from core.review.decisions import Decisions

            Decisions(catalog).undo(number)

        def then(_: None) -> None:
            self._session.exchange(parts, [group])
            self._page.open_group(group, path)

        self._session.jobs.desk.ask(work, then, self._session.failed.emit)
