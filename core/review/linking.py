"""Letting two equal files share their bytes: one file with two names, or two files that share blocks."""

from __future__ import annotations

from dataclasses import replace

from core._catalog_journal import State, Step
from core.review.checks import Checks, Refused
from core.review.files import Files
from core.review.steps import Write, clear, holds, started, temporary_beside
from core.review.values import Action


class Linking:
    """Replaces a file by a link to the one that stays, see ``StepKind``.

    The link is made under another name and then takes the file's place in a single step.

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
        kept = step.survivor
        assert kept is not None
        temporary = temporary_beside(step.source)
        backup = self._files.attributes(step.source)
        step = self._write(started(step, inode=source.inode, temporary=temporary, backup=backup))
        if step.kind == Action.HARD_LINK:
            self._files.link(kept, temporary)
        else:
            self._files.clone(kept, temporary)
            self._files.copy_attributes(step.source, temporary)
        if self._files.digest(temporary) != step.content:
            raise Refused("the link does not lead to the same bytes")
        checks.after(step, survivor)
        if not source.unchanged(self._files.facts(step.source)):
            raise Refused("it is being changed right now")
        self._files.replace(temporary, step.source)
        return replace(step, state=State.DONE)

    def settle(self, step: Step) -> Step:
        """See ``StepKind``."""
        clear(self._files, step.temporary)
        facts = self._files.facts(step.source)
        if facts is None:
            return replace(step, state=State.LEFT, reason="it vanished while it was being replaced")
        # The link has another number than the file it replaced.
        if facts.inode != step.inode:
            return replace(step, state=State.DONE)
        return replace(step, state=State.PLANNED, temporary=None, backup=None)

    def revert(self, step: Step) -> Step:
        """See ``StepKind``: write the bytes out again as a file of its own."""
        clear(self._files, step.temporary)
        whole = next((path for path in (step.source, step.survivor) if holds(self._files, path, step.content)), None)
        occupied = self._files.facts(step.source) is not None and whole != step.source
        attributes = step.backup
        if whole is None or occupied or attributes is None:
            raise Refused("its bytes were changed since, under this name or the other one")
        temporary = temporary_beside(step.source)
        step = self._write(replace(step, temporary=temporary))
        self._files.copy(whole, temporary)
        if self._files.digest(temporary) != step.content:
            raise Refused("its bytes were changed just now")
        self._files.set_attributes(temporary, attributes)
        self._files.replace(temporary, step.source)
        return replace(step, state=State.UNDONE)
