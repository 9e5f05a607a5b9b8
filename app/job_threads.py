"""The part of a lane that lives in its thread: pulls generators of events, and knows no Qt.

A generator is made, pulled and closed in the same thread, so the catalog connection it uses never changes
hands. Not pulling is pause, closing is cancel.
"""

from __future__ import annotations

import logging
import queue
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.records import TwinsightError

if TYPE_CHECKING:
    from core.catalog import Catalog

logger = logging.getLogger(__name__)

Post = Callable[[int, object], None]
"""Takes (generation, message): an event, a Failure, or None for an end without one."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job ended early: one sentence for a person, and the traceback for a report."""

    sentence: str
    details: str


def failure_of(error: Exception) -> Failure:
    """An error in words: its own where a person can act on it, else that something went wrong."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, TwinsightError):
        return Failure(str(error), details)
    logger.error("A job failed", exc_info=error)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return Failure(f"Something went wrong: {lines[0] if lines else type(error).__name__}", details)


class Job:
    """One generator to pull, and the two switches that the GUI thread has for it."""

    def __init__(self, generation: int, make: Callable[[Catalog], Iterator[object]]) -> None:
        self.generation = generation
        self.make = make
        self.cancelled = False
        self.may_pull = threading.Event()
        self.may_pull.set()

    def cancel(self) -> None:
        """Let the thread close the generator as soon as it has the turn."""
        self.cancelled = True
        self.may_pull.set()


class Connection:
    """A thread's own catalog, opened when it is first needed."""

    def __init__(self, make: Callable[[], Catalog]) -> None:
        self._make = make
        self._catalog: Catalog | None = None

    def get(self) -> Catalog:
        """The catalog, open."""
        if self._catalog is None:
            self._catalog = self._make()
        return self._catalog

    def drop(self) -> None:
        """Close it; the next job starts with a fresh one."""
        catalog, self._catalog = self._catalog, None
        if catalog is not None:
            catalog.close()


class Puller:
    """Pulls one generator after another in its thread; knows no Qt.

    Args:
        name: Name of the thread.
        connect: Opens the catalog.
        post: Takes (generation, message): an event, a Failure, or None for the end without one.
    """

    def __init__(self, name: str, connect: Callable[[], Catalog], post: Post) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._post = post
        self._connection = Connection(connect)
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._started = False

    def put(self, job: Job) -> None:
        """Have a job pulled after those before it."""
        if not self._started:
            self._started = True
            self._thread.start()
        self._jobs.put(job)

    def close(self) -> None:
        """Ask the thread to end once its job does."""
        self._jobs.put(None)

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended within that time."""
        if self._started:
            self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                self._do(job)
        finally:
            self._connection.drop()

    def _do(self, job: Job) -> None:
        if job.cancelled:
            return
        try:
            self._pull(job)
            self._post(job.generation, None)
        except Exception as error:
            self._post(job.generation, failure_of(error))
            self._connection.drop()

    def _pull(self, job: Job) -> None:
        events = job.make(self._connection.get())
        try:
            for event in events:
                self._post(job.generation, event)
                job.may_pull.wait()
                if job.cancelled:
                    return
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()


class Inbox:
    """Messages on their way to the GUI thread; says when the first of a batch has come."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._messages: list[tuple[int, object]] = []
        self._open = True

    def put(self, generation: int, message: object) -> None:
        """Leave a message; from any thread."""
        # The signal is emitted under the lock, so that nobody is woken once close() has returned.
        with self._lock:
            if not self._open:
                return
            self._messages.append((generation, message))
            if len(self._messages) == 1:
                self._wake()

    def take(self) -> list[tuple[int, object]]:
        """All messages since the last time, in their order."""
        with self._lock:
            messages, self._messages = self._messages, []
        return messages

    def close(self) -> None:
        """Forget all messages, take no more and wake nobody again."""
        with self._lock:
            self._open = False
            self._messages.clear()
