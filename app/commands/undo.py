"""``twinsight undo``: bring back what a clean-up removed, the last one first."""

from __future__ import annotations

import argparse
import sys
import time

from app.commands import reviewing, running
from app.terminal import plural, printable, size, table
from core._catalog_journal import Operation
from core.catalog import Catalog
from core.review.applying import operations
from core.review.undoing import going_back, undo


def run(arguments: argparse.Namespace) -> int:
    """List the clean-ups, say what would come back, or bring it back."""
    with running.open_catalog(arguments) as catalog:
        if arguments.list:
            _list(operations(catalog))
        elif arguments.commit:
            summary = reviewing.follow(undo(catalog, arguments.operation))
            print(reviewing.in_words(summary, "back"))
        else:
            _rehearse(catalog, arguments.operation)
    return 0


def _rehearse(catalog: Catalog, number: int | None) -> None:
    operation, paths = going_back(catalog, number)
    for path in paths:
        print(printable(path))
    print(
        f"{plural(len(paths), 'file')} of clean-up {operation.id} would come back. Nothing was touched; add --commit."
    )


def _list(found: tuple[Operation, ...]) -> None:
    if not found:
        print("There was no clean-up yet.")
        return
    rows = [
        (
            str(operation.id),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(operation.started)),
            operation.action,
            plural(operation.files, "file"),
            size(operation.bytes),
            _state(operation),
        )
        for operation in found
    ]
    for line in table(("clean-up", "when", "action", "gone now", "size", "state"), rows):
        sys.stdout.write(f"{line}\n")


def _state(operation: Operation) -> str:
    if operation.interrupted:
        return "interrupted: twinsight apply --resume, or undo"
    return "done" if operation.undone is None else "undone"
