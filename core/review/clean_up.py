"""One clean-up in the journal: takes its steps, takes them back, and settles what a crash left in between."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from core._catalog_decisions import DecisionTable
from core._catalog_journal import MERGE, JournalTable, Operation, State, Step
from core.catalog import Catalog
from core.review.checks import Checks, Refused, words
from core.review.deleting import Deleting
from core.review.files import Files
from core.review.linking import Linking
from core.review.merging import Merging
from core.review.moving import Moving
from core.review.places import Places
from core.review.protection import ProtectedFolders, protected_folders
from core.review.steps import StepKind
from core.review.values import Action, Left, Merged, Removed, Restored

logger = logging.getLogger(__name__)


class CleanUp:
    """A clean-up that is written down already.

    Args:
        catalog: Where the journal is.
        operation: The clean-up.
        files: The disk.
    """

    def __init__(self, catalog: Catalog, operation: Operation, files: Files) -> None:
        self._catalog = catalog
        self._operation = operation
        self._files = files
        self._journal = JournalTable(catalog)
        self._decisions = DecisionTable(catalog)
        write = self._journal.write
        places = Places(files, operation.started, operation.id, operation.destination)
        moving, linking = Moving(files, write, places), Linking(files, write)
        self._kinds: dict[str, StepKind] = {
            Action.TRASH: moving,
            Action.FOLDER: moving,
            Action.QUARANTINE: moving,
            Action.HARD_LINK: linking,
            Action.REFLINK: linking,
            Action.DELETE: Deleting(files, write),
            MERGE: Merging(files, write, self._copies),
        }

    # ------------------------------------------------------------------ forward

    def items(self) -> list[list[Step]]:
        """The steps that stand or fall together and are not all taken yet."""
        steps = self._journal.steps(self._operation.id)
        grouped = [list(group) for _, group in itertools.groupby(steps, key=lambda step: step.item)]
        return [group for group in grouped if any(step.state is State.PLANNED for step in group)]

    def checks(self) -> Checks:
        """The checks for what is left to do; looks through the protected folders."""
        folders = {*self._operation.protected, *protected_folders(self._catalog)}
        protected = ProtectedFolders(self._files, sorted(folders))
        return Checks(self._files, self._journal.steps(self._operation.id), protected, self._operation.destination)

    def _copies(self, step: Step) -> list[Path]:
        """The files that go for the one that a step is about."""
        return self._journal.going_for(self._operation.id, step.source)

    def take(self, item: Sequence[Step], checks: Checks) -> Iterator[Removed | Merged | Left]:
        """Take the steps of an item, or none of them."""
        taken = [step for step in item if step.state is State.DONE]
        for step in item:
            if step.state is not State.PLANNED:
                continue
            try:
                done = self._kinds[step.kind].perform(step, checks)
            except (Refused, OSError) as error:
                reason = _reason(error)
                yield from self._give_up(item, [*taken, step], reason)
                if step.kind == MERGE:
                    checks.not_rewritten(step.source, reason)
                return
            taken.append(self._journal.write(done))
        for step in taken:
            if step.kind != MERGE:
                checks.went(step)
                yield Removed(step.source, step.target, Action(step.kind), step.size)
            elif step.new_content is not None and step.new_content != step.content:
                checks.rewritten(step.source, step.new_content)
                self._decisions.inherit(step.content, step.new_content)
                yield Merged(step.source, tuple((step.reason or "").split(", ")))

    def _give_up(self, item: Sequence[Step], touched: Sequence[Step], reason: str) -> Iterator[Left]:
        """Take back what was taken of an item, and leave all of it."""
        touched_ids = {step.id for step in touched}
        current = [step for step in self._journal.item(self._operation.id, item[0].item) if step.id in touched_ids]
        try:
            for step in reversed(current):
                self._back_to_start(step, reason)
        except (Refused, OSError) as error:
            logger.warning("an item could not be taken back", exc_info=True)
            reason = f"{reason}; and taking it back failed: {_reason(error)}. Undo will try again"
        for step in item:
            if step.id not in touched_ids:
                self._journal.write(replace(step, state=State.LEFT, reason=reason))
        yield Left(item[-1].source, reason)

    def _back_to_start(self, step: Step, reason: str) -> None:
        if step.state is State.STARTED:
            step = self._kinds[step.kind].settle(step)
        if step.state is State.DONE:
            step = self._reverted(step)
        if step.state is not State.LEFT:
            step = replace(step, state=State.LEFT, reason=reason)
        self._journal.write(step)

    def _reverted(self, step: Step) -> Step:
        """The step taken back; where that is impossible it stands as done."""
        undoing = self._journal.write(replace(step, state=State.UNDOING))
        try:
            return self._kinds[step.kind].revert(undoing)
        except Refused as no:
            self._journal.write(replace(step, reason=no.reason))
            raise

    # ------------------------------------------------------------------ backward

    def done(self) -> list[Step]:
        """The steps to take back, the last one first; but merged metadata before all.

        A file that is copied back from the one that stayed must find its bytes there as they were.
        """
        steps = self._journal.steps(self._operation.id, State.DONE)[::-1]
        return sorted(steps, key=lambda step: step.kind != MERGE)

    def take_back(self, step: Step) -> Restored | Left | None:
        """Take one step back; None where there is nothing to say of it."""
        try:
            undone = self._reverted(step)
        except Refused as no:
            return Left(step.source, no.reason)
        except OSError as error:
            # How far it came is found out the next time.
            return Left(step.source, words(error))
        self._journal.write(undone)
        if step.kind == MERGE and step.new_content == step.content:
            return None
        return Restored(step.source, step.size, step.kind == MERGE)

    # ------------------------------------------------------------------ after a crash

    def settle(self, step: Step) -> None:
        """Bring a step that was being taken, or taken back, to an end.

        Raises:
            OSError: The disk does not let us; it can be tried again.
        """
        kind = self._kinds[step.kind]
        if step.state is State.STARTED:
            settled = self._journal.write(kind.settle(step))
            if settled.state is not State.DONE or self._is_stayed_for(settled):
                return
            step = self._journal.write(replace(settled, state=State.UNDOING))
        try:
            self._journal.write(kind.revert(step))
        except Refused as no:
            self._journal.write(replace(step, state=State.DONE, reason=no.reason))

    def _is_stayed_for(self, step: Step) -> bool:
        """Whether the file that was to stay is there; a crash may have come before anybody could look."""
        if step.survivor is None or not Action(step.kind).reversible:
            return True
        facts = self._files.facts(step.survivor)
        return facts is not None and facts.regular


def _reason(error: Refused | OSError) -> str:
    return error.reason if isinstance(error, Refused) else words(error)
