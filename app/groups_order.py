"""Which groups are shown, and in what order: sorting, filtering and the running totals, without Qt."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.records import Group, Relation

_CLOSENESS = {relation: place for place, relation in enumerate(Relation)}
_Rank = tuple[float, int, str]


class SortBy(StrEnum):
    """What puts a group first."""

    BYTES = "bytes"
    MEMBERS = "members"
    RELATION = "relation"
    WEAKEST = "weakest"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of groups adds up to.

    Attributes:
        groups: Groups.
        copies: Members that share their source with the representative, itself not counted.
        alike: Other members: the same scene, or merely similar.
        reclaimable: Bytes of the members that need not be kept.
    """

    groups: int = 0
    copies: int = 0
    alike: int = 0
    reclaimable: int = 0

    def __add__(self, group: Group) -> Totals:
        return self._changed(group, 1)

    def __sub__(self, group: Group) -> Totals:
        return self._changed(group, -1)

    def _changed(self, group: Group, sign: int) -> Totals:
        others = group.members[1:]
        copies = sum(member.relation.is_copy for member in others)
        return Totals(
            self.groups + sign,
            self.copies + sign * copies,
            self.alike + sign * (len(others) - copies),
            self.reclaimable + sign * group.reclaimable,
        )


class GroupsOrder:
    """Groups by id in the chosen order; adding or removing one costs no sorting of the others."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._arrival: dict[str, int] = {}
        self._count = 0
        self._shown: list[_Rank] = []
        self._sort = SortBy.BYTES
        self._relation: Relation | None = None
        self._relations: Counter[Relation] = Counter()
        self.totals = Totals()

    @property
    def sort(self) -> SortBy:
        """What puts a group first."""
        return self._sort

    @property
    def relation(self) -> Relation | None:
        """Only groups with a member of this relation are shown; None shows all."""
        return self._relation

    def __len__(self) -> int:
        """The number of groups shown."""
        return len(self._shown)

    def __iter__(self) -> Iterator[str]:
        """Ids of the groups shown, in order."""
        return (identifier for _, _, identifier in self._shown)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._groups

    def get(self, identifier: str) -> Group | None:
        """A group, shown or not."""
        return self._groups.get(identifier)

    def place(self, identifier: str) -> int | None:
        """Where a group stands among those shown, or None when it is not shown."""
        group = self._groups.get(identifier)
        if group is None or not self._passes(group):
            return None
        return bisect_left(self._shown, self._rank(group))

    def add(self, group: Group) -> int | None:
        """Add a group that is not there yet; returns its place among those shown, or None."""
        self._groups[group.id] = group
        self._arrival[group.id] = self._count
        self._count += 1
        self.totals += group
        self._relations.update(_relations(group))
        if not self._passes(group):
            return None
        rank = self._rank(group)
        insort(self._shown, rank)
        return bisect_left(self._shown, rank)

    def remove(self, identifier: str) -> int | None:
        """Remove a group; returns the place it had among those shown, or None."""
        place = self.place(identifier)
        if place is not None:
            del self._shown[place]
        group = self._groups.pop(identifier, None)
        if group is not None:
            del self._arrival[identifier]
            self.totals -= group
            self._relations.subtract(_relations(group))
        return place

    def replace_all(self, groups: Iterable[Group]) -> None:
        """Start over with these groups."""
        self._groups = {group.id: group for group in groups}
        self._arrival = {identifier: place for place, identifier in enumerate(self._groups)}
        self._count = len(self._groups)
        self.totals = Totals()
        self._relations.clear()
        for group in self._groups.values():
            self.totals += group
            self._relations.update(_relations(group))
        self._sort_again()

    def arrange(self, sort: SortBy, relation: Relation | None) -> None:
        """Choose the order and the filter."""
        self._sort, self._relation = sort, relation
        self._sort_again()

    def relations(self) -> list[Relation]:
        """The relations that occur, closest first."""
        return [relation for relation in Relation if self._relations[relation]]

    def _sort_again(self) -> None:
        self._shown = sorted(self._rank(group) for group in self._groups.values() if self._passes(group))

    def _passes(self, group: Group) -> bool:
        return self._relation is None or self._relation in _relations(group)

    def _rank(self, group: Group) -> _Rank:
        return (self._value(group), self._arrival[group.id], group.id)

    def _value(self, group: Group) -> float:
        """Smaller comes first: most bytes, most members, closest relation, weakest score."""
        match self._sort:
            case SortBy.BYTES:
                return -group.reclaimable
            case SortBy.MEMBERS:
                return -len(group.members)
            case SortBy.RELATION:
                return max(_CLOSENESS[member.relation] for member in group.members)
            case SortBy.WEAKEST:
                return group.weakest


def _relations(group: Group) -> set[Relation]:
    """What the other members are to the representative."""
    return {member.relation for member in group.members[1:]}
