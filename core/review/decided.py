"""What decisions mean for pairs and for groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core._catalog_decisions import Decision, Kind
from core.catalog import Content
from core.events import Event
from core.records import Evidence, Group, Member, Relation
from core.review.remaining import under_a_new_head
from core.stopwatch import Stage
from core.verdict import Verdict
from core.verdicts import Judgement, Question

_APART = "you said that they are no duplicates"


class Decided:
    """All decisions at one moment, asked by digest. Of a pair the latest decision holds.

    Args:
        decisions: The decisions, the latest first.
    """

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._latest: dict[tuple[str, str], Decision] = {}
        for item in decisions:
            for pair in item.pairs:
                self._latest.setdefault(pair, item)
        self._settled: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair, item in self._latest.items():
            if item.kind.settles:
                self._settled[pair[0]].append(pair)

    def kind(self, first: str, second: str) -> Kind | None:
        """What was said of two contents, in whichever order."""
        item = self._latest.get((min(first, second), max(first, second)))
        return None if item is None else item.kind

    def are_apart(self, first: str, second: str) -> bool:
        """Whether a person said that two contents are no duplicates."""
        return self.kind(first, second) is Kind.NOT_DUPLICATE

    def pairs(self, kind: Kind) -> Iterator[tuple[str, str]]:
        """The pairs of which this was said last."""
        return (pair for pair, item in self._latest.items() if item.kind is kind)

    # ------------------------------------------------------------------ groups

    def arrange(self, groups: Iterable[Group]) -> tuple[Group, ...]:
        """Groups as they stand after all decisions: parted, without the settled ones, with new members marked."""
        return tuple(
            shown
            for group in groups
            if (parted := self.without_parted(group)) is not None and (shown := self.unsettled(parted)) is not None
        )

    def without_parted(self, group: Group) -> Group | None:
        """The group without members that are no duplicates of its representative; None where nobody is left."""
        centre = group.representative.record.content
        rest = [member for member in group.members if not self.are_apart(centre, member.record.content)]
        if len(rest) == len(group.members):
            return group
        if all(member.record.content == centre for member in rest):
            # Not these are the group, but what they were parted from.
            rest = (
                rest if len(rest) > 1 else list(under_a_new_head(group, lambda member: member.record.content != centre))
            )
        return Group(group.id, tuple(rest)) if len(rest) > 1 else None

    def unsettled(self, group: Group) -> Group | None:
        """The group with members marked that joined since it was settled; None where all of it is settled."""
        contents = {member.record.content for member in group.members}
        settled = [pair for content in contents for pair in self._settled.get(content, ()) if pair[1] in contents]
        if not settled:
            return group
        seen = _most_files(self._latest[pair] for pair in settled)
        new = list(_joined_since(group, seen))
        if not new and _are_connected(contents, settled):
            return None
        members = tuple(replace(member, new=any(member is each for each in new)) for member in group.members)
        return Group(group.id, members)


def _most_files(decisions: Iterable[Decision]) -> Counter[str]:
    """Of how many files each content was when it was last looked at."""
    seen: Counter[str] = Counter()
    for item in decisions:
        seen |= Counter(content for content, _ in item.files)
    return seen


def _joined_since(group: Group, seen: Counter[str]) -> Iterator[Member]:
    """The members beyond those that were seen; of one content the youngest files are the new ones."""
    by_content: dict[str, list[Member]] = defaultdict(list)
    for member in group.members:
        by_content[member.record.content].append(member)
    for content, members in by_content.items():
        members.sort(key=lambda member: member.record.modified)
        yield from members[seen[content] :]


def _are_connected(contents: set[str], pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether the pairs tie all contents together."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for first, second in pairs:
        neighbours[first].add(second)
        neighbours[second].add(first)
    waiting = [next(iter(contents))]
    reached = set(waiting)
    while waiting:
        fresh = neighbours[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh
    return reached == contents


class DecidedCourt:
    """A court that does not ask about pairs a person has parted, see ``Judgement``.

    Args:
        court: Who decides about all others.
        decided: The decisions.
        contents: What pairs are made of.
    """

    def __init__(self, court: Judgement, decided: Decided, contents: Sequence[Content]) -> None:
        self._court = court
        self._decided = decided
        self._digests = [content.digest.hex() for content in contents]

    def are_apart(self, first: int, second: int) -> bool:
        """Whether a person parted two contents, by their places."""
        return self._decided.are_apart(self._digests[first], self._digests[second])

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """See ``Judgement``."""
        open_ones = [item for item in questions if not self.are_apart(item.first, item.second)]
        yield from self._court.decide(open_ones, stage, done, total)

    def verdict(self, first: int, second: int) -> Verdict:
        """See ``Judgement``."""
        if self.are_apart(first, second):
            return Verdict.nothing(first, second, _APART)
        return self._court.verdict(first, second)

    def close(self) -> None:
        """See ``Judgement``."""
        self._court.close()

    def together(self) -> Iterator[Verdict]:
        """Verdicts on the pairs of these contents that a person called duplicates."""
        place = {digest: number for number, digest in enumerate(self._digests)}
        for one, other in self._decided.pairs(Kind.DUPLICATE):
            if one in place and other in place and one != other:
                first, second = sorted((place[one], place[other]))
                evidence = Evidence(coverage_a=1.0, coverage_b=1.0, basis="person")
                yield Verdict(first, second, Relation.EDITED, 1.0, evidence, "you said that they are duplicates")
