"""The two pictures of the compare page, for the GUI thread: ask here, get signals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.pair_loader import Answer, MakeTeam, Open, Pair, PairLoader, Sharpen, Work

_WORKERS = 2


def decoding_team() -> object:
    """A team of worker processes that load pictures."""
    from core.images import load
    from core.workers import WorkerTeam

    return WorkerTeam(load, _WORKERS)


class PairPictures(QObject):
    """Loads pairs of pictures in the background, the newest pair wins.

    Signals:
        loaded: side, :class:`app.pyramid.Pyramid`; a second time when the full size is there.
        failed: side, reason.
        worked: name, result.
        work_failed: name, reason.
    """

    loaded = Signal(int, object)
    failed = Signal(int, str)
    worked = Signal(str, object)
    work_failed = Signal(str, str)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None, make_team: MakeTeam | None = None) -> None:
        super().__init__(parent)
        make = make_team or cast("MakeTeam", decoding_team)
        self._ticket = 0
        self._asked: set[int] = set()
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._loader = PairLoader(make, self._answered.emit)
        self._loader.start()

    def open(self, first: Path, second: Path) -> None:
        """Loads two pictures at screen size; answers about earlier ones are dropped."""
        self._ticket += 1
        self._asked.clear()
        self._loader.ask(Open(self._ticket, (first, second)))

    def close(self) -> None:
        """Drops the pictures and whatever is still on its way."""
        self._ticket += 1
        self._asked.clear()
        self._loader.ask(Open(self._ticket, ()))

    def sharpen(self, side: int) -> None:
        """Loads one of the pictures at full size; asking again does nothing."""
        if side not in self._asked:
            self._asked.add(side)
            self._loader.ask(Sharpen(self._ticket, side))

    def work(self, name: str, task: Callable[[Pair], object]) -> None:
        """Runs `task` in the background once both pictures are there; a later one of that name wins."""
        self._loader.ask(Work(self._ticket, name, task))

    def shutdown(self) -> None:
        """Ends the thread and its worker processes; waits for that."""
        self._ticket += 1
        self._loader.stop()
        self._loader.join(10.0)

    @Slot(object)
    def _deliver(self, answer: Answer) -> None:
        if answer.ticket != self._ticket:
            return
        if answer.kind == "picture" and answer.error is None:
            self.loaded.emit(answer.side, answer.value)
        elif answer.kind == "picture":
            self.failed.emit(answer.side, answer.error)
        elif answer.error is None:
            self.worked.emit(answer.kind, answer.value)
        else:
            self.work_failed.emit(answer.kind, answer.error)
