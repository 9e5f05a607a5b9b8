"""Persistent worker processes: a file that crashes or hangs a decoder costs one task, not the program.

Every worker has one pipe. A few tasks wait in that pipe so that the worker never idles, yet only the task
that is running is blamed for a crash or for taking too long; the others go to the replacement. A worker ends
with its parent, however the parent ends.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import MappingProxyType, TracebackType
from typing import Generic, TypeVar

from core.memory_share import memory_share
from core.records import ImageError, TwinsightError
from core.worker_process import READY, SERIAL_BYTES, Reply, serve

T = TypeVar("T")
log = logging.getLogger(__name__)

_PRELOAD = ("core.describing", "core.judging", "core.worker_process")
_QUEUED = 4
"""Tasks in a worker's pipe, the running one included."""
_QUEUED_BYTES = 4096
"""What may wait in a pipe unread. A full pipe would block the parent, which the worker may be waiting for."""
_START_SECONDS = 60.0
_FIRST_TASK = 3
"""Times as long as another task the first one of a process may take."""
_START_ATTEMPTS = 3
_NO_START = "Pictures cannot be read, for their worker processes do not start"
_ENVIRONMENT = {
    # The folder the program was started in may be a stranger's; nothing is to be imported from there.
    "PYTHONSAFEPATH": "1",
    # Every core has its process; threads of their own would only fight over the cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    # The C library would give the buffers of every picture back to the system and ask for them again: a fifth of the
    # time that small and middling pictures take. It keeps up to 64 MiB, and what is larger goes back at once.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}
_ENVIRONMENT_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of one task.

    Attributes:
        key: The key it was submitted with.
        value: What the task returned, or None where it failed.
        error: Why it failed, or None.
    """

    key: Hashable
    value: T | None
    error: ImageError | None


@dataclass(frozen=True, slots=True)
class _Job:
    serial: int
    key: Hashable
    message: bytes


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    since: float
    """When the running task began, or the process while it is not ready (time.monotonic)."""
    ready: bool = False
    warm: bool = False
    """Whether it has done a task; in its first one it also loads networks, which is no fault of the file."""
    jobs: deque[_Job] = field(default_factory=deque)

    def has_room(self, job: _Job, depth: int) -> bool:
        """Whether ``job`` can be sent without ever blocking on a worker that is busy."""
        if not self.jobs:
            return True
        unread = len(job.message) + sum(len(queued.message) for queued in self.jobs)
        return len(self.jobs) < depth and unread <= _QUEUED_BYTES

    def deadline(self, seconds: float) -> float:
        """When it has to be replaced, infinity for an idle worker."""
        if not self.ready:
            return self.since + _START_SECONDS
        if not self.jobs:
            return float("inf")
        return self.since + seconds * (1 if self.warm else _FIRST_TASK)


class WorkerTeam(Generic[T]):
    """A team of worker processes for one function; use it from one thread, as a context manager.

    Example::

        with WorkerTeam(load, count=2) as team:
            for path in paths:
                team.submit(path, path, 320)
            while team.pending:
                for outcome in team.collect():
                    ...
    """

    def __init__(self, task: Callable[..., T], count: int, seconds: float = 60.0, memory: int | None = None) -> None:
        """Prepare the team; processes start when there is work for them.

        Args:
            task: A function of an importable module; it raises ImageError for what is the file's fault.
            count: How many processes at most, at least 1.
            seconds: The most that one task may take; the first of a process, in which it loads networks, three times
                as long.
            memory: Soft limit of the address space of one process in bytes (not on Windows); None for its share of
                what this computer has.
        """
        if count < 1:
            raise ValueError(f"a team needs at least one worker, got {count}")
        self._task = task
        self._count = count
        self._seconds = seconds
        self._memory = memory_share(count) if memory is None else memory
        self._context = _context()
        self._workers: list[_Worker] = []
        self._waiting: deque[_Job] = deque()
        self._forgotten: set[int] = set()
        self._finished: list[Outcome[T]] = []
        self._serial = 0
        self._failed_starts = 0
        self._closed = False

    def __enter__(self) -> WorkerTeam[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pending(self) -> int:
        """Tasks that were submitted and neither collected nor cancelled."""
        queued = sum(len(worker.jobs) for worker in self._workers)
        return len(self._waiting) + queued - len(self._forgotten) + len(self._finished)

    def submit(self, key: Hashable, *arguments: object) -> None:
        """Hand in a task; it is done in any order.

        Args:
            key: Comes back with the outcome.
            arguments: What the function is called with; they are pickled at once.
        """
        if self._closed:
            raise RuntimeError("the team is closed")
        self._serial += 1
        message = self._serial.to_bytes(SERIAL_BYTES, "little") + pickle.dumps(arguments, 5)
        self._waiting.append(_Job(self._serial, key, message))
        if len(self._waiting) == 1:
            self._hand_out()

    def collect(self, timeout: float | None = None) -> list[Outcome[T]]:
        """Return what has finished, in the order it finished.

        Args:
            timeout: Seconds to wait for the first outcome; None waits as long as anything is pending.

        Returns:
            At least one outcome, or none after ``timeout`` or when nothing is pending.

        Raises:
            TwinsightError: Worker processes cannot be started.
        """
        until = float("inf") if timeout is None else time.monotonic() + timeout
        self._pump(0.0)
        while not self._finished and self.pending:
            left = min([until, *(worker.deadline(self._seconds) for worker in self._workers)]) - time.monotonic()
            self._pump(max(left, 0.0))
            if time.monotonic() >= until:
                break
        outcomes, self._finished = self._finished, []
        return outcomes

    def cancel_waiting(self) -> list[Hashable]:
        """Forget the tasks that have not started, and return their keys; those that run finish as usual."""
        self._receive(0.0)
        keys = [job.key for job in self._waiting]
        self._waiting.clear()
        for worker in self._workers:
            queued = [job for job in list(worker.jobs)[1:] if job.serial not in self._forgotten]
            self._forgotten.update(job.serial for job in queued)
            keys.extend(job.key for job in queued)
            if queued:
                _send(worker, self._serial.to_bytes(SERIAL_BYTES, "little"))
        return keys

    def close(self) -> None:
        """End all processes at once; what was pending is forgotten. Closing twice is fine."""
        self._closed = True
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            _bury(worker)
        self._workers.clear()
        self._waiting.clear()
        self._forgotten.clear()
        self._finished.clear()

    def _pump(self, timeout: float) -> None:
        self._receive(timeout)
        self._replace_late()
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            worker = self._free_worker(self._waiting[0])
            if worker is None:
                return
            if not worker.jobs and worker.ready:
                worker.since = time.monotonic()
            job = self._waiting.popleft()
            worker.jobs.append(job)
            _send(worker, job.message)

    def _free_worker(self, job: _Job) -> _Worker | None:
        # Near the end the queues get short, so that no worker sits idle beside another's full pipe.
        depth = min(_QUEUED, 1 + len(self._waiting) // self._count)
        least = min(self._workers, key=lambda worker: len(worker.jobs), default=None)
        if len(self._workers) < self._count and (least is None or least.jobs):
            least = self._start()
        return least if least is not None and least.has_room(job, depth) else None

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe(duplex=True)
        process = self._context.Process(  # type: ignore[attr-defined]  # typeshed: only on the concrete contexts
            target=serve, args=(theirs, self._task, self._memory), name="twinsight-worker", daemon=True
        )
        with theirs, starting_environment():
            try:
                process.start()
            except (OSError, EOFError) as error:
                ours.close()
                raise TwinsightError(f"{_NO_START} ({error}).") from error
        worker = _Worker(process, ours, time.monotonic())
        self._workers.append(worker)
        return worker

    def _receive(self, timeout: float) -> None:
        if not self._workers:
            return
        pipes = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(pipes), min(timeout, threading.TIMEOUT_MAX)):
            worker = pipes[pipe]  # type: ignore[index]  # only our pipes were waited for
            try:
                self._read(worker)
            except (EOFError, OSError):
                self._replace(worker, "decoder crashed")

    def _read(self, worker: _Worker) -> None:
        while True:
            reply: Reply[T] = pickle.loads(worker.pipe.recv_bytes())
            if reply.serial == READY:
                worker.ready = True
                self._failed_starts = 0
            else:
                worker.warm = True
                self._settle(worker.jobs.popleft(), reply.value, reply.error, reply.trace)
            # Not when the worker sent it: it may have waited for us to read before it began the next task.
            worker.since = time.monotonic()
            if not worker.pipe.poll():
                return

    def _settle(self, job: _Job, value: T | None, error: TwinsightError | None, trace: str = "") -> None:
        if error is not None and not isinstance(error, ImageError):
            # No fault of this file: missing weights, say, would fail every task.
            raise error
        if trace:
            log.error("task %r failed unexpectedly\n%s", job.key, trace)
        if job.serial in self._forgotten:
            self._forgotten.discard(job.serial)
        else:
            self._finished.append(Outcome(job.key, value, error))

    def _replace_late(self) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            if now >= worker.deadline(self._seconds):
                self._replace(worker, f"took longer than {self._seconds:g} s")

    def _replace(self, worker: _Worker, reason: str) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        _bury(worker)
        if worker.ready and worker.jobs:
            self._settle(worker.jobs.popleft(), None, ImageError(reason))
        elif not worker.ready:
            self._count_failed_start()
        for job in reversed(worker.jobs):
            if job.serial in self._forgotten:
                self._forgotten.discard(job.serial)
            else:
                self._waiting.appendleft(job)

    def _count_failed_start(self) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _START_ATTEMPTS:
            self.close()
            raise TwinsightError(f"{_NO_START} (they end at once).")


def start_early() -> None:
    """Begin to start what worker processes are forked from; it gets ready beside whatever is done meanwhile."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        _context()
        with starting_environment():
            forkserver.ensure_running()


def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOAD))
    return context


@contextmanager
def starting_environment(wanted: Mapping[str, str] = MappingProxyType(_ENVIRONMENT)) -> Iterator[None]:
    """The variables that a process starts with, for as long as it is being started; those of workers by default."""
    with _ENVIRONMENT_LOCK:
        added = {name: value for name, value in wanted.items() if name not in os.environ}
        os.environ.update(added)
        try:
            yield
        finally:
            for name in added:
                del os.environ[name]


def _send(worker: _Worker, message: bytes) -> None:
    try:
        worker.pipe.send_bytes(message)
    except OSError:
        # The end of its pipe will be read next, and says the same.
        log.debug("worker %s is gone", worker.process.pid)


def _bury(worker: _Worker) -> None:
    worker.process.join(5.0)
    worker.pipe.close()
    if worker.process.exitcode is not None:
        worker.process.close()
