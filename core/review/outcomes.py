"""What came of each file of a clean-up, as the journal tells it; also long after, and after a crash."""

from __future__ import annotations

from core._catalog_journal import JournalTable, Operation, State, Step
from core.catalog import Catalog
from core.review.applying import operation_of
from core.review.values import Action, Left, Merged, Removed, Restored

Outcome = Removed | Merged | Left | Restored

_MERGE = "merge"
_WAITING = "its turn did not come"


def outcomes(catalog: Catalog, operation: int) -> tuple[Operation, tuple[Outcome, ...]]:
    """What came of each file of a clean-up.

    Returns:
        The clean-up, and an outcome for each of its files in the order of the plan.

    Raises:
        ReviewError: There is none of that number.
    """
    found = operation_of(catalog, operation)
    return found, tuple(_outcome(step) for step in JournalTable(catalog).steps(operation))


def _outcome(step: Step) -> Outcome:
    if step.state is State.DONE:
        if step.kind == _MERGE:
            return Merged(step.source, ())
        return Removed(step.source, step.target, Action(step.kind), step.size)
    if step.state is State.UNDONE:
        return Restored(step.source, step.size, step.kind == _MERGE)
    return Left(step.source, step.reason or _WAITING)
