"""Time spent in a stage of a job, and when to report it."""

from __future__ import annotations

import time

from core.events import Progress

_REPORT_SECONDS = 0.1


class Stage:
    """One stage of a job, from its making on.

    Args:
        name: What is being done, as a verb with a capital ("Describing").
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._started = self._reported = time.monotonic()

    def due(self) -> bool:
        """Whether a tenth of a second has passed since the last report."""
        return time.monotonic() - self._reported >= _REPORT_SECONDS

    def progress(self, done: int, total: int | None) -> Progress:
        """A report of what is done by now."""
        self._reported = time.monotonic()
        return Progress(self.name, done, total, self._reported - self._started)
