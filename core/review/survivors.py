"""The files of a group that stay, to be asked which of them stays for one that goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from core.records import Member, Relation
from core.review import twins
from core.scope import Scope


class Survivors:
    """The members that stay.

    Args:
        scope: Which files count as copies of each other.
        members: Those that stay, the best one first.
    """

    def __init__(self, scope: Scope, members: Iterable[Member]) -> None:
        self._scope = scope
        self._standing: list[Member] = []
        self._twins: dict[str, list[Member]] = defaultdict(list)
        for member in members:
            self.add(member)

    def add(self, member: Member) -> None:
        """One more stays."""
        self._twins[twins.key(member)].append(member)
        if member.relation.is_copy and member.relation is not Relation.COMPOSITE:
            self._standing.append(member)

    def of(self, member: Member, *, only_twins: bool, anywhere: bool) -> Member | None:
        """The member that stays for one that goes: the same file, else the same pixels, else the best.

        Args:
            member: The one that goes.
            only_twins: Whether nothing but a twin can stand for it.
            anywhere: Whether it may go for a file that does not count as its copy by the scope.
        """
        record = member.record
        same = self._twins.get(twins.key(member), [])
        candidates = sorted(same, key=lambda each: each.record.content != record.content)
        candidates += [] if only_twins else self._standing
        for other in candidates:
            if anywhere or self._scope.may_go(other.record.path, record.path):
                return other
        return None
