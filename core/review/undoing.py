"""Takes clean-ups back, the last one first; also after a restart, and after a crash in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core._catalog_journal import JournalTable, Operation, State
from core.catalog import Catalog
from core.records import ReviewError
from core.review.applying import Tally, operation_of, operations, settle_all
from core.review.clean_up import CleanUp
from core.review.files import Files
from core.review.lock import only_one
from core.review.values import Action, Left, ReviewEvent
from core.stopwatch import Stage


def undo(catalog: Catalog, operation: int | None = None, files: Files | None = None) -> Iterator[ReviewEvent]:
    """Bring back every file of a clean-up that can be brought back, byte for byte.

    Args:
        catalog: Where the journal is.
        operation: Number of the clean-up; None for the last one that is not undone.
        files: The disk; for tests.

    Yields:
        Progress, Restored and Left for each file, ReviewDone, and Done. After Left the same undo can be tried again.

    Raises:
        ReviewError: There is nothing to undo, or another clean-up is at work.
    """
    files = files or Files()
    with only_one(catalog.path), catalog.durable():
        stuck = settle_all(catalog, files)
        yield from _take_back(catalog, undoable(catalog, operation), files, stuck)


def undoable(catalog: Catalog, operation: int | None = None) -> Operation:
    """The clean-up that ``undo`` would take back.

    Raises:
        ReviewError: There is none.
    """
    if operation is not None:
        found = operation_of(catalog, operation)
        if not found.undoable:
            raise ReviewError(f"Clean-up {operation} is undone already, or moved nothing.")
        return found
    candidates = [found for found in operations(catalog) if found.undoable]
    # What an earlier undo could not bring back must not stand in the way of the clean-ups before it.
    for found in sorted(candidates, key=lambda found: found.undone is not None):
        return found
    raise ReviewError("There is nothing to undo.")


def going_back(catalog: Catalog, operation: int | None = None) -> tuple[Operation, tuple[Path, ...]]:
    """What ``undo`` would bring back.

    Returns:
        The clean-up and its files.

    Raises:
        ReviewError: There is nothing to undo.
    """
    found = undoable(catalog, operation)
    steps = JournalTable(catalog).steps(found.id, State.DONE, State.STARTED, State.UNDOING)
    return found, tuple(step.source for step in steps)


def _take_back(catalog: Catalog, operation: Operation, files: Files, stuck: list[Left]) -> Iterator[ReviewEvent]:
    clean_up = CleanUp(catalog, operation, files)
    tally = Tally(operation.id, Action(operation.action))
    stage = Stage("Undoing")
    for event in stuck:
        yield tally.note(event)
    steps = clean_up.done()
    for number, step in enumerate(steps, start=1):
        if (outcome := clean_up.take_back(step)) is not None:
            yield tally.note(outcome)
        if stage.due():
            yield stage.progress(number, len(steps))
    yield stage.progress(len(steps), len(steps))
    JournalTable(catalog).mark_undone(operation.id)
    yield from tally.end()
