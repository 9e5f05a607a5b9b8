"""What runs inside a worker process of core.workers.

A message to a worker is the serial number of a task and its pickled arguments; a serial number alone strikes
out all waiting tasks up to it. Each task is answered by one reply, in order.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from core.offline import forbid_network
from core.records import ImageError, TwinsightError

T = TypeVar("T")
log = logging.getLogger(__name__)

READY = -1
"""The serial of the reply that says that a worker has started."""
SERIAL_BYTES = 8
_NICE = 5


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a worker says of one task.

    Attributes:
        serial: Which task, or READY.
        value: What it returned.
        error: Why it failed, or None.
        trace: The traceback of a failure that is our bug, or empty.
    """

    serial: int
    value: T | None = None
    error: TwinsightError | None = None
    trace: str = ""


def serve(pipe: Connection, task: Callable[..., object], memory: int | None) -> None:
    """Do tasks until the other end of the pipe is closed.

    Args:
        pipe: Tasks come in, replies go out; see ``WorkerTeam``.
        task: The function.
        memory: Soft limit of the address space in bytes, or None.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _step_back()
    _silence()
    forbid_network()
    _limit_memory(memory)
    end_with_parent()
    queue: deque[bytes] = deque()
    try:
        pipe.send_bytes(pickle.dumps(Reply(READY), 5))
        while True:
            _fetch(pipe, queue)
            pipe.send_bytes(_run(task, queue.popleft()))
    except (EOFError, OSError):
        return


def _fetch(pipe: Connection, queue: deque[bytes]) -> None:
    while not queue or pipe.poll():
        message = pipe.recv_bytes()
        if len(message) > SERIAL_BYTES:
            queue.append(message)
        else:
            _strike(queue, int.from_bytes(message, "little"))


def _strike(queue: deque[bytes], last: int) -> None:
    # A task without arguments in its message is answered and not run.
    for index, message in enumerate(queue):
        if int.from_bytes(message[:SERIAL_BYTES], "little") <= last:
            queue[index] = message[:SERIAL_BYTES]


def _run(task: Callable[..., object], message: bytes) -> bytes:
    serial = int.from_bytes(message[:SERIAL_BYTES], "little")
    value: object = None
    error: TwinsightError | None = None
    trace = ""
    try:
        if len(message) > SERIAL_BYTES:
            value = task(*pickle.loads(memoryview(message)[SERIAL_BYTES:]))
        return pickle.dumps(Reply(serial, value), 5)
    except TwinsightError as failure:
        error = failure
    except MemoryError:
        error = ImageError("needs too much memory")
    except Exception as failure:
        error = ImageError(f"unexpected {type(failure).__name__}: {failure}")
        trace = traceback.format_exc()
    return pickle.dumps(Reply(serial, None, error, trace), 5)


def _step_back() -> None:
    # The window, and whatever else the person does meanwhile, comes first.
    if hasattr(os, "nice"):
        os.nice(_NICE)


def _silence() -> None:
    # Decoders written in C complain on the terminal; what matters of it comes back as the reason of an error.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _limit_memory(memory: int | None) -> None:
    if memory is None:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (OSError, ValueError):  # macOS refuses at times
        log.debug("no memory limit for this worker")


def end_with_parent() -> None:
    """End this process as soon as its parent is gone, whatever it is doing then.

    A decoder that hangs would outlive a parent that was killed; a pipe is only read between tasks.
    """
    threading.Thread(target=_end_after_parent, daemon=True).start()


def _end_after_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
