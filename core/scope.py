"""Which pairs of files count as copies of each other: all, or only those that lie so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """How the folders of two files must lie to each other; stable strings."""

    ALL = "all"
    AGAINST = "against"
    OTHER_FOLDERS = "other-folders"
    SAME_FOLDER = "same-folder"


@dataclass(frozen=True, slots=True)
class Scope:
    """The pairs of files that count.

    Attributes:
        mode: ALL: every pair. AGAINST: one of the reference folders with one of elsewhere. OTHER_FOLDERS: those
            that do not lie in the same folder. SAME_FOLDER: those that do.
        reference: The folders that others are compared against, for AGAINST.
    """

    mode: Mode = Mode.ALL
    reference: tuple[Path, ...] = ()

    def allows(self, first: Path, second: Path) -> bool:
        """Whether two files count as a pair."""
        if self.mode is Mode.AGAINST:
            return self.is_reference(first) != self.is_reference(second)
        if self.mode is Mode.OTHER_FOLDERS:
            return first.parent != second.parent
        if self.mode is Mode.SAME_FOLDER:
            return first.parent == second.parent
        return True

    def is_reference(self, path: Path) -> bool:
        """Whether a file lies in one of the folders that others are compared against."""
        return self.mode is Mode.AGAINST and any(path.is_relative_to(folder) for folder in self.reference)

    def may_go(self, survivor: Path, path: Path) -> bool:
        """Whether a file may go for another one; those that others are compared against never go."""
        return self.allows(survivor, path) and not self.is_reference(path)

    @property
    def words(self) -> str:
        """Why a file that is a copy is kept all the same."""
        return {
            Mode.ALL: "",
            Mode.AGAINST: "it has no copy on the other side",
            Mode.OTHER_FOLDERS: "its copies lie in the same folder",
            Mode.SAME_FOLDER: "its copies lie in other folders",
        }[self.mode]
