"""Collects reference cycles in the GUI thread only.

Python collects wherever the next allocation happens to be. A Qt object that is destroyed in a lane's thread
takes its timers and children with it from the wrong thread, which Qt answers with a warning or a crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS = 500


class GuiGarbage(QObject):
    """Takes over from Python's own collector until it is stopped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.check)
        self._timer.start()

    @Slot()
    def check(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Give Python its collector back."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
