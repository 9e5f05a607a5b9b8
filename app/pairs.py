"""The pairs that Compare walks through with previous and next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.records import Group, Match


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures to compare: A, mostly the query or the representative, and B."""

    first: Path
    second: Path


class PairWalk:
    """A list of pairs and the place in it."""

    def __init__(self, pairs: Sequence[Pair] = (), at: Pair | None = None) -> None:
        self._pairs = list(pairs)
        if at is not None and at not in self._pairs:
            self._pairs.append(at)
        self._place = self._pairs.index(at) if at is not None else 0

    @property
    def current(self) -> Pair | None:
        """The pair on show, or None when there is none."""
        return self._pairs[self._place] if self._pairs else None

    @property
    def has_next(self) -> bool:
        """Whether a pair comes after this one."""
        return self._place + 1 < len(self._pairs)

    @property
    def has_previous(self) -> bool:
        """Whether a pair comes before this one."""
        return self._place > 0

    def next(self) -> Pair | None:
        """Go on by one; None at the end."""
        if not self.has_next:
            return None
        self._place += 1
        return self.current

    def previous(self) -> Pair | None:
        """Go back by one; None at the start."""
        if not self.has_previous:
            return None
        self._place -= 1
        return self.current


def pairs_of_matches(query: Path, matches: Sequence[Match]) -> list[Pair]:
    """The query against each of its matches, in their order on screen."""
    return [Pair(query, match.record.path) for match in matches]


def pairs_of_group(groups: Sequence[Group], first: Path, second: Path) -> list[Pair]:
    """The representative against each member of the group that these two stand in; else just the two."""
    for group in groups:
        paths = [member.record.path for member in group.members]
        if paths[0] == first and second in paths[1:]:
            return [Pair(first, path) for path in paths[1:]]
    return [Pair(first, second)]
