"""Groups as a scan shows them: within the scope, after all decisions, and with what is protected kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.records import Group, Member
from core.review.decided import Decided
from core.scope import Scope


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What groups are held against before they are shown.

    Attributes:
        decided: The decisions.
        scope: Which files count as copies of each other.
        protected: Folders in which nothing goes.
        settled: Whether groups are shown too that need nothing more.
    """

    decided: Decided
    scope: Scope
    protected: tuple[Path, ...]
    settled: bool = False

    def of(self, group: Group) -> Group | None:
        """The group as it is shown, or None where there is nothing to show."""
        within = self._in_scope(group)
        if within is None:
            return None
        shown = within if self.settled else self.decided.unsettled(within)
        return None if shown is None else Group(shown.id, tuple(self._kept(member, shown) for member in shown.members))

    def _in_scope(self, group: Group) -> Group | None:
        members = group.members
        paired = [member for member in members if self._partners(member, members)]
        if not paired:
            return None
        if members[0] not in paired:
            paired.insert(0, members[0])
        return group if len(paired) == len(members) else Group(group.id, tuple(paired))

    def _partners(self, member: Member, members: Sequence[Member]) -> bool:
        path = member.record.path
        return any(self.scope.allows(path, other.record.path) for other in members if other is not member)

    def _kept(self, member: Member, group: Group) -> Member:
        """The member, kept where nothing may go or where no copy that counts would stay."""
        if member.keep:
            return member
        path = member.record.path
        folder = next((folder for folder in self.protected if path.is_relative_to(folder)), None)
        if folder is not None:
            return replace(member, keep=True, why=f"kept: in the protected folder {folder}")
        kept = [other.record.path for other in group.members if other.keep]
        if any(self.scope.may_go(other, path) for other in kept):
            return member
        return replace(member, keep=True, why=f"kept: {self.scope.words}")
