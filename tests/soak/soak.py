"""Runs the engine for an hour as a restless person would, and watches memory and handles.

    python tests/soak/soak.py --minutes 60

In a loop: files are added, changed, renamed and deleted; the library is indexed, scanned and searched, and every
third job is cancelled at a random moment. After each turn the memory of this process, its open files, threads and
child processes are noted. Flat means: the median of the last quarter is within 5% of that of the second quarter for
memory, and equal for handles. The exit code is 1 where it is not.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from material import make_library, texture, write

from app.thumbnail_worker import make_thumbnail
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Event
from core.indexing import IndexOptions, index_library
from core.search import SearchOptions, search
from core.workers import WorkerTeam

_TOLERANCE = 1.05


@dataclass(frozen=True, slots=True)
class Reading:
    """What the process holds after a turn."""

    seconds: float
    memory: int
    files: int
    threads: int
    children: int


class Soak:
    """One library, its catalog, and a person who does not rest."""

    def __init__(self, workshop: Path, preset: str, seed: int, pictures: int = 24) -> None:
        self._chance = random.Random(seed)
        self._preset = preset
        self.library = make_library(workshop / "library", pictures)
        self.catalog_path = workshop / "catalog.db"
        self.jobs = self.cancelled = 0

    def turn(self) -> None:
        """Change something, then index, scan and search it."""
        self._change()
        with Catalog(self.catalog_path) as catalog:
            self._run(index_library(catalog, [self.library], IndexOptions(workers=1)))
            self._run(find_duplicates(catalog, [self.library], ScanOptions(self._preset, workers=1)))
            query = self._chance.choice(sorted(self.library.glob("*.jpg")))
            self._run(search(catalog, [self.library], [query], SearchOptions(preset=self._preset, workers=1)))
        with WorkerTeam(make_thumbnail, 1) as team:
            for path in islice(self.library.glob("*.jpg"), 6):
                team.submit(path, path, 128)
            while team.pending:
                team.collect()

    def _change(self) -> None:
        # From a fixed stock of pictures, so that the catalog knows them all after a while and must not grow.
        number = self._chance.randrange(40)
        path = self.library / f"added {number}.jpg"
        if path.exists():
            path.unlink() if self._chance.random() < 0.5 else path.replace(self.library / f"renamed {number}.jpg")
        else:
            write(path, texture(1000 + number))
        other = self._chance.choice(sorted(self.library.glob("*.jpg")))
        if other.name.startswith("renamed"):
            other.unlink()
        else:
            write(other, texture(self._chance.randrange(60)))

    def _run(self, events: Iterator[Event]) -> None:
        job = cast("Generator[Event, None, None]", events)
        self.jobs += 1
        if self._chance.random() < 1 / 3:
            for _ in islice(job, self._chance.randrange(1, 12)):
                pass
            job.close()
            self.cancelled += 1
            return
        for _ in job:
            pass


def read(since: float) -> Reading:
    """What this process holds now (Linux)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Reading(
        time.monotonic() - since,
        pages * os.sysconf("SC_PAGE_SIZE"),
        sum(1 for _ in Path("/proc/self/fd").iterdir()),
        threading.active_count(),
        len(multiprocessing.active_children()),
    )


def is_flat(readings: list[Reading]) -> bool:
    """Whether nothing has grown between the second and the last quarter."""
    quarter = max(1, len(readings) // 4)
    before, after = readings[quarter : 2 * quarter], readings[-quarter:]

    def middle(part: list[Reading], name: str) -> float:
        return statistics.median(getattr(reading, name) for reading in part)

    handles = all(middle(after, name) <= middle(before, name) for name in ("files", "threads", "children"))
    return handles and middle(after, "memory") <= _TOLERANCE * middle(before, "memory")


def main(arguments: argparse.Namespace) -> int:
    """Soak for so many minutes, or turns, and print what was seen."""
    started = time.monotonic()
    readings: list[Reading] = []
    with tempfile.TemporaryDirectory(prefix="twinsight-soak-") as folder:
        soak = Soak(Path(folder), arguments.preset, arguments.seed)
        while time.monotonic() - started < 60 * arguments.minutes and len(readings) < arguments.turns:
            soak.turn()
            readings.append(read(started))
            _show(readings, every=60.0)
    flat = is_flat(readings)
    sys.stdout.write(
        f"{len(readings)} turns, {soak.jobs} jobs, {soak.cancelled} of them cancelled, in"
        f" {readings[-1].seconds / 60:.1f} min: {'flat' if flat else 'GROWING'}\n"
    )
    return 0 if flat else 1


def _show(readings: list[Reading], every: float) -> None:
    last = readings[-1]
    if len(readings) > 1 and int(last.seconds // every) == int(readings[-2].seconds // every):
        return
    sys.stdout.write(
        f"{last.seconds / 60:5.1f} min  turn {len(readings):5}  {last.memory / 2**20:6.0f} MiB"
        f"  {last.files} files  {last.threads} threads  {last.children} children\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--turns", type=int, default=sys.maxsize)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(main(parser.parse_args()))
