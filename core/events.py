"""What a long job yields while it works.

Every engine function that takes long is a generator of these values. The front end pulls: it pauses by
not pulling and cancels by closing the generator; both leave the catalog consistent.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.records import Group, ImageRecord, Match


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage of a job is.

    Attributes:
        stage: What is being done, as a verb with a capital ("Describing").
        done: Items finished in this stage.
        total: Items in this stage, or None while unknown.
        seconds: Time spent in this stage so far.
    """

    stage: str
    done: int
    total: int | None
    seconds: float

    @property
    def rate(self) -> float | None:
        """Items per second, or None before anything is done."""
        return self.done / self.seconds if self.done and self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds to the end of the stage, or None while unknown."""
        rate = self.rate
        return None if rate is None or self.total is None else max(0, self.total - self.done) / rate


@dataclass(frozen=True, slots=True)
class Indexed:
    """A new or changed picture is described and stored."""

    record: ImageRecord


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file could not be read; the job goes on without it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class MatchFound:
    """A library picture answers a query; a later event for the same query and path replaces this one."""

    query: Path
    match: Match


@dataclass(frozen=True, slots=True)
class GroupFound:
    """A group of copies as known by now.

    Attributes:
        group: The group.
        replaces: Ids of groups found earlier that this one takes the place of.
    """

    group: Group
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished job has to say.

    Attributes:
        images: Readable pictures in the library.
        skipped: Files that could not be read, with the reason of each.
        decoded: Files that had to be decoded in this run.
        seconds: Time from the first pull to the end.
        groups: The final groups of a scan; empty for other jobs. They supersede all GroupFound events.
        matches: The final ranked matches of each query of a search, best first; empty for other jobs.
    """

    images: int
    skipped: tuple[Skipped, ...]
    decoded: int
    seconds: float
    groups: tuple[Group, ...] = ()
    matches: tuple[tuple[Path, tuple[Match, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of every job that was not cancelled."""

    summary: Summary


Event = Progress | Indexed | Skipped | MatchFound | GroupFound | Done
