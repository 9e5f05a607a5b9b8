"""The value types of cleaning up: what is planned, what came of it, and what a clean-up yields while it works."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.events import Event
from core.records import Relation


class Action(StrEnum):
    """What happens to a file that goes; stable strings in plans and journals."""

    TRASH = "trash"
    FOLDER = "folder"
    QUARANTINE = "quarantine"
    HARD_LINK = "hard-link"
    REFLINK = "reflink"
    DELETE = "delete"

    @property
    def reversible(self) -> bool:
        """Whether undo brings back every file; deleted ones come back only where their bytes are still there."""
        return self is not Action.DELETE

    @property
    def links(self) -> bool:
        """Whether the file stays under its name and shares the bytes of the one that is kept."""
        return self in (Action.HARD_LINK, Action.REFLINK)


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to a picture and goes with it.

    Attributes:
        path: Where it is.
        content: Hex digest of its bytes.
        size: Bytes.
        kind: "sidecar", "raw" or "video".
        survivor: The equal file beside the picture that stays; None for a sidecar that has none.
    """

    path: Path
    content: str
    size: int
    kind: str
    survivor: Path | None = None


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One picture that goes, and the one that stays for it.

    Attributes:
        path: The file that goes.
        content: Hex digest of its bytes when the plan was made; a file that has changed since stays.
        size: Bytes.
        survivor: The file that stays.
        survivor_content: Hex digest of the survivor's bytes.
        group: Id of the group.
        relation: What the file is to the group's representative.
        why: Why it goes, in one line.
        root: The library folder it lies in, which structure is kept from.
        action: What happens to it; another than the plan's where a drive has no trash.
        companions: Files that go with it.
        merge: Whether the survivor takes over metadata that it lacks.
    """

    path: Path
    content: str
    size: int
    survivor: Path
    survivor_content: str
    group: str
    relation: Relation
    why: str
    root: Path
    action: Action
    companions: tuple[Companion, ...] = ()
    merge: bool = False

    @property
    def bytes(self) -> int:
        """Bytes of the picture and its companions."""
        return self.size + sum(companion.size for companion in self.companions)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was asked to go but cannot, and why in one sentence."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done; nothing is touched before it is applied.

    Attributes:
        action: What was asked for.
        items: The pictures that go.
        destination: The folder that files are moved to, for Action.FOLDER.
        protected: Folders in which nothing may be touched, besides those the catalog knows.
        refused: Files that were asked to go but cannot.
        created: Seconds since the epoch.
    """

    action: Action
    items: tuple[PlanItem, ...]
    destination: Path | None = None
    protected: tuple[Path, ...] = ()
    refused: tuple[Refusal, ...] = ()
    created: float = 0.0

    @property
    def bytes(self) -> int:
        """Bytes of all files that go."""
        return sum(item.bytes for item in self.items)

    @property
    def files(self) -> int:
        """Number of files that go, companions included."""
        return sum(1 + len(item.companions) for item in self.items)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that files leave, in order."""
        return tuple(sorted({item.path.parent for item in self.items}))

    @property
    def phrase(self) -> str:
        """What a person types before files are deleted for good."""
        return f"delete {self.files} file{'' if self.files == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file went.

    Attributes:
        path: Where it was.
        target: Where it is now; None for one that was deleted, linked, or went to a trash that does not say where.
        action: What happened.
        size: Bytes.
    """

    path: Path
    target: Path | None
    action: Action
    size: int


@dataclass(frozen=True, slots=True)
class Merged:
    """A file that stays has taken over metadata of its copies; ``fields`` says which."""

    path: Path
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A file was not touched, or could not be restored, and why in one sentence."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A file is back in its place, byte for byte.

    Attributes:
        path: Where it is.
        size: Bytes.
        stayed: Whether it never left, and only its metadata are as they were.
    """

    path: Path
    size: int
    stayed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a finished clean-up or undo has to say.

    Attributes:
        operation: Its number in the journal; None for a rehearsal.
        action: What was asked for.
        files: Files that went, would go, or came back.
        bytes: Their size together.
        left: Files that stayed although they were asked for, with reasons.
        seconds: Time from the first pull to the end.
        rehearsed: Whether nothing was touched.
    """

    operation: int | None
    action: Action
    files: int
    bytes: int
    left: tuple[Left, ...]
    seconds: float
    rehearsed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """The clean-up or undo is finished."""

    summary: ReviewSummary


Outcome = Removed | Merged | Left | Restored
"""What became of one file."""

ReviewEvent = Event | Outcome | ReviewDone
