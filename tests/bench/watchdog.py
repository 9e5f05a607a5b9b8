"""A watchdog in the event loop: how long the window could not have answered, and what it waited for meanwhile."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
LONG = 0.05
"""Seconds of a pause that a person may notice."""

_LOOK_SECONDS = 0.01
_LOOK_FROM = 0.025
_SHOWN = 3
_OWN = ("app", "core")
_WAITING = ("Condition.wait", "Event.wait", "Thread.join", "Selector.select", "select")


@dataclass(frozen=True, slots=True)
class Pause:
    """A time without a tick.

    Attributes:
        seconds: How long, beyond the time between two ticks.
        worked: What the thread itself computed in it.
        queued: How long it was ready and waited for a processor.
        collecting: How long Python collected garbage, in whatever thread.
        where: What the thread was doing, and what the others did, as far as somebody looked.
    """

    seconds: float
    worked: float
    queued: float
    collecting: float
    where: str

    @property
    def locked(self) -> float:
        """The rest: waiting for Python's lock, for another lock or for the disk."""
        return max(0.0, self.seconds - self.worked - self.queued)

    def said(self) -> str:
        """The pause in one line."""
        parts = [f"worked {_ms(self.worked)}", f"queued for a core {_ms(self.queued)}", f"locked {_ms(self.locked)}"]
        if self.collecting > 0.001:
            parts.append(f"garbage {_ms(self.collecting)}")
        return f"{_ms(self.seconds)} ms ({', '.join(parts)}) in {self.where or 'nothing that was looked at'}"


class Watchdog(QObject):
    """Ticks in the event loop and remembers the longest pauses.

    A second thread looks now and then what the first one is doing; it needs Python's lock for that, so that in a long
    pause somebody who keeps the lock is seen only after letting go of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[Pause] = []
        self.worked = 0.0
        self._worst = 0.0
        self._own_thread = threading.get_ident()
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._seen = ""
        self._collected = 0.0
        self._collecting_since = 0.0
        self._tick_at, self._work_at, self._queue_at, self._collected_at = 0.0, 0.0, 0.0, 0.0
        self._looking = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def worst(self) -> float:
        """Seconds of the longest pause."""
        return self._worst

    @property
    def late(self) -> int:
        """How many pauses were long."""
        return len(self.pauses)

    def start(self) -> None:
        """Begin anew."""
        self.pauses, self.worked, self._worst, self._seen = [], 0.0, 0.0, ""
        gc.callbacks.append(self._note_collection)
        self._remember(time.perf_counter(), time.thread_time())
        self._looking.set()
        threading.Thread(target=self._look, name="watchdog", daemon=True).start()
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        """Stop ticking."""
        self._timer.stop()
        self._looking.clear()
        gc.callbacks.remove(self._note_collection)

    def _tick(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        seconds = now - self._tick_at - TICK_MS / 1000
        worked = work - self._work_at
        self.worked = max(self.worked, worked)
        self._worst = max(self._worst, seconds)
        if seconds > LONG:
            queued = min(seconds, self._queue_time() - self._queue_at)
            collecting = self._collected - self._collected_at
            self.pauses.append(Pause(seconds, worked, queued, collecting, self._seen))
        self._remember(now, work)

    def _remember(self, now: float, work: float) -> None:
        self._tick_at, self._work_at, self._seen = now, work, ""
        self._queue_at, self._collected_at = self._queue_time(), self._collected

    def _queue_time(self) -> float:
        """Seconds that the thread was ready and had no processor; 0 where the system does not tell."""
        try:
            return int(self._schedule.read_text().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def _note_collection(self, phase: str, details: Mapping[str, Any]) -> None:
        if phase == "start":
            self._collecting_since = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._collecting_since

    def _look(self) -> None:
        while self._looking.is_set():
            time.sleep(_LOOK_SECONDS)
            if not self._seen and time.perf_counter() - self._tick_at > _LOOK_FROM:
                self._seen = self._doings()

    def _doings(self) -> str:
        frames = sys._current_frames()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        others = [
            f"{names.get(ident, '?')} in {_place(frame)}"
            for ident, frame in frames.items()
            if ident not in (self._own_thread, threading.get_ident()) and not _is_waiting(frame)
        ]
        return " | ".join([_place(frames[self._own_thread]), *others])

    def said(self) -> str:
        """The longest pause, how many were longer than 50 ms, and the most that the thread worked in one."""
        return f"{_ms(self._worst)} ms worst, {self.late} over 50 ms; {_ms(self.worked)} ms worked at most"

    def longest(self) -> list[Pause]:
        """The longest pauses of those over 50 ms."""
        return sorted(self.pauses, key=lambda pause: -pause.seconds)[:_SHOWN]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def _place(frame: FrameType | None) -> str:
    """The innermost function of ours on a stack, and the innermost of all where that is another."""
    if frame is None:
        return "?"
    top, own = _named(frame), ""
    while frame is not None and not own:
        own = _named(frame) if frame.f_globals.get("__name__", "").split(".")[0] in _OWN else ""
        frame = frame.f_back
    return top if own in ("", top) else f"{own} > {top}"


def _named(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}:{frame.f_lineno}"


def _is_waiting(frame: FrameType) -> bool:
    """Whether a thread waits for work, going by the function it is in."""
    name = frame.f_code.co_qualname
    return name in _WAITING or name.endswith("._run")
