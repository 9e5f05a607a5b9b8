"""What every kind of step can do: be taken, be taken back, and be found out about after a crash."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from core._catalog_journal import State, Step
from core.review.checks import Checks
from core.review.files import Files

Write = Callable[[Step], Step]
"""Brings the row of a step in the journal up to date."""


class StepKind(Protocol):
    """One way of making a file go."""

    def perform(self, step: Step, checks: Checks) -> Step:
        """Take the step: check, write down what is about to happen, do it.

        Returns:
            The step as done, not yet written.

        Raises:
            Refused: A check said no.
            OSError: The system refused. In both cases ``settle`` finds out what is on the disk.
        """
        ...

    def settle(self, step: Step) -> Step:
        """Find out how far a started step came, and clear away what lies between.

        Returns:
            The step as planned (nothing happened), done, or left; not yet written.
        """
        ...

    def revert(self, step: Step) -> Step:
        """Take the step back. Doing it twice, or going on after a crash, does no harm.

        Returns:
            The step as undone, not yet written.

        Raises:
            Refused: That is impossible, and nothing was touched.
            OSError: The system refused; it can be tried again.
        """
        ...


def temporary_beside(path: Path) -> Path:
    """A name in the same folder that nobody else uses."""
    return path.with_name(f".twinsight-{secrets.token_hex(8)}")


def holds(files: Files, path: Path | None, content: bytes | None) -> bool:
    """Whether a plain file of this content is at a path."""
    if path is None:
        return False
    facts = files.facts(path)
    return facts is not None and facts.regular and files.digest(path) == content


def clear(files: Files, path: Path | None) -> None:
    """Take away a name that was made for a moment, if it is there."""
    if path is not None and files.facts(path) is not None:
        files.unlink(path)


def started(step: Step, **values: object) -> Step:
    """The step as it is written down right before the disk is touched."""
    return replace(step, state=State.STARTED, **values)  # type: ignore[arg-type]
