"""Runs a command and says what it cost, with everything it starts."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK_SECONDS = 0.1
_REST = 20
"""Times as long as a look took the next one waits: counting pages holds up the processes that are looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took.

    Attributes:
        seconds: From its start to its end.
        peak_megabytes: Most memory of the process and its descendants together, what they share counted once; 0 where
            /proc does not tell.
    """

    seconds: float
    peak_megabytes: float


def run_timed(command: Sequence[str], folder: Path) -> tuple[Cost, str]:
    """Run a command to its end.

    Returns:
        Its cost, and what it wrote to standard output.

    Raises:
        RuntimeError: It failed; the message is what it wrote to standard error.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        peak = _Peak(process.pid)
        printed, complaint = process.communicate()
        seconds = time.perf_counter() - started
        peak.stop()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {complaint.strip()[-500:]}")
    return Cost(seconds, peak.megabytes), printed


class _Peak:
    """Looks at the memory of a process and its descendants, several times a second."""

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        rest = _LOOK_SECONDS
        while not self._over.wait(rest):
            started = time.perf_counter()
            used = sum(_kilobytes(pid) for pid in _family(self._pid)) / 1024
            self.megabytes = max(self.megabytes, used)
            rest = max(_LOOK_SECONDS, _REST * (time.perf_counter() - started))


def _family(pid: int) -> list[int]:
    """The process and its descendants."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def _kilobytes(pid: int) -> int:
    """Memory of a process, what it shares with others counted in part."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
