"""Kills scans with SIGKILL at random moments; afterwards the catalog is whole, and a scan comes to the same groups.

    python tests/soak/kill.py --kills 200

After every kill the catalog is checked by SQLite. After at most five kills the scan is let run to its end, its groups
are compared with those of a scan that nobody disturbed, and it begins anew with no catalog.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from material import make_library

_KILLS_EACH = 5


@dataclass(slots=True)
class Tally:
    """What was seen."""

    kills: int = 0
    too_late: int = 0
    damaged: int = 0
    completed: int = 0
    different: int = 0

    @property
    def sound(self) -> bool:
        """Whether every catalog was whole and every result the same."""
        return not self.damaged and not self.different


def scan(library: Path, catalog: Path, preset: str, result: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a scan in a process group of its own."""
    words = [sys.executable, "-m", "app", "--catalog", str(catalog), "scan", str(library), "--preset", preset]
    words += ["--workers", "1", "--json", str(result or os.devnull)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def groups(library: Path, catalog: Path, preset: str, result: Path) -> object:
    """The groups of a scan that runs to its end, without what differs from run to run."""
    with scan(library, catalog, preset, result) as process:
        if process.wait(600) != 0:
            return f"exit code {process.returncode}"
    found = json.loads(result.read_text("utf-8"))
    return [found["images"], found["skipped"], found["groups"]]


def whole(catalog: Path) -> bool:
    """Whether SQLite finds nothing wrong with a catalog; there may be none yet."""
    if not catalog.exists():
        return True
    with closing(sqlite3.connect(catalog)) as connection:
        checks = connection.execute("PRAGMA integrity_check").fetchall()
        return checks == [("ok",)] and not connection.execute("PRAGMA foreign_key_check").fetchall()


def kill_often(library: Path, workshop: Path, preset: str, kills: int, seed: int) -> Tally:
    """Kill scans of a library so many times."""
    chance = random.Random(seed)
    tally = Tally()
    started = time.monotonic()
    expected = groups(library, workshop / "undisturbed.db", preset, workshop / "expected.json")
    length = time.monotonic() - started
    while tally.kills < kills:
        catalog = workshop / f"killed-{tally.kills}.db"
        for _ in range(min(_KILLS_EACH, kills - tally.kills)):
            killed = _kill(scan(library, catalog, preset), chance.uniform(0.0, length))
            tally.kills += killed
            tally.too_late += not killed
            tally.damaged += not whole(catalog)
        tally.completed += 1
        tally.different += groups(library, catalog, preset, workshop / "result.json") != expected
        for leftover in workshop.glob(f"{catalog.name}*"):
            leftover.unlink()
    return tally


def _kill(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill a scan after so many seconds; whether it was still at work."""
    with process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return True
    return False


def main(arguments: argparse.Namespace) -> int:
    """Kill, and print the tally."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="twinsight-kill-") as folder:
        library = make_library(Path(folder) / "library", arguments.pictures)
        tally = kill_often(library, Path(folder), arguments.preset, arguments.kills, arguments.seed)
    sys.stdout.write(
        f"{tally.kills} kills ({tally.too_late} more came too late), {tally.damaged} catalogs damaged,"
        f" {tally.completed} scans run to their end, {tally.different} with other groups;"
        f" {time.monotonic() - started:.0f} s\n"
    )
    return 0 if tally.sound else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(main(parser.parse_args()))
