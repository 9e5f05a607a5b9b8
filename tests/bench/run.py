"""Times the engine on a library: a first scan, a second one, and a search, for each preset.

    make bench                      on the sample library
    make bench LIBRARY=~/Pictures   on your own

The catalogs are new ones in a temporary folder, so nothing is known beforehand and nothing of it stays.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.terminal import plural, table
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Event, Summary
from core.presets import PRESETS
from core.samples import make_sample_library
from core.search import SearchOptions, search


def main(folder: str) -> None:
    """Time the presets on a folder, or on the sample library where none is named."""
    with tempfile.TemporaryDirectory(prefix="twinsight-bench-") as workshop:
        library = Path(folder).expanduser() if folder else Path(workshop) / "samples"
        if not folder:
            make_sample_library(library)
        rows = [timed(preset, library, Path(workshop) / f"{preset}.db") for preset in PRESETS]
    titles = ("preset", "pictures", "copies", "first scan", "pictures/s", "second scan", "one search")
    for line in table(titles, rows):
        sys.stdout.write(f"{line}\n")


def timed(preset: str, library: Path, catalog_path: Path) -> tuple[str, ...]:
    """One row of the table."""
    with Catalog(catalog_path) as catalog:
        first, first_seconds = finished(find_duplicates(catalog, [library], ScanOptions(preset)))
        _, second_seconds = finished(find_duplicates(catalog, [library], ScanOptions(preset)))
        query = catalog.records([library.resolve()])[0].path
        _, search_seconds = finished(search(catalog, [library], [query], SearchOptions(preset=preset)))
    copies = sum(len(group.members) - 1 for group in first.groups)
    return (
        preset,
        f"{first.images:,}",
        f"{plural(copies, 'file')} in {plural(len(first.groups), 'group')}",
        f"{first_seconds:.2f} s",
        f"{first.images / first_seconds:,.0f}",
        f"{second_seconds:.2f} s",
        f"{search_seconds:.2f} s",
    )


def finished(job: Iterator[Event]) -> tuple[Summary, float]:
    """Run a job to its end; its summary and the seconds it took."""
    started = time.perf_counter()
    for event in job:
        if isinstance(event, Done):
            return event.summary, time.perf_counter() - started
    raise RuntimeError("the job ended without a summary")


if __name__ == "__main__":
    main(*sys.argv[1:])
