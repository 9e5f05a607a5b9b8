"""What was searched with before: a list with a place in it, as browsers keep one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.query_part import Part

_MOST = 50

Queries = tuple[Path, ...]


class QueryHistory(QObject):
    """Searches in their order; a new one after going back takes the place of those ahead.

    Signals:
        changed(): Another entry or another place.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Queries] = []
        self._place = -1
        self.words: frozenset[Path] = frozenset()
        self.parts: Mapping[Path, Part] = {}

    @property
    def entries(self) -> tuple[Queries, ...]:
        """All searches, the oldest first."""
        return tuple(self._entries)

    @property
    def place(self) -> int:
        """Where we are among them; -1 without any."""
        return self._place

    @property
    def has_back(self) -> bool:
        """Whether there is an earlier search."""
        return self._place > 0

    @property
    def has_forward(self) -> bool:
        """Whether we went back from a later search."""
        return self._place + 1 < len(self._entries)

    def note(
        self, queries: Sequence[Path], words: Collection[Path] = (), parts: Mapping[Path, Part] | None = None
    ) -> None:
        """Take a search in; the same again, or none, is no news. Words and parts are those of all searches."""
        self.words = frozenset(words)
        self.parts = dict(parts or {})
        wanted = tuple(queries)
        if not wanted or (self._place >= 0 and self._entries[self._place] == wanted):
            return
        self._entries = [*self._entries[: self._place + 1], wanted][-_MOST:]
        self._place = len(self._entries) - 1
        self.changed.emit()

    def go(self, place: int) -> Queries | None:
        """Move to an entry; None where there is none."""
        if not 0 <= place < len(self._entries):
            return None
        self._place = place
        self.changed.emit()
        return self._entries[place]
