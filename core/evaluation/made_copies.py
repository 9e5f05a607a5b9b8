"""A truth made from a library: some of its pictures, edited as people edit pictures, to be found again.

Whoever has no labelled pictures can measure methods all the same, on the very pictures they are for.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from core._cv import cv2
from core.edits import apply, families
from core.events import Progress, Skipped
from core.images import Limits, load
from core.records import ImageError, LibraryError
from core.scanning import FileEntry, resolve_library, walk
from core.stopwatch import Stage
from core.workers import WorkerTeam

TRUTH = "truth.csv"

_LONGEST = 640
_SMALLEST = 64
_QUALITY = 90
_MOST_WORKERS = 8
_KEPT = 4
"""Sets of copies that are kept for the next time."""


def made_copies_folder() -> Path:
    """Where copies are kept; it is a cache and may be deleted at any time."""
    import platformdirs

    return platformdirs.user_cache_path("twinsight", appauthor=False) / "made-copies"


def make_copies(
    library: Sequence[Path], folder: Path, count: int, seed: int = 1, limits: Limits | None = None
) -> Generator[Progress | Skipped, None, Path]:
    """Make one edited copy of each of some pictures; the same pictures and seed give the same copies.

    Composites are laid on made-up backdrops and not on pictures of the library, which would be right answers as well.

    Args:
        library: The folders.
        folder: Where sets of copies are kept; this one gets a folder of its own in it.
        count: Pictures at most, spread evenly over the library.
        seed: Draws the edits.
        limits: What is too large to decode.

    Yields:
        Progress, and Skipped for each picture that cannot be read.

    Returns:
        The folder of the copies, with ``truth.csv`` in it, whose columns are copy, original and transform.

    Raises:
        LibraryError: A folder is missing, has no readable picture, or the copies cannot be written.
    """
    chosen = _chosen(library, count)
    target = folder / _identity(chosen, seed)
    if (target / TRUTH).is_file():
        os.utime(target)
        return target
    try:
        _make_room(folder)
        target.mkdir(parents=True, exist_ok=True)
        rows = yield from _made(chosen, target, seed, limits or Limits())
        _write_truth(target / TRUTH, rows)
    except OSError as error:
        raise LibraryError(f"{target}: copies cannot be written there ({error.strerror}).") from error
    return target


def _chosen(library: Sequence[Path], count: int) -> list[FileEntry]:
    found = [entry for entry in walk(resolve_library(library)) if isinstance(entry, FileEntry) and not entry.problem]
    places = np.unique(np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(int))
    return [found[place] for place in places]


def _identity(chosen: Sequence[FileEntry], seed: int) -> str:
    """Another name for other pictures, or changed ones."""
    told = [f"{entry.path}|{entry.size}|{entry.modified_ns}" for entry in chosen]
    return hashlib.sha256("\n".join([str(seed), *told]).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _make_room(folder: Path) -> None:
    """Only a few sets are kept, those used last; a set that was never finished goes first."""
    sets = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    sets.sort(key=lambda path: ((path / TRUTH).is_file(), path.stat().st_mtime), reverse=True)
    for path in sets[_KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _made(
    chosen: Sequence[FileEntry], target: Path, seed: int, limits: Limits
) -> Generator[Progress | Skipped, None, list[tuple[str, str, str]]]:
    """Make the copies in worker processes; returns the rows of the truth."""
    rows: dict[int, tuple[str, str, str]] = {}
    stage = Stage("Making copies")
    with WorkerTeam(write_copy, min(_MOST_WORKERS, os.cpu_count() or 1)) as team:
        for number, entry in enumerate(chosen):
            team.submit(number, entry.path, target, number, seed, limits)
        done = 0
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                source = chosen[outcome.key].path
                done += 1
                if outcome.value is not None:
                    copy, edit = outcome.value
                    rows[outcome.key] = (copy, str(source), edit)
                else:
                    yield Skipped(source, outcome.error.reason if outcome.error else "unreadable")
            yield stage.progress(done, len(chosen))
    if not rows:
        raise LibraryError("There is no readable picture to make copies of; check the folders.")
    return [rows[number] for number in sorted(rows)]


def write_copy(source: Path, folder: Path, number: int, seed: int, limits: Limits) -> tuple[str, str]:
    """Write one edited copy; runs in a worker process.

    Args:
        source: The picture.
        folder: Where the copy goes.
        number: Of the copy; the families of edits take turns by it.
        seed: Draws the edit.
        limits: What is too large.

    Returns:
        The name of the copy's file, and of the edit.

    Raises:
        ImageError: The picture cannot be read, or is too small.
    """
    rng = np.random.default_rng([seed, number])
    by_family = list(families().values())
    name = str(rng.choice(by_family[number % len(by_family)]))
    pixels = load(source, _LONGEST, limits).pixels
    if min(pixels.shape[:2]) < _SMALLEST:
        raise ImageError(f"smaller than {_SMALLEST} pixels, too small to edit", source)
    edited = apply(name, pixels, rng).pixels
    packed, data = cv2.imencode(".jpg", edited[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not packed:
        raise ImageError("its copy could not be packed", source)
    target = folder / f"{number:05d}-{name}.jpg"
    target.write_bytes(data.tobytes())
    return target.name, name


def _write_truth(path: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("copy", "original", "transform"))
        writer.writerows(rows)
    # It stands there last and whole, and so tells that all copies do.
    new.replace(path)
