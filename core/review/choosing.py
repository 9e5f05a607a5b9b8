"""Which files of a group stay and which could go, by the keep rules and by what a person marked, each with a reason.

A file goes only for another one that stays. By themselves the rules choose only files that show nothing of their
own; of what a composite, another shot or a merely similar picture shows, no rule disposes. But of twins, one file
twice or the same pixels, one is enough, whatever else they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.decoding.raw import RAW_EXTENSIONS
from core.events import Progress
from core.records import Group, Member, Relation
from core.review import twins
from core.review.comparing import Known, rank, shown_share, words
from core.review.enlarged import look_closer
from core.review.keep_rules import REMOVABLE, decide
from core.review.rules import Rule, RuleSet
from core.review.survivors import Survivors
from core.review.traits import Traits, read_traits
from core.scope import Scope
from core.stopwatch import Stage

_ALIKE = frozenset({Relation.SAME_FILE, Relation.SAME_PIXELS, Relation.RE_ENCODED})


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What is to become of one file of a group.

    Attributes:
        member: The file.
        keep: Whether it stays.
        why: Why, in one line.
        survivor: The file that stays for it; None for one that stays itself. Its twin, if one stays.
        marked: Whether a person said so.
        rank: How the rules prefer it to the others of its group; 0 is the best.
    """

    member: Member
    keep: bool
    why: str
    survivor: Path | None = None
    marked: bool = False
    rank: int = 0


@dataclass(frozen=True, slots=True)
class TraitsRead:
    """A file was read for the keep rules: its header, or all of it to tell whether it was enlarged."""

    path: Path
    traits: Traits


def gather(
    groups: Iterable[Group], rules: RuleSet, known: Mapping[Path, Traits] | None = None
) -> Iterator[Progress | TraitsRead]:
    """Read what the rules want to know: headers, each file once, and where it matters whether a picture was enlarged.

    Args:
        groups: The groups that are to be chosen from.
        rules: The rules; where none reads files, nothing is read.
        known: What was read before.
    """
    if not rules.reads_files:
        return
    traits = dict(known or {})
    rivals = [list(_rivals(group)) for group in groups]
    wanted = {member.record.path: None for members in rivals for member in members}
    missing = [path for path in wanted if path not in traits]
    stage = Stage("Reading headers")
    for number, path in enumerate(missing, start=1):
        traits[path] = read_traits(path)
        yield TraitsRead(path, traits[path])
        if stage.due():
            yield stage.progress(number, len(missing))
    alike = [[member for member in members if member.relation in _ALIKE] for members in rivals]
    for event in look_closer(alike, rules, traits):
        yield event if isinstance(event, Progress) else TraitsRead(*event)


def choose(
    group: Group,
    rules: RuleSet,
    traits: Mapping[Path, Traits] | None = None,
    marks: Mapping[Path, bool] | None = None,
    protected: Sequence[Path] = (),
    scope: Scope | None = None,
) -> tuple[Choice, ...]:
    """Decide about every member of a group; quick, and touches no file.

    Args:
        group: The group.
        rules: The keep rules.
        traits: What ``gather`` found.
        marks: What a person said: True to keep, False to remove. Wins over the rules, but never removes the last
            copy or a protected file.
        protected: Folders in which nothing goes.
        scope: Which files count as copies of each other.

    Returns:
        A choice for each member, in their order; at least one is kept.
    """
    return _Chooser(rules, Known(traits or {}, tuple(protected)), marks or {}, scope or Scope()).choose(group)


def totals(choices: Iterable[Choice]) -> tuple[int, int]:
    """How many files would go, and their bytes together."""
    going = [choice.member.record.size for choice in choices if not choice.keep]
    return len(going), sum(going)


def _rivals(group: Group) -> Iterator[Member]:
    """The members between which the rules decide: those like the representative, and those with twins."""
    twinned = {id(member) for same in twins.sets(group.members) for member in same}
    return (member for member in group.members if member.relation in _ALIKE or id(member) in twinned)


class _Chooser:
    def __init__(self, rules: RuleSet, known: Known, marks: Mapping[Path, bool], scope: Scope) -> None:
        self._rules = rules
        self._known = known
        self._marks = marks
        self._scope = scope

    def choose(self, group: Group) -> tuple[Choice, ...]:
        order = self._by_preference(group)
        best = self._best(order)
        wanted = {id(member): self._as_marked(self._by_rules(member, best, group)) for member in group.members}
        if not any(choice.keep for choice in wanted.values()):
            wanted[id(best)] = Choice(best, True, "kept: the last copy stays", marked=wanted[id(best)].marked)
        spares = self._spares(order, best, wanted, group)
        wanted |= {id(each): Choice(each, False, self._why_spare(each, twin)) for each, twin in spares}
        only_twins = {id(each) for each, _ in spares}
        survivors = Survivors(self._scope, [member for member in order if wanted[id(member)].keep])
        for place, member in enumerate(order):
            choice = wanted[id(member)]
            if not choice.keep:
                choice = self._with_survivor(choice, survivors, best, id(member) in only_twins)
            wanted[id(member)] = replace(choice, rank=place)
        return tuple(wanted[id(member)] for member in group.members)

    def _by_preference(self, group: Group) -> list[Member]:
        """The members that show all of the picture, the best one first, then the others."""

        def key(member: Member) -> tuple[bool, bool, list[float]]:
            compared_against = self._scope.is_reference(member.record.path)
            return (
                member.relation in _ALIKE,
                compared_against,
                [float(rank(member, rule, self._known)) for rule in self._rules.rules],
            )

        return sorted(group.members, key=key, reverse=True)

    def _best(self, order: Sequence[Member]) -> Member:
        """The one that is kept whatever else is: the best of those nobody removes."""
        alike = [member for member in order if member.relation in _ALIKE]
        open_ones = [member for member in alike if self._marks.get(member.record.path) is not False]
        return (open_ones or alike)[0]

    # ------------------------------------------------------------------ one member

    def _by_rules(self, member: Member, best: Member, group: Group) -> Choice:
        if member is best:
            return Choice(member, True, self._why_kept(best, group))
        may_go = member.relation in REMOVABLE | self._rules.also
        if not may_go:
            return Choice(member, *decide(group.representative.record, member.record, member.relation))
        if shown_share(member) > shown_share(best):
            return Choice(member, True, "kept: it shows more of the scene")
        reason = self._why_it_must_stay(member, group)
        if reason:
            return Choice(member, True, f"kept: {reason}")
        return Choice(member, False, self._why_it_goes(member, best))

    def _why_it_must_stay(self, member: Member, group: Group) -> str:
        path = member.record.path
        folder = self._known.protecting(path)
        if folder is not None:
            return f"in the protected folder {folder}"
        if not any(self._scope.may_go(other.record.path, path) for other in group.members if other is not member):
            return "others are compared against it" if self._scope.is_reference(path) else self._scope.words
        partner = next((other for other in group.members if _is_pair(path, other.record.path)), None)
        return "" if partner is None else f"it belongs to {partner.record.path.name}"

    def _as_marked(self, choice: Choice) -> Choice:
        path = choice.member.record.path
        mark = self._marks.get(path)
        if mark is None:
            return choice
        if mark:
            return Choice(choice.member, True, "kept: you chose it", marked=True)
        folder = self._known.protecting(path)
        if folder is not None:
            return replace(choice, keep=True, why=f"kept: in the protected folder {folder}")
        return Choice(choice.member, False, "you chose it to go", marked=True)

    def _spares(
        self, order: Sequence[Member], best: Member, wanted: Mapping[int, Choice], group: Group
    ) -> list[tuple[Member, Member]]:
        """Members that would stay although a twin of theirs does, each with that twin.

        Of twins those stay that have to, else the one that the rules prefer. To keep one never sends another away.
        """
        found = []
        for same in twins.sets(order):
            staying = [each for each in same if wanted[id(each)].keep]
            if len(staying) < 2:
                continue
            bound = [each for each in staying if each is best or self._why_it_must_stay(each, group)]
            stay = {id(each): each for each in bound or staying[:1]}
            twin = next(iter(stay.values()))
            found += [(each, twin) for each in staying if id(each) not in stay and not wanted[id(each)].marked]
        return found

    def _with_survivor(self, choice: Choice, survivors: Survivors, best: Member, only_twins: bool) -> Choice:
        """Name the file that stays for one that goes; without one it stays itself."""
        member = choice.member
        survivor = survivors.of(member, only_twins=only_twins, anywhere=choice.marked)
        if survivor is None:
            survivors.add(member)
            return replace(choice, keep=True, why=f"kept: {self._scope.words or 'no copy of it would stay'}")
        same_bytes = survivor.record.content == member.record.content
        if not choice.marked and twins.are(survivor, member) and (same_bytes or survivor is not best):
            choice = replace(choice, why=self._why_spare(member, survivor))
        return replace(choice, survivor=survivor.record.path)

    # ------------------------------------------------------------------ reasons

    def _why_kept(self, best: Member, group: Group) -> str:
        rivals = [member for member in group.members if member is not best and member.relation in _ALIKE]
        rivals.sort(key=lambda member: [float(rank(member, rule, self._known)) for rule in self._rules.rules])
        for rival in reversed(rivals):
            rule = self._deciding(best, rival)
            if rule is not None:
                return f"kept: {words(rule, best, rival, self._known)}"
        size = f"{best.record.width} x {best.record.height}"
        return f"kept: the first of equal copies, {size}" if rivals else f"kept: the best copy, {size}"

    def _why_it_goes(self, member: Member, best: Member) -> str:
        rule = self._deciding(best, member)
        what = str(member.relation)
        if rule is None:
            return f"{what}; {best.record.path.name} stays"
        return f"{what}; {best.record.path.name} stays: {words(rule, best, member, self._known)}"

    def _why_spare(self, member: Member, twin: Member) -> str:
        text = twins.words(member.record, twin.record)
        rule = None if member.record.content == twin.record.content else self._deciding(twin, member)
        return text if rule is None else f"{text}: {words(rule, twin, member, self._known)}"

    def _deciding(self, better: Member, worse: Member) -> Rule | None:
        """The rule that prefers one member to the other; None where none does, or where it was overruled."""
        for rule in self._rules.rules:
            difference = rank(better, rule, self._known) - rank(worse, rule, self._known)
            if difference:
                return rule if difference > 0 else None
        return None


def _is_pair(first: Path, second: Path) -> bool:
    """Whether two files are the RAW and the developed picture of one shot, side by side under one name."""
    if first.parent != second.parent or first.stem.lower() != second.stem.lower():
        return False
    return (first.suffix.lower() in RAW_EXTENSIONS) != (second.suffix.lower() in RAW_EXTENSIONS)
