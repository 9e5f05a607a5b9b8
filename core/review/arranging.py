"""Groups as a scan shows them: within the scope, after all decisions, and with what is protected kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.records import Group, Member
from core.review import twins
from core.review.decided import Decided
from core.review.keep_rules import REMOVABLE
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
        return None if shown is None else Group(shown.id, self._with_kept(shown.members))

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

    def _with_kept(self, members: Sequence[Member]) -> tuple[Member, ...]:
        """The members; kept are those that are protected, and those of which no copy that counts would stay."""
        kept = [member for member in members if member.keep]
        found = []
        for member in members:
            why = "" if member.keep else self._why_kept(member, kept)
            if why:
                member = replace(member, keep=True, why=f"kept: {why}")
                kept.append(member)
            found.append(member)
        return tuple(found)

    def _why_kept(self, member: Member, kept: Sequence[Member]) -> str:
        path = member.record.path
        folder = next((folder for folder in self.protected if path.is_relative_to(folder)), None)
        if folder is not None:
            return f"in the protected folder {folder}"
        # What is no plain copy of the representative can only go for its twin.
        others = kept if member.relation in REMOVABLE else [each for each in kept if twins.are(member, each)]
        if any(self.scope.may_go(other.record.path, path) for other in others):
            return ""
        return self.scope.words or "no copy of it would stay"
