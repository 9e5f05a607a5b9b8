"""What it costs to decode in worker processes, and what memory large pictures take there.

    python tests/bench/apart.py [--pictures 120] [--rounds 3]

The same pictures are described in this process and by one worker process, in turns, so that a busy machine slows both.
Then pictures of 24 and 100 megapixels are described, each in a new worker, whose peak of memory is printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.terminal import table
from core._cv import cv2
from core.describing import describe_file
from core.features import registry
from core.images import Limits
from core.presets import preset
from core.workers import WorkerTeam

_MEGAPIXELS = {"24 MP": (6000, 4000), "100 MP": (11600, 8700)}


def describe_and_weigh(path: Path, methods: tuple[str, ...]) -> int:
    """Describe a picture; the most memory that this process has had resident so far, in bytes."""
    import resource

    describe_file(path, methods, (), Limits())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def make_photos(folder: Path, count: int) -> list[Path]:
    """Pictures of 6 megapixels, all different, as cameras make them."""
    rng = np.random.default_rng(5)
    paths = []
    for number in range(count):
        rough = rng.integers(0, 256, (60, 90, 3), np.uint8)
        pixels = cv2.resize(rough, (3000, 2000), interpolation=cv2.INTER_CUBIC)
        paths.append(_save(folder / f"{number:03}.jpg", pixels))
    return paths


def _save(path: Path, pixels: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def in_process(paths: Sequence[Path], methods: tuple[str, ...]) -> float:
    """Pictures a second here."""
    started = time.perf_counter()
    for path in paths:
        describe_file(path, methods, (), Limits())
    return len(paths) / (time.perf_counter() - started)


def apart(team: WorkerTeam[object], paths: Sequence[Path], methods: tuple[str, ...]) -> float:
    """Pictures a second in a worker process that has started."""
    started = time.perf_counter()
    for path in paths:
        team.submit(path, path, methods, (), Limits())
    while team.pending:
        for outcome in team.collect():
            assert outcome.error is None, outcome.error
    return len(paths) / (time.perf_counter() - started)


def compare(paths: Sequence[Path], rounds: int) -> Iterator[tuple[str, ...]]:
    """One row for each preset: both ways in turns, the medians, and how much slower apart is."""
    for name in ("fast", "balanced"):
        methods = preset(name).methods
        for method in methods:
            registry.prepare(method)
        with WorkerTeam(describe_file, 1) as team:
            here, there = [], []
            in_process(paths[:4], methods)
            apart(team, paths[:4], methods)
            for _ in range(rounds):
                here.append(in_process(paths, methods))
                there.append(apart(team, paths, methods))
        inside, outside = statistics.median(here), statistics.median(there)
        yield name, f"{inside:.1f}", f"{outside:.1f}", f"{100 * (inside / outside - 1):+.1f} %"


def weigh(folder: Path, small: Path) -> Iterator[tuple[str, ...]]:
    """One row for each large picture: the peak of a worker that describes it, and of one that describes a small one."""
    methods = preset("balanced").methods
    base = _peak(small, methods)
    for name, (width, height) in _MEGAPIXELS.items():
        rough = np.random.default_rng(1).integers(0, 256, (height // 40, width // 40, 3), np.uint8)
        pixels = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
        for suffix in (".jpg", ".png", ".tif", ".webp"):
            path = _save(folder / f"{name}{suffix}", pixels)
            peak = _peak(path, methods)
            yield f"{name} {suffix[1:]}", f"{peak / 2**20:,.0f} MiB", f"{(peak - base) / 2**20:+,.0f} MiB"


def _peak(path: Path, methods: tuple[str, ...]) -> int:
    with WorkerTeam(describe_and_weigh, 1) as team:
        team.submit(path, path, methods)
        outcome = team.collect()[0]
        assert outcome.value is not None, outcome.error
        return outcome.value


def main(arguments: argparse.Namespace) -> None:
    """Measure and print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        photos = make_photos(Path(folder), arguments.pictures)
        rows = list(compare(photos, arguments.rounds))
        lines = [*table(("preset", "in process/s", "apart/s", "apart is slower by"), rows), ""]
        rows = list(weigh(Path(folder), photos[0]))
        lines += table(("picture", "peak of its worker", "more than for 6 MP"), rows)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    main(parser.parse_args())
