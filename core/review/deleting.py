"""Deleting a file for good, and bringing it back where the same bytes are still there."""

from __future__ import annotations

from dataclasses import replace

from core._catalog_journal import State, Step
from core.review.checks import Checks, Refused
from core.review.files import Files
from core.review.steps import Write, clear, holds, started, temporary_beside


class Deleting:
    """Deletes files, see ``StepKind``.

    A file is first moved aside under another name. Only when the one that stays is seen to be still there after
    that, the file is deleted.

    Args:
        files: The disk.
        write: Brings the journal up to date.
    """

    def __init__(self, files: Files, write: Write) -> None:
        self._files = files
        self._write = write

    def perform(self, step: Step, checks: Checks) -> Step:
        """See ``StepKind``."""
        source, survivor = checks.before(step)
        if survivor is None:
            raise Refused("nothing that is equal stays for it")
        aside = temporary_beside(step.source)
        backup = self._files.attributes(step.source)
        step = self._write(started(step, inode=source.inode, temporary=aside, backup=backup))
        self._files.rename(step.source, aside)
        checks.after(step, survivor)
        if not source.unchanged(self._files.facts(aside)):
            raise Refused("it is being changed right now")
        self._files.unlink(aside)
        return replace(step, state=State.DONE)

    def settle(self, step: Step) -> Step:
        """See ``StepKind``."""
        assert step.temporary is not None
        aside, source = self._files.facts(step.temporary), self._files.facts(step.source)
        if aside is None and source is None:
            return replace(step, state=State.DONE)
        if aside is not None and source is not None:
            return replace(step, state=State.LEFT, reason=f"another file took its name; it is at {step.temporary}")
        if aside is not None:
            self._files.rename(step.temporary, step.source)
        return replace(step, state=State.PLANNED, temporary=None, backup=None)

    def revert(self, step: Step) -> Step:
        """See ``StepKind``: copy the bytes from the file that stayed, if they are the same."""
        if holds(self._files, step.source, step.content):
            return replace(step, state=State.UNDONE)
        if self._files.facts(step.source) is not None:
            raise Refused("another file has taken its place; move that one away first")
        survivor, attributes = step.survivor, step.backup
        if survivor is None or attributes is None or not holds(self._files, survivor, step.content):
            raise Refused("it was deleted for good")
        clear(self._files, step.temporary)
        temporary = temporary_beside(step.source)
        step = self._write(replace(step, temporary=temporary))
        self._files.make_folder(step.source.parent)
        self._files.copy(survivor, temporary)
        if self._files.digest(temporary) != step.content:
            raise Refused("its bytes were changed just now")
        self._files.set_attributes(temporary, attributes)
        self._files.rename(temporary, step.source)
        return replace(step, state=State.UNDONE)
