"""The state of a review: what is to become of each file of each group, and how to take the last step back. No Qt.

Groups are known by their ids. What a person marked belongs to a file, so that a file in two groups has one fate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.records import Group, Member
from core.scope import Scope

if TYPE_CHECKING:
    from core.review.choosing import Choice
    from core.review.rules import RuleSet
    from core.review.traits import Traits


@dataclass(frozen=True, slots=True)
class Terms:
    """What choices depend on besides what a person marks.

    Attributes:
        rules: The keep rules.
        protected: Folders in which nothing goes.
        scope: Which files count as copies of each other.
    """

    rules: RuleSet
    protected: tuple[Path, ...] = ()
    scope: Scope = Scope()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How one group stands.

    Attributes:
        group: The group as it was found, without files that are gone.
        shown: The same after all decisions and within the scope; None where nothing is left to decide.
        choices: What is to become of each member of ``shown``; empty before that is known.
        decision: What the person said of the group in this review, as ``core.review.decisions.Kind`` writes it.
    """

    group: Group
    shown: Group | None
    choices: tuple[Choice, ...] = ()
    decision: str | None = None

    @property
    def members(self) -> tuple[Member, ...]:
        """The members to look at, also of a group that is settled."""
        return (self.shown or self.group).members

    @property
    def settled(self) -> bool:
        """Whether nothing is left to decide."""
        return self.shown is None

    @property
    def going(self) -> tuple[Choice, ...]:
        """The files that go."""
        return tuple(choice for choice in self.choices if not choice.keep)

    @property
    def bytes(self) -> int:
        """The size of the files that go."""
        return sum(choice.member.record.size for choice in self.going)

    @property
    def marked(self) -> bool:
        """Whether a person chose for any of its files."""
        return any(choice.marked for choice in self.choices)

    @property
    def new(self) -> bool:
        """Whether a member joined since the group was settled."""
        return any(member.new for member in self.members)


@dataclass(frozen=True, slots=True)
class Marked:
    """A step that can be taken back: files were marked; ``before`` has what was said of each before."""

    group: str
    before: tuple[tuple[Path, bool | None], ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A step that can be taken back: something was said of a group.

    Attributes:
        group: The group.
        number: The decision.
        before: What was said of each file before, where the decision keeps it.
    """

    group: str
    number: int
    before: tuple[tuple[Path, bool | None], ...] = ()


Step = Marked | Decided


class ReviewWork:
    """All groups of a review.

    Args:
        terms: What choices depend on.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.traits: dict[Path, Traits] = {}
        self.marks: dict[Path, bool] = {}
        self._standings: dict[str, Standing] = {}
        self._steps: list[Step] = []
        self._going: Counter[Path] = Counter()
        self._bytes = 0

    # ------------------------------------------------------------------ reading

    def __len__(self) -> int:
        return len(self._standings)

    @property
    def ids(self) -> list[str]:
        """The groups, in their order."""
        return list(self._standings)

    @property
    def standings(self) -> Mapping[str, Standing]:
        """How each group stands."""
        return self._standings

    @property
    def totals(self) -> tuple[int, int]:
        """How many files go, each counted once, and their size together."""
        return len(self._going), self._bytes

    @property
    def can_step_back(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._steps)

    def chosen(self) -> list[tuple[Group, tuple[Choice, ...]]]:
        """The groups that are not settled, with their choices, for a plan."""
        return [(item.shown, item.choices) for item in self._standings.values() if item.shown and item.choices]

    # ------------------------------------------------------------------ what is found

    def set_groups(self, groups: Iterable[Group]) -> None:
        """Begin with these groups; what was marked stays with its files."""
        self._standings = {group.id: Standing(group, group) for group in groups}
        self._steps.clear()
        self._going.clear()
        self._bytes = 0

    def put(self, identifier: str, shown: Group | None, choices: tuple[Choice, ...]) -> None:
        """Take over how a group stands by the rules; what the person marked is seen to here."""
        standing = self._standings.get(identifier)
        if standing is None:
            return
        if shown is not None and any(member.record.path in self.marks for member in shown.members):
            choices = self._choose(shown)
        decision = standing.decision if shown is None else None
        self._replace(identifier, Standing(standing.group, shown, choices, decision))

    def _choose(self, group: Group) -> tuple[Choice, ...]:
        from core.review.choosing import choose

        return choose(group, self.terms.rules, self.traits, self.marks, self.terms.protected, self.terms.scope)

    def _replace(self, identifier: str, new: Standing) -> None:
        for choice in self._standings[identifier].going:
            self._count(choice, -1)
        self._standings[identifier] = new
        for choice in new.going:
            self._count(choice, 1)

    def _count(self, choice: Choice, sign: int) -> None:
        record = choice.member.record
        before = self._going[record.path]
        now = before + sign
        if now:
            self._going[record.path] = now
        else:
            del self._going[record.path]
        if not before or not now:
            self._bytes += sign * record.size

    # ------------------------------------------------------------------ what the person says

    def mark(self, identifier: str, marks: Mapping[Path, bool]) -> list[str]:
        """Keep or remove files of a group.

        Returns:
            The groups that stand otherwise now.
        """
        before = self._said_of(marks)
        self.marks.update(marks)
        self._steps.append(Marked(identifier, before))
        return self._choose_again([path for path, _ in before])

    def _said_of(self, paths: Iterable[Path]) -> tuple[tuple[Path, bool | None], ...]:
        return tuple((path, self.marks.get(path)) for path in paths)

    def note_decision(
        self, identifier: str, kind: str, number: int, shown: Group | None, kept: Sequence[Path] = ()
    ) -> list[str]:
        """Take over what the person said of a group.

        Args:
            identifier: The group.
            kind: What was said.
            number: The decision.
            shown: The group as it stands now, None where nothing is left to decide.
            kept: Files that the person keeps by it, so that they stay in every other group too.

        Returns:
            The groups that stand otherwise now.
        """
        self._steps.append(Decided(identifier, number, self._said_of(kept)))
        self.marks.update(dict.fromkeys(kept, True))
        self.put_decided(identifier, kind, shown)
        return [identifier, *self._choose_again(kept)]

    def put_decided(self, identifier: str, kind: str | None, shown: Group | None) -> None:
        """How a group stands after a decision was made or taken back."""
        standing = self._standings.get(identifier)
        if standing is not None:
            choices = () if shown is None else self._choose(shown)
            self._replace(identifier, replace(standing, shown=shown, choices=choices, decision=kind))

    def pop_step(self) -> Step | None:
        """The last step, which the caller takes back."""
        return self._steps.pop() if self._steps else None

    def unmark(self, step: Step) -> list[str]:
        """Take a mark back.

        Returns:
            The groups that stand otherwise now.
        """
        for path, before in step.before:
            if before is None:
                self.marks.pop(path, None)
            else:
                self.marks[path] = before
        return self._choose_again([path for path, _ in step.before])

    def _choose_again(self, paths: Sequence[Path]) -> list[str]:
        wanted = set(paths)
        changed = []
        for identifier, standing in self._standings.items():
            if standing.shown and any(member.record.path in wanted for member in standing.shown.members):
                self._replace(identifier, replace(standing, choices=self._choose(standing.shown)))
                changed.append(identifier)
        return changed

    def forget_marks(self, paths: Iterable[Path]) -> None:
        """Files that are gone have no marks; a file that takes their place starts afresh."""
        for path in paths:
            self.marks.pop(path, None)
