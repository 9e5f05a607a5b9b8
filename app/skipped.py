"""The files that the latest job on the libraries could not read."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from core.events import Event, Skipped


class SkippedFiles(QObject):
    """Each file once, with the reason given last.

    Signals:
        changed(list): All of them, as known by now.
    """

    changed = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: dict[str, Skipped] = {}

    @property
    def all(self) -> list[Skipped]:
        """All of them, in the order they came."""
        return list(self._files.values())

    def note(self, events: Iterable[Event]) -> None:
        """Take those among these events in."""
        new = [event for event in events if isinstance(event, Skipped)]
        if new:
            self._files.update((str(item.path), item) for item in new)
            self.changed.emit(self.all)

    def replace(self, skipped: Iterable[Skipped]) -> None:
        """Take these in place of all before."""
        self._files = {str(item.path): item for item in skipped}
        self.changed.emit(self.all)
