"""``twinsight catalog``: check, repair and back up the catalog."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from app.terminal import ProgressLine, plural, printable, size
from core import upkeep
from core.catalog import default_catalog_path
from core.events import Progress

_Report = TypeVar("_Report")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked with the catalog; the exit code of a check says whether it is whole."""
    path = arguments.catalog or default_catalog_path()
    return {"check": _check, "repair": _repair, "backup": _back_up}[arguments.action](path)


def _check(path: Path) -> int:
    report = _last(upkeep.check(path))
    for problem in report.problems:
        print(printable(problem))
    for backup, intact in report.backups:
        print(f"backup: {printable(backup)}{'' if intact else ' (changed since it was made)'}")
    if report.whole:
        rows = ", ".join(plural(count, f"row of {table}", f"rows of {table}") for table, count in report.rows.items())
        print(f"{printable(path)} is whole: {rows}.")
        return 0
    print("`twinsight catalog repair` makes a new one from what can be read.", file=sys.stderr)
    return 1


def _repair(path: Path) -> int:
    report = _last(upkeep.repair(path))
    saved = ", ".join(f"{count:,} of {table}" for table, count in report.saved.items())
    print(f"{printable(path)} is new. Rows saved: {saved}.")
    print(f"The damaged one is kept as {printable(report.damaged)}.")
    print(f"Libraries, protected folders, rules and the journal are also in {printable(report.decisions)}.")
    print("What could not be saved is read again from the pictures by the next scan.")
    return 0


def _back_up(path: Path) -> int:
    backup = upkeep.back_up(path)
    print(f"{printable(backup.path)}: {size(backup.size)}, SHA-256 {backup.checksum}")
    return 0


def _last(events: Iterator[Progress | _Report]) -> _Report:
    report: _Report | None = None
    with ProgressLine(sys.stderr) as line:
        for event in events:
            if isinstance(event, Progress):
                line.show(event)
            else:
                report = event
    assert report is not None
    return report
