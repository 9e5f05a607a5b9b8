"""The window's lanes: each runs one long job of the engine in a thread of its own.

What a job yields waits in an inbox that the GUI thread empties at most 20 times a second. Every message has
its job's generation, so those of a cancelled or replaced job are dropped however late they come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from app.desk import Desk
from app.job_threads import Failure, Inbox, Job, Puller
from core.events import Done, Summary

if TYPE_CHECKING:
    from core.catalog import Catalog

__all__ = ["Failure", "Jobs", "Lane", "open_catalog"]

logger = logging.getLogger(__name__)

_DELIVERY_MS = 50
_CLOSING_SECONDS = 1.0
_UNHEARD = -1
"""A generation that is never the present one."""


def open_catalog(path: Path) -> Catalog:
    """The catalog at this path, for the calling thread."""
    from core.catalog import Catalog

    return Catalog(path)


class Lane(QObject):
    """Runs one job at a time; starting another cancels the one that runs.

    Signals:
        started(): A job begins.
        batch(list): Events in their order, at most 20 times a second.
        finished(object): The Summary, or None for a job that was cancelled.
        failed(str): Why it ended, in one sentence; ``details`` has the rest.
        paused_changed(bool): The job is held, or goes on.
    """

    started = Signal()
    batch = Signal(list)
    finished = Signal(object)
    failed = Signal(str)
    paused_changed = Signal(bool)
    _woken = Signal()

    def __init__(self, name: str, connect: Callable[[], Catalog], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.details = ""
        self._generation = 0
        self._job: Job | None = None
        self._summary: Summary | None = None
        self._inbox = Inbox(self._woken.emit)
        self._puller = Puller(name, connect, self._inbox.put)
        self._since_delivery = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether a job is under way, paused or not."""
        return self._job is not None

    @property
    def paused(self) -> bool:
        """Whether the job is held."""
        return self._job is not None and not self._job.may_pull.is_set()

    def start(self, make: Callable[[Catalog], Iterator[object]]) -> None:
        """Run a job; ``make`` is called in the lane's thread with the lane's catalog."""
        self._abandon()
        self._generation += 1
        self._summary = None
        self.details = ""
        self._job = Job(self._generation, make)
        self._puller.put(self._job)
        self.started.emit()

    def prepare(self, make: Callable[[Catalog], Iterator[object]]) -> None:
        """Have something done ahead of the next job, of which nobody hears, not even when it fails."""
        self._puller.put(Job(_UNHEARD, make))

    def pause(self) -> None:
        """Hold the job after what it is doing right now."""
        if self._job is not None and not self.paused:
            self._job.may_pull.clear()
            self.paused_changed.emit(True)

    def resume(self) -> None:
        """Let a held job go on."""
        if self._job is not None and self.paused:
            self._job.may_pull.set()
            self.paused_changed.emit(False)

    def cancel(self) -> None:
        """End the job; ``finished(None)`` comes at once and nothing of the job after it."""
        if self._job is not None:
            self._abandon()
            self.finished.emit(None)

    def close(self) -> None:
        """Cancel without a word and ask the thread to end."""
        self._abandon()
        self._inbox.close()
        self._timer.stop()
        self._puller.close()

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended within that time."""
        return self._puller.join(seconds)

    def _abandon(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        self._generation += 1

    @Slot()
    def _on_woken(self) -> None:
        if not self._timer.isActive():
            passed = self._since_delivery.elapsed() if self._since_delivery.isValid() else _DELIVERY_MS
            self._timer.start(max(0, _DELIVERY_MS - passed))

    @Slot()
    def _deliver(self) -> None:
        self._since_delivery.restart() if self._since_delivery.isValid() else self._since_delivery.start()
        generation = self._generation
        events: list[object] = []
        ends: list[Failure | None] = []
        for number, message in self._inbox.take():
            if number == generation:
                is_end = message is None or isinstance(message, Failure)
                (ends if is_end else events).append(message)  # type: ignore[arg-type]
        for event in events:
            if isinstance(event, Done):
                self._summary = event.summary
        if events:
            self.batch.emit(events)
        # A listener may have started or cancelled a job meanwhile; then this end is not news any more.
        if ends and generation == self._generation:
            self._end(ends[0])

    def _end(self, failure: Failure | None) -> None:
        self._abandon()
        if failure is None:
            self.finished.emit(self._summary)
            return
        self.details = failure.details
        self.failed.emit(failure.sentence)


class Jobs(QObject):
    """Owns the lanes, the desk and their threads.

    Args:
        catalog_path: The catalog that each thread opens for itself.
        connect: Opens a catalog; for tests.
        parent: The Qt owner.

    Attributes:
        scan: Indexing, and finding duplicates.
        query: Searching.
        pair: Comparing two pictures.
        review: Choosing by keep rules what could go.
        clean_up: Planning, cleaning up and undoing.
        evaluation: Evaluating methods, and measuring compression.
        training: Training, and adapting to a library.
        models: Listing methods, and checking model files.
        desk: Short errands: counts, adding and removing folders, writing files.
    """

    def __init__(
        self,
        catalog_path: Path,
        connect: Callable[[Path], Catalog] = open_catalog,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.catalog_path = catalog_path

        # A new catalog is made by whoever opens it first; two at once would trip over each other.
        opening = threading.Lock()

        def open_it() -> Catalog:
            with opening:
                return connect(catalog_path)

        self.scan = Lane("scan", open_it, self)
        self.query = Lane("query", open_it, self)
        self.pair = Lane("pair", open_it, self)
        self.review = Lane("review", open_it, self)
        self.clean_up = Lane("clean-up", open_it, self)
        self.evaluation = Lane("evaluation", open_it, self)
        self.training = Lane("training", open_it, self)
        self.models = Lane("models", open_it, self)
        self.desk = Desk(open_it, self)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """All lanes."""
        return (
            self.scan,
            self.query,
            self.pair,
            self.review,
            self.clean_up,
            self.evaluation,
            self.training,
            self.models,
        )

    def shutdown(self) -> bool:
        """Cancel everything and wait for the threads, at most one second in all.

        Returns:
            Whether all threads have ended; one that has not dies with the process, which SQLite survives.
        """
        threads: tuple[Lane | Desk, ...] = (*self.lanes, self.desk)
        for thread in threads:
            thread.close()
        end = time.monotonic() + _CLOSING_SECONDS
        ended = [thread.join(end - time.monotonic()) for thread in threads]
        if not all(ended):
            logger.warning("A job did not end within %.0f s of being cancelled", _CLOSING_SECONDS)
        return all(ended)
