"""How fast a stage of a job is right now, and how long it will take: paused time does not count."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from core.events import Progress

_WINDOW_SECONDS = 10.0
_SURE_AFTER_SECONDS = 1.0


class Pace:
    """Watches the progress of one stage over the last seconds.

    A job cannot know that it was held, so its own clock runs on; here the clock stops with it.

    Args:
        clock: Seconds, monotonic; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._held_since: float | None = None
        self._held = 0.0

    def restart(self) -> None:
        """A new stage or job begins."""
        self._seen.clear()
        self._held_since = None
        self._held = 0.0

    def hold(self, held: bool) -> None:
        """The job is held, or goes on."""
        if held and self._held_since is None:
            self._held_since = self._clock()
        elif not held and self._held_since is not None:
            self._held += self._clock() - self._held_since
            self._held_since = None

    def note(self, progress: Progress) -> None:
        """Take a report in."""
        now = self._clock() - self._held
        if self._seen and progress.done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, progress.done))
        while now - self._seen[0][0] > _WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Items per second, or None before it can be told."""
        if len(self._seen) < 2:
            return None
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        if end - start < _SURE_AFTER_SECONDS or last <= first:
            return None
        return (last - first) / (end - start)

    def seconds_left(self, progress: Progress) -> float | None:
        """Expected seconds to the end of the stage, or None before it can be told."""
        rate = self.rate
        if rate is None or progress.total is None:
            return None
        return max(0, progress.total - progress.done) / rate
