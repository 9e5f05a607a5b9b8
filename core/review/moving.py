"""Moving a file to the trash, to a folder, or into the quarantine, and back."""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core._catalog_journal import State, Step
from core.bins import QUARANTINE
from core.review.checks import Checks, Refused
from core.review.files import Facts, Files
from core.review.places import Places, Spot
from core.review.steps import Write, clear, holds, started, temporary_beside


class Moving:
    """Moves files, see ``StepKind``.

    On one drive that is a rename. Between two it is a copy that is compared before the file goes.

    Args:
        files: The disk.
        write: Brings the journal up to date.
        places: Where files go.
    """

    def __init__(self, files: Files, write: Write, places: Places) -> None:
        self._files = files
        self._write = write
        self._places = places

    def perform(self, step: Step, checks: Checks) -> Step:
        """See ``StepKind``."""
        for spot in self._places.spots(step):
            if self._is_taken(spot):
                continue
            if spot.note is None:
                _check_place(checks, spot)
            self._make_folders(spot)
            source, survivor = checks.before(step)
            step = self._write(
                started(
                    step,
                    inode=source.inode,
                    target=spot.target,
                    note=spot.note,
                    temporary=temporary_beside(spot.target),
                )
            )
            try:
                self._take(step, spot, checks, survivor)
            except FileExistsError:
                # Somebody took the name a moment ago.
                step = self.settle(step)
                if step.state is not State.PLANNED:
                    return step
                continue
            return replace(step, state=State.DONE)
        raise Refused("there is no free name for it where it should go")

    def _is_taken(self, spot: Spot) -> bool:
        return any(path is not None and self._files.facts(path) is not None for path in (spot.target, spot.note))

    def _make_folders(self, spot: Spot) -> None:
        # A trash is nobody else's business.
        mode = 0o777 if spot.note is None else 0o700
        self._files.make_folder(spot.target.parent, mode)
        if spot.note is not None:
            self._files.make_folder(spot.note.parent, mode)

    def _take(self, step: Step, spot: Spot, checks: Checks, survivor: Facts | None) -> None:
        if spot.note is not None:
            self._files.write(spot.note, spot.note_text)
        try:
            self._files.rename(step.source, spot.target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._carry(step, checks)
        checks.after(step, survivor)

    def _carry(self, step: Step, checks: Checks) -> None:
        """Copy to another drive, compare, and let go of the file only then."""
        assert step.target is not None and step.temporary is not None
        self._files.copy(step.source, step.temporary)
        if self._files.digest(step.temporary) != step.content:
            raise Refused("its copy on the other drive is not the same; it was not moved")
        self._files.rename(step.temporary, step.target)
        self._files.sync_folder(step.target.parent)
        # Copying took time.
        checks.before(step)
        self._files.unlink(step.source)

    # ------------------------------------------------------------------ after a crash

    def settle(self, step: Step) -> Step:
        """See ``StepKind``."""
        clear(self._files, step.temporary)
        source = self._files.facts(step.source)
        arrived = holds(self._files, step.target, step.content)
        if source is None and arrived:
            return replace(step, state=State.DONE)
        if source is None:
            return replace(step, state=State.LEFT, reason="it vanished while it was being moved")
        if arrived and holds(self._files, step.source, step.content):
            # Copied to the other drive, and not gone from here yet.
            assert step.target is not None
            self._files.unlink(step.target)
            arrived = False
        if arrived:
            # It was moved, and another file has the name now.
            return replace(step, state=State.DONE)
        self._clear_note(step)
        return replace(step, state=State.PLANNED, target=None, temporary=None, note=None)

    def _clear_note(self, step: Step) -> None:
        """Take back what was told to the trash, unless somebody else wrote it."""
        if step.note is None or self._files.facts(step.note) is None:
            return
        with suppress(Refused):
            if self._places.note_text(step).startswith(self._files.read(step.note)):
                self._files.unlink(step.note)

    # ------------------------------------------------------------------ back

    def revert(self, step: Step) -> Step:
        """See ``StepKind``."""
        if step.target is None:
            raise Refused("the system's trash does not say where it is; restore it from there")
        clear(self._files, step.temporary)
        back = holds(self._files, step.source, step.content)
        arrived = holds(self._files, step.target, step.content)
        if not back and self._files.facts(step.source) is not None:
            raise Refused("another file has taken its place; move that one away first")
        if not back and not arrived:
            raise Refused(f"it is not at {step.target} any more, or was changed there")
        if not back:
            self._bring_back(step)
        elif arrived:
            self._files.unlink(step.target)
        clear(self._files, step.note)
        self._tidy(step.target)
        return replace(step, state=State.UNDONE)

    def _bring_back(self, step: Step) -> None:
        assert step.target is not None
        self._files.make_folder(step.source.parent)
        try:
            self._files.rename(step.target, step.source)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            temporary = temporary_beside(step.source)
            step = self._write(replace(step, temporary=temporary))
            self._copy_back(step, temporary)

    def _copy_back(self, step: Step, temporary: Path) -> None:
        assert step.target is not None
        try:
            self._files.copy(step.target, temporary)
            if self._files.digest(temporary) != step.content:
                raise Refused("the copy that was brought back is not the same; it is still where it was")
            self._files.rename(temporary, step.source)
        except BaseException:
            with suppress(OSError):
                clear(self._files, temporary)
            raise
        self._files.sync_folder(step.source.parent)
        self._files.unlink(step.target)

    def _tidy(self, target: Path) -> None:
        """Remove the folders of a quarantine that are empty now."""
        if QUARANTINE not in target.parts:
            return
        folder = target.parent
        with suppress(OSError):
            while QUARANTINE in folder.parts:
                self._files.remove_folder(folder)
                folder = folder.parent


def _check_place(checks: Checks, spot: Spot) -> None:
    try:
        checks.touchable(spot.target)
    except Refused as no:
        raise Refused(f"the folder it should go to, {spot.target.parent}, is protected") from no
