"""Carries a plan out, or rehearses it: every file is checked again right before it goes.

Nothing is done that is not written down first, so a clean-up that is cut off at any moment can go on or be undone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core._catalog_journal import MERGE, JournalTable, Operation, State, Step
from core.catalog import Catalog
from core.events import Done, Skipped, Summary
from core.records import ReviewError
from core.review.checks import Checks, Refused, words
from core.review.clean_up import CleanUp
from core.review.files import Files
from core.review.lock import only_one
from core.review.protection import ProtectedFolders, protected_folders
from core.review.values import (
    Action,
    Left,
    Outcome,
    Plan,
    PlanItem,
    Removed,
    Restored,
    ReviewDone,
    ReviewEvent,
    ReviewSummary,
)
from core.stopwatch import Stage


def rehearse(catalog: Catalog, plan: Plan, files: Files | None = None) -> Iterator[ReviewEvent]:
    """Check everything that applying a plan would check, and touch nothing.

    Yields:
        Progress, Left for each file that would stay, ReviewDone, and Done.

    Raises:
        CatalogError: The catalog cannot be read.
    """
    files = files or Files()
    tally = Tally(None, plan.action, rehearsed=True)
    stage = Stage("Checking")
    steps = steps_of(plan)
    folders = sorted({*plan.protected, *protected_folders(catalog)})
    checks = Checks(files, steps, ProtectedFolders(files, folders), plan.destination)
    for number, step in enumerate(steps, start=1):
        try:
            checks.before(step)
            tally.files += step.kind != MERGE
            tally.bytes += step.size
        except (Refused, OSError) as error:
            reason = error.reason if isinstance(error, Refused) else words(error)
            yield tally.note(Left(step.source, reason))
        if stage.due():
            yield stage.progress(number, len(steps))
    yield from tally.end()


def apply_plan(
    catalog: Catalog, plan: Plan, confirmation: str = "", files: Files | None = None
) -> Iterator[ReviewEvent]:
    """Carry a plan out.

    Closing the generator stops after the file in hand; what went until then can be undone.

    Args:
        catalog: Where the journal is kept.
        plan: What to do.
        confirmation: What the person typed; must be ``plan.phrase`` where files are deleted for good.
        files: The disk; for tests.

    Yields:
        Progress, Removed and Left for each file, ReviewDone, and Done.

    Raises:
        ReviewError: The plan contradicts itself, deletes without confirmation, or another clean-up is at work.
        CatalogError: The journal cannot be written; nothing is done without it.
    """
    files = files or Files()
    check_plan(plan)
    if any(item.action is Action.DELETE for item in plan.items) and confirmation != plan.phrase:
        raise ReviewError(f"Files would be deleted for good; to confirm, type: {plan.phrase}")
    with only_one(catalog.path), catalog.durable():
        settle_all(catalog, files)
        journal = JournalTable(catalog)
        number = journal.open(plan.action, plan.destination, plan.protected, steps_of(plan))
        yield from _go_on(catalog, operation_of(catalog, number), files)


def resume(catalog: Catalog, operation: int | None = None, files: Files | None = None) -> Iterator[ReviewEvent]:
    """Go on with a clean-up that was interrupted, the last such one by default.

    Yields:
        What ``apply_plan`` yields.

    Raises:
        ReviewError: There is none, or another clean-up is at work.
    """
    files = files or Files()
    with only_one(catalog.path), catalog.durable():
        settle_all(catalog, files)
        waiting = [found for found in operations(catalog) if found.interrupted and operation in (None, found.id)]
        if not waiting:
            raise ReviewError("No clean-up was interrupted; there is nothing to go on with.")
        yield from _go_on(catalog, waiting[0], files)


def operations(catalog: Catalog) -> tuple[Operation, ...]:
    """All clean-ups in the journal, the latest first."""
    return JournalTable(catalog).operations()


def operation_of(catalog: Catalog, number: int) -> Operation:
    """A clean-up by its number.

    Raises:
        ReviewError: There is none of that number.
    """
    for found in operations(catalog):
        if found.id == number:
            return found
    raise ReviewError(f"There is no clean-up {number}; `twinsight undo --list` shows those there are.")


def settle_all(catalog: Catalog, files: Files) -> list[Left]:
    """Find out about all steps that a crash cut off, and bring them to an end.

    Returns:
        Those that the disk does not let us settle now.
    """
    left = []
    for step in JournalTable(catalog).unsettled():
        try:
            CleanUp(catalog, operation_of(catalog, step.operation), files).settle(step)
        except OSError as error:
            left.append(Left(step.source, words(error)))
    return left


def _go_on(catalog: Catalog, operation: Operation, files: Files) -> Iterator[ReviewEvent]:
    clean_up = CleanUp(catalog, operation, files)
    journal = JournalTable(catalog)
    tally = Tally(operation.id, Action(operation.action))
    stage = Stage("Cleaning up")
    try:
        yield stage.progress(0, None)
        checks = _checks(clean_up)
        items = clean_up.items()
        for number, item in enumerate(items, start=1):
            for event in clean_up.take(item, checks):
                yield tally.note(event)
            if stage.due():
                yield stage.progress(number, len(items))
        yield stage.progress(len(items), len(items))
    except (GeneratorExit, ReviewError):
        _abandon(journal, operation.id)
        raise
    journal.finish(operation.id)
    yield from tally.end()


def _checks(clean_up: CleanUp) -> Checks:
    try:
        return clean_up.checks()
    except OSError as error:
        raise ReviewError(
            f"A protected folder or the destination cannot be looked at ({words(error)}); nothing was touched."
        ) from error


def _abandon(journal: JournalTable, operation: int) -> None:
    """It was stopped: what had no turn will have none."""
    for step in journal.steps(operation, State.PLANNED):
        journal.write(replace(step, state=State.LEFT, reason="stopped before its turn"))
    journal.finish(operation)


# ---------------------------------------------------------------------- plans


def check_plan(plan: Plan) -> None:
    """Find contradictions in a plan, which may have been edited by hand.

    Raises:
        ReviewError: It has some.
    """
    going = [path for item in plan.items for path in _paths(item)]
    if len(set(going)) != len(going):
        twice = next(path for path in going if going.count(path) > 1)
        raise ReviewError(f"{twice} stands in the plan twice; make the plan again.")
    gone = set(going)
    for item in plan.items:
        if item.survivor in gone:
            raise ReviewError(
                f"{item.survivor} would have to stay for {item.path}, but is to go too; make the plan again."
            )
        if not all(path.is_absolute() for path in (item.path, item.survivor, item.root)):
            raise ReviewError(f"{item.path}: paths in a plan must be absolute.")
        if not item.path.is_relative_to(item.root):
            raise ReviewError(f"{item.path} does not lie in {item.root}; make the plan again.")
        if item.merge and item.action.links:
            raise ReviewError(f"{item.path} becomes a link, so no metadata can be merged; make the plan again.")
        if item.action is Action.FOLDER and plan.destination is None:
            raise ReviewError("The plan moves files to a folder but names none.")


def steps_of(plan: Plan) -> list[Step]:
    """The steps of a plan in the order they are taken.

    Metadata is merged before the first copy goes; of each item the companions go first, then the picture.
    """
    merging = {item.survivor: item for item in plan.items if item.merge}
    steps = [
        _step(number, item, MERGE, path, bytes.fromhex(item.survivor_content), 0, None, None)
        for number, (path, item) in enumerate(merging.items(), start=len(plan.items))
    ]
    for number, item in enumerate(plan.items):
        for companion in item.companions:
            survivor = companion.survivor
            content = bytes.fromhex(companion.content)
            kept = None if survivor is None else content
            steps.append(_step(number, item, item.action, companion.path, content, companion.size, survivor, kept))
        content, kept = bytes.fromhex(item.content), bytes.fromhex(item.survivor_content)
        steps.append(_step(number, item, item.action, item.path, content, item.size, item.survivor, kept))
    return steps


def _step(
    number: int,
    item: PlanItem,
    kind: str,
    path: Path,
    content: bytes,
    size: int,
    survivor: Path | None,
    kept: bytes | None,
) -> Step:
    return Step(0, number, kind, path, content, size, item.root, survivor, kept)


def _paths(item: PlanItem) -> list[Path]:
    return [item.path, *(companion.path for companion in item.companions)]


# ---------------------------------------------------------------------- counting


class Tally:
    """Counts what comes of a clean-up or an undo.

    Args:
        operation: Its number in the journal.
        action: What was asked for.
        rehearsed: Whether nothing is touched.
    """

    def __init__(self, operation: int | None, action: Action, *, rehearsed: bool = False) -> None:
        self._operation = operation
        self._action = action
        self._rehearsed = rehearsed
        self._started = time.monotonic()
        self._left: list[Left] = []
        self.files = 0
        self.bytes = 0

    def note(self, event: Outcome) -> Outcome:
        """Count an event and pass it on."""
        match event:
            case Left():
                self._left.append(event)
            case Restored(stayed=True):
                pass
            case Removed() | Restored():
                self.files += 1
                self.bytes += event.size
        return event

    def end(self) -> Iterator[ReviewEvent]:
        """The last two events."""
        seconds = time.monotonic() - self._started
        left = tuple(self._left)
        yield ReviewDone(
            ReviewSummary(self._operation, self._action, self.files, self.bytes, left, seconds, self._rehearsed)
        )
        skipped = tuple(Skipped(item.path, item.reason) for item in left)
        yield Done(Summary(self.files, skipped, 0, seconds))
