"""What a person does in a review: look at groups, mark files, decide, change the rules. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.jobs import Jobs
from app.libraries import Libraries
from app.review_jobs import Chosen, arranged, choosing
from app.review_work import Decided, Marked, ReviewWork, Standing, Terms
from core.records import Group
from core.review.rules import RuleSet
from core.scope import Scope

if TYPE_CHECKING:
    from core.catalog import Catalog

_KEEPING = ("keep-both", "alternate")
"""Decisions by which all files of the group stay."""


class ReviewSession(QObject):
    """The groups under review and all that is said of them.

    Args:
        jobs: The review lane and the desk.
        libraries: Tells when protected folders may have changed.
        rules: The keep rules to begin with.
        parent: The Qt owner.

    Signals:
        groups_reset(): Other groups are under review.
        groups_changed(list): The ids of groups that stand otherwise now.
        totals_changed(): Other files go.
        terms_changed(): The rules, the scope or the protected folders are other ones.
        decided(str): Something was said of a group, as ``core.review.decisions.Kind`` writes it.
        stepped_back(str): The id of the group of which a step was taken back.
        rule_sets_changed(dict): The rule sets that are saved, by name.
        said(str): A sentence about something that is done.
        failed(object): A Failure.
    """

    groups_reset = Signal()
    groups_changed = Signal(list)
    totals_changed = Signal()
    terms_changed = Signal()
    decided = Signal(str)
    stepped_back = Signal(str)
    rule_sets_changed = Signal(dict)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, libraries: Libraries, rules: RuleSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = ReviewWork(Terms(rules))
        self._lane = jobs.review
        self._desk = jobs.desk
        self._found: tuple[Group, ...] = ()
        self._gone: set[Path] = set()
        self._awake = False
        self._dirty = False
        self._lane.batch.connect(self._on_batch)
        libraries.changed.connect(self._read_protected)

    @property
    def dirty(self) -> bool:
        """Whether the groups stand otherwise than they were found."""
        return self._dirty

    @property
    def found_any(self) -> bool:
        """Whether there was anything to review to begin with."""
        return bool(self._found)

    # ------------------------------------------------------------------ groups

    def set_groups(self, groups: Iterable[Group]) -> None:
        """Review these groups from now on: a scan has found them."""
        self._found = tuple(groups)
        self._gone.clear()
        self._dirty = False
        self._regroup()

    def wake(self) -> None:
        """The person wants to see groups; until then nobody chooses and no header is read."""
        if not self._awake:
            self._awake = True
            self._read_protected()
            self._choose_all()

    def note_gone(self, gone: Iterable[Path], back: Iterable[Path] = ()) -> None:
        """Files went, or came back; their groups follow."""
        self._gone.update(gone)
        self._gone.difference_update(back)
        self.work.forget_marks(self._gone)
        self._dirty = True
        self._regroup()

    def _regroup(self) -> None:
        from core.review.remaining import remaining

        left = (remaining(group, self._gone) for group in self._found) if self._gone else iter(self._found)
        self.work.set_groups(group for group in left if group is not None)
        self.groups_reset.emit()
        self.totals_changed.emit()
        self._choose_all()

    def standing_groups(self) -> list[Group]:
        """The groups with something left to decide, their members kept or not as it stands; clears ``dirty``."""
        self._dirty = False
        return [as_chosen(item) for item in self.work.standings.values() if item.shown]

    # ------------------------------------------------------------------ choosing

    def set_rules(self, rules: RuleSet) -> None:
        """Choose by other rules."""
        self._set_terms(replace(self.work.terms, rules=rules))

    def set_scope(self, scope: Scope) -> None:
        """Let other files count as copies of each other."""
        self._set_terms(replace(self.work.terms, scope=scope))

    @Slot()
    def _read_protected(self) -> None:
        if self._awake:
            self._desk.ask(_protected, self._on_protected, self.failed.emit)

    def _on_protected(self, folders: tuple[Path, ...]) -> None:
        self._set_terms(replace(self.work.terms, protected=folders))

    def protect(self, folder: Path, protected: bool, then: Callable[[], None]) -> None:
        """Protect a folder, or protect it no more."""

        def work(catalog: Catalog) -> None:
            from core.review.protection import protect

            protect(catalog, folder, protected)

        def done(_: None) -> None:
            self._read_protected()
            then()

        self._desk.ask(work, done, self.failed.emit)

    def _set_terms(self, terms: Terms) -> None:
        if terms != self.work.terms:
            self.work.terms = terms
            self.terms_changed.emit()
            self._choose_all()

    def _choose_all(self) -> None:
        if not self._awake:
            return
        groups = [standing.group for standing in self.work.standings.values()]
        terms, traits = self.work.terms, dict(self.work.traits)
        if groups:
            self._lane.start(lambda catalog: choosing(catalog, groups, terms, traits))
        else:
            self._lane.cancel()

    @Slot(list)
    def _on_batch(self, events: list[object]) -> None:
        from core.review.choosing import TraitsRead

        changed = []
        for event in events:
            if isinstance(event, TraitsRead):
                self.work.traits[event.path] = event.traits
            elif isinstance(event, Chosen):
                self.work.put(event.group, event.shown, event.choices)
                changed.append(event.group)
        if changed:
            self._tell(changed)

    def _tell(self, changed: list[str]) -> None:
        self._dirty = True
        self.groups_changed.emit(changed)
        self.totals_changed.emit()

    # ------------------------------------------------------------------ what the person says

    def mark(self, identifier: str, marks: Mapping[Path, bool]) -> None:
        """Keep (True) or remove (False) files of a group."""
        standing = self.work.standings.get(identifier)
        if standing is not None and standing.choices and not standing.settled and marks:
            self._tell(self.work.mark(identifier, marks))

    def decide(self, kind: str, identifier: str, paths: Sequence[Path] | None = None) -> None:
        """Say something of a group, or of some of its members, that no later scan forgets."""
        standing = self.work.standings.get(identifier)
        if standing is None or standing.shown is None:
            return
        group, whole, terms = standing.shown, standing.group, self.work.terms
        kept = [member.record.path for member in group.members] if kind in _KEEPING else []

        def work(catalog: Catalog) -> tuple[int, Group | None]:
            from core.review.decisions import Decisions, Kind

            number = Decisions(catalog).decide(Kind(kind), group, paths)
            return number, arranged(catalog, whole, terms)

        def decided(answer: tuple[int, Group | None]) -> None:
            self._tell(self.work.note_decision(identifier, kind, *answer, kept=kept))
            self.decided.emit(kind)

        self._desk.ask(work, decided, self.failed.emit)

    @Slot()
    def step_back(self) -> None:
        """Take the last mark or decision back."""
        step = self.work.pop_step()
        if step is None:
            self.said.emit(self.tr("There is nothing to take back."))
        elif isinstance(step, Marked):
            self._tell(self.work.unmark(step))
            self.stepped_back.emit(step.group)
        else:
            self._take_back(step)

    def _take_back(self, step: Decided) -> None:
        identifier, number = step.group, step.number
        whole, terms = self.work.standings[identifier].group, self.work.terms

        def work(catalog: Catalog) -> Group | None:
            from core.review.decisions import Decisions

            Decisions(catalog).undo(number)
            return arranged(catalog, whole, terms)

        def undone(shown: Group | None) -> None:
            changed = self.work.unmark(step)
            self.work.put_decided(identifier, None, shown)
            self._tell([identifier, *changed])
            self.stepped_back.emit(identifier)

        self._desk.ask(work, undone, self.failed.emit)

    def decisions_changed(self) -> None:
        """Decisions were taken back or imported elsewhere: all groups are held against them again."""
        self._choose_all()

    # ------------------------------------------------------------------ rule sets

    def read_rule_sets(self) -> None:
        """Read the rule sets that are saved."""
        self._desk.ask(_saved, self.rule_sets_changed.emit, self.failed.emit)

    def save_rules(self, name: str) -> None:
        """Save the present rules under a name."""
        rules = self.work.terms.rules

        def work(catalog: Catalog) -> dict[str, RuleSet]:
            from core.review import rule_sets

            rule_sets.save(catalog, name, rules)
            return _saved(catalog)

        self._desk.ask(work, self.rule_sets_changed.emit, self.failed.emit)

    def forget_rules(self, name: str) -> None:
        """Forget saved rules."""

        def work(catalog: Catalog) -> dict[str, RuleSet]:
            from core.review import rule_sets

            rule_sets.forget(catalog, name)
            return _saved(catalog)

        self._desk.ask(work, self.rule_sets_changed.emit, self.failed.emit)


def _protected(catalog: Catalog) -> tuple[Path, ...]:
    from core.review.protection import protected_folders

    return protected_folders(catalog)


def _saved(catalog: Catalog) -> dict[str, RuleSet]:
    from core.review import rule_sets

    return rule_sets.saved(catalog)


def as_chosen(standing: Standing) -> Group:
    """A group whose members say what was chosen of them."""
    group = standing.shown or standing.group
    if len(standing.choices) != len(group.members):
        return group
    pairs = zip(group.members, standing.choices, strict=True)
    return Group(group.id, tuple(replace(member, keep=choice.keep, why=choice.why) for member, choice in pairs))
