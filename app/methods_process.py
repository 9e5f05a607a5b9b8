"""A generator of the engine, pulled in a process of its own.

What computes for minutes would keep the window's threads waiting for each other. In a process of its own it takes
its memory with it when it ends, and it ends for certain when it is told to. Not pulling is pause and closing is
cancel, as with every generator of the engine. Knows no Qt.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from core.events import Progress
from core.offline import forbid_network
from core.records import TwinsightError
from core.workers import starting_environment

_BEAT_SECONDS = 0.25
_GRACE_SECONDS = 0.3
"""How long what was cancelled may take to end by itself."""
_NICE = 10
_ENVIRONMENT = {
    # The folder the program was started in may be a stranger's; nothing is to be imported from there.
    "PYTHONSAFEPATH": "1",
    # Waiting threads leave the cores to others.
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    # What is cancelled leaves semaphores behind, which Python then clears away and complains of on the terminal.
    "PYTHONWARNINGS": "ignore:resource_tracker",
}

_EVENT, _END, _ERROR, _BUG = range(4)


def in_process(make: Callable[..., Iterator[object]], *arguments: object) -> Iterator[object]:
    """Pull a generator that lives in another process.

    Args:
        make: A function of a module that makes the generator.
        arguments: What it is called with; they are pickled.

    Yields:
        What the generator yields; while that takes long, its last Progress again and again, so that whoever pulls
        can stop.

    Raises:
        TwinsightError: What the generator raises, or that its process was ended from outside.
        RuntimeError: It failed for another reason; the message has the traceback.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, make, arguments), name=f"twinsight-{make.__name__}")
    with starting_environment(_ENVIRONMENT):
        process.start()
    theirs.close()
    try:
        yield from _events(ours)
    finally:
        # The other side takes the closed pipe for the word to end.
        ours.close()
        _see_off(process)


def _events(pipe: Connection) -> Iterator[object]:
    last = Progress("Starting", 0, None, 0.0)
    since = time.monotonic()
    while True:
        while not pipe.poll(_BEAT_SECONDS):
            yield replace(last, seconds=last.seconds + time.monotonic() - since)
        kind, value = _received(pipe)
        if kind == _END:
            return
        if isinstance(value, TwinsightError):
            raise value
        if kind == _BUG:
            raise RuntimeError(value)
        if isinstance(value, Progress):
            last, since = value, time.monotonic()
        yield value
        pipe.send_bytes(b"on")


def _received(pipe: Connection) -> tuple[int, object]:
    try:
        kind, value = pipe.recv()
    except (EOFError, OSError) as error:
        raise TwinsightError(
            "The work was ended from outside, perhaps for want of memory. Start it again; training goes on from its"
            " last checkpoint."
        ) from error
    return kind, value


def _see_off(process: BaseProcess) -> None:
    process.join(_GRACE_SECONDS + 0.2)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


# ---------------------------------------------------------------------- in the other process


def _serve(pipe: Connection, make: Callable[..., Iterator[object]], arguments: tuple[object, ...]) -> None:
    """Make the generator and pull it, one event for every word from the other side."""
    forbid_network()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    turns = _Turns(pipe)
    threading.Thread(target=turns.listen, daemon=True).start()
    try:
        pipe.send(_pulled(pipe, turns, make, arguments))
    except OSError:
        # Nobody is there to hear how it ended.
        return


def _pulled(
    pipe: Connection, turns: _Turns, make: Callable[..., Iterator[object]], arguments: tuple[object, ...]
) -> tuple[int, object]:
    """What the last message is."""
    try:
        events = make(*arguments)
        try:
            for event in events:
                pipe.send((_EVENT, event))
                if not turns.come():
                    break
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
    except TwinsightError as error:
        return _ERROR, error
    except Exception as error:
        return _BUG, f"{error}\n\n{traceback.format_exc()}"
    return _END, None


class _Turns:
    """Whose turn it is, as the other side says; ends this process when nobody is there any more."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._given = threading.Semaphore(0)
        self._stopped = False

    def come(self) -> bool:
        """Wait for the word to go on; False for the word to end."""
        self._given.acquire()
        return not self._stopped

    def listen(self) -> None:
        """Hear every word, also while the generator is at work."""
        try:
            while True:
                self._pipe.recv_bytes()
                self._given.release()
        except (EOFError, OSError):
            self._stopped = True
            self._given.release()
        # Whatever the engine writes survives a kill at any moment, so nobody has to wait for it.
        time.sleep(_GRACE_SECONDS)
        for child in multiprocessing.active_children():
            child.kill()
        os._exit(1)
