"""Where files that are moved go: the trash, a folder that keeps their structure, or a quarantine beside the library."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core._catalog_journal import Step
from core.bins import QUARANTINE
from core.review.checks import Refused
from core.review.files import Files
from core.review.trash import NoTrash, trash_for
from core.review.values import Action

_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A free name for a removed file.

    Attributes:
        target: Where it goes.
        note: Where the trash wants to know where it came from, or None.
        note_text: What it wants to know.
    """

    target: Path
    note: Path | None = None
    note_text: bytes = b""


class Places:
    """Finds the places of one clean-up.

    Args:
        files: The disk.
        started: When the clean-up began, seconds since the epoch; it dates what it removes.
        operation: The number of the clean-up.
        destination: The folder for Action.FOLDER.
    """

    def __init__(self, files: Files, started: float, operation: int, destination: Path | None) -> None:
        self._files = files
        self._started = started
        self._operation = operation
        self._destination = destination

    def spots(self, step: Step) -> Iterator[Spot]:
        """Names that a file may take, the plainest first; some may be taken.

        Raises:
            Refused: There is no place for it.
            OSError: The drive cannot be looked at.
        """
        if step.kind == Action.TRASH:
            yield from self._in_trash(step)
            return
        folder = self._folder(step)
        for name in names(step.source.name):
            yield Spot(folder / name)

    def note_text(self, step: Step) -> bytes:
        """What the note of a file in the trash says."""
        try:
            trash = trash_for(self._files, step.source)
        except NoTrash as reason:
            raise Refused(f"there is no trash for it: {reason}") from reason
        return trash.note_text(step.source, self._started)

    def _in_trash(self, step: Step) -> Iterator[Spot]:
        try:
            trash = trash_for(self._files, step.source)
        except NoTrash as reason:
            raise Refused(f"there is no trash for it: {reason}") from reason
        text = trash.note_text(step.source, self._started)
        for name in names(step.source.name):
            yield Spot(trash.target(name), trash.note(name), text)

    def _folder(self, step: Step) -> Path:
        below = step.source.parent.relative_to(step.root)
        if step.kind == Action.FOLDER:
            assert self._destination is not None
            return self._destination / step.root.name / below
        date = time.strftime("%Y-%m-%d %H.%M.%S", time.localtime(self._started))
        return quarantine_of(self._files, step.root) / f"{date} {self._operation}" / below


def quarantine_of(files: Files, root: Path) -> Path:
    """The quarantine of a library: beside it where that is the same drive and may be written to, else in it."""
    here, above = files.facts(root), files.facts(root.parent)
    beside = here is not None and above is not None and here.device == above.device and root != root.parent
    if beside and files.is_writable(root.parent):
        return root.parent / QUARANTINE / root.name
    return root / QUARANTINE


def names(name: str) -> Iterator[str]:
    """A file name and variants of it ("a.jpg", "a (2).jpg", "a (3).jpg")."""
    yield name
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(2, _MOST_NAMES):
        yield f"{stem} ({number}){suffix}"
