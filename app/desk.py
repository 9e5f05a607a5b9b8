"""Short errands off the GUI thread: counts, adding and removing folders, writing files."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.job_threads import Connection, Failure, failure_of

if TYPE_CHECKING:
    from core.catalog import Catalog

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Errand:
    work: Callable[[Catalog | None], Any]
    with_catalog: bool
    then: Callable[[Any], None]
    failed: Callable[[Failure], None]


class Desk(QObject):
    """Runs short errands one after the other in a thread of its own; none is dropped before ``close``."""

    _answered = Signal(object)

    def __init__(self, connect: Callable[[], Catalog], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._connection = Connection(connect)
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._lock = threading.Lock()
        self._open = True
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        work: Callable[[Catalog], _Answer],
        then: Callable[[_Answer], None],
        failed: Callable[[Failure], None],
    ) -> None:
        """Do something short with the catalog; ``then`` or ``failed`` is called in the GUI thread."""
        self._put(_Errand(work, True, then, failed))  # type: ignore[arg-type]

    def do(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], failed: Callable[[Failure], None]
    ) -> None:
        """Do something short that needs no catalog: write a file, save a picture."""
        self._put(_Errand(lambda _: work(), False, then, failed))

    def close(self) -> None:
        """Take no more errands and announce no more answers; what is under way is finished."""
        with self._lock:
            self._open = False
        self._errands.put(None)

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended within that time."""
        if self._thread.ident is not None:
            self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _put(self, errand: _Errand) -> None:
        if not self._open:
            return
        if self._thread.ident is None:
            self._thread.start()
        self._errands.put(errand)

    def _run(self) -> None:
        try:
            while (errand := self._errands.get()) is not None:
                self._answer(self._call_for(errand))
        finally:
            self._connection.drop()

    def _call_for(self, errand: _Errand) -> Callable[[], None]:
        try:
            answer = errand.work(self._connection.get() if errand.with_catalog else None)
        except Exception as error:
            failure = failure_of(error)
            return lambda: errand.failed(failure)
        return lambda: errand.then(answer)

    def _answer(self, call: Callable[[], None]) -> None:
        with self._lock:
            if self._open:
                self._answered.emit(call)

    @Slot(object)
    def _on_answered(self, call: Callable[[], None]) -> None:
        if self._open:
            call()
