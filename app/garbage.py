"""Collects reference cycles in the GUI thread only, a little at a time.

Python collects wherever the next allocation happens to be. A Qt object that is destroyed in a lane's thread
takes its timers and children with it from the wrong thread, which Qt answers with a warning or a crash.

Looking at everything takes a tenth of a second once ten thousand pictures are known. So where a lane has made so
much that looking would be felt, all of it is set aside, and looked at when the person turns to another program.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

_INTERVAL_MS = 100
_MOST = 20_000
"""Objects that are looked at in a few milliseconds."""
_SECONDS_BETWEEN_FULL = 60.0
_YOUNG, _MIDDLE, _OLD = 0, 1, 2


class GuiGarbage(QObject):
    """Takes over from Python's own collector until it is stopped."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._held = 0
        self._full_at = time.monotonic()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.check)
        self._timer.start()
        application.applicationStateChanged.connect(self._on_state)

    @Slot()
    def check(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds, unless it is too large."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [age for age in (_OLD, _MIDDLE, _YOUNG) if thresholds[age] and counts[age] > thresholds[age]]
        if not due:
            return
        # No more than were young at some time can have become old.
        self._held += counts[_YOUNG]
        if self._held > _MOST and (due[0] > _YOUNG or counts[_YOUNG] > _MOST):
            gc.freeze()
            self._held = 0
        else:
            gc.collect(due[0])

    @Slot(Qt.ApplicationState)
    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            self.look_at_all()

    def look_at_all(self) -> None:
        """Collect everything, unless that was done a moment ago."""
        if time.monotonic() - self._full_at > _SECONDS_BETWEEN_FULL:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._full_at = time.monotonic()

    def stop(self) -> None:
        """Give Python its collector back."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
