"""From choices to a plan: which file goes where, for which that stays, and what goes with it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.catalog import Catalog
from core.records import Group, ReviewError
from core.review.checks import Refused, words
from core.review.choosing import Choice
from core.review.companions import Companions
from core.review.files import Files
from core.review.link_targets import LinkTargets
from core.review.protection import ProtectedFolders, protected_folders
from core.review.trash import NoTrash, trash_for
from core.review.values import Action, Companion, Plan, PlanItem, Refusal
from core.scope import Scope

Chosen = Sequence[tuple[Group, Sequence[Choice]]]
"""Groups with a choice about each of their members."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How to plan.

    Attributes:
        action: What happens to the files that go.
        destination: The folder for Action.FOLDER.
        protected: Folders in which nothing is touched, besides those the catalog knows.
        companions: Whether sidecars, RAW files and videos go with their pictures.
        merge: Whether the files that stay take over metadata they lack.
        scope: Which files count as copies of each other, for links between files that would go for a third one.
    """

    action: Action = Action.TRASH
    destination: Path | None = None
    protected: tuple[Path, ...] = ()
    companions: bool = True
    merge: bool = False
    scope: Scope = field(default_factory=Scope)


def make_plan(
    catalog: Catalog, chosen: Iterable[tuple[Group, Sequence[Choice]]], options: PlanOptions, files: Files | None = None
) -> Plan:
    """Plan what was chosen; touches nothing.

    A file that stays in one group stays in all. A drive without a trash gets a quarantine, which its items say.

    Raises:
        ReviewError: There is no folder to move files to, or the options contradict each other.
        CatalogError: The catalog cannot be read.
    """
    _check(options)
    destination = None if options.destination is None else options.destination.expanduser().resolve()
    planner = _Planner(catalog, list(chosen), replace(options, destination=destination), files or Files())
    return planner.plan()


def _check(options: PlanOptions) -> None:
    if options.action is Action.FOLDER and options.destination is None:
        raise ReviewError("Name the folder that files are to be moved to.")
    if options.merge and options.action.links:
        raise ReviewError("Files that become links share all their bytes, so no metadata can be merged.")


class _Planner:
    def __init__(self, catalog: Catalog, chosen: Chosen, options: PlanOptions, files: Files) -> None:
        self._chosen = chosen
        self._options = options
        self._files = files
        self._folders = tuple(sorted({*options.protected, *protected_folders(catalog)}))
        self._protected = ProtectedFolders(files, self._folders)
        self._roots = sorted((info.folder for info in catalog.libraries()), key=lambda root: -len(root.parts))
        self._refused: list[Refusal] = []

    def plan(self) -> Plan:
        """The plan."""
        going = self._going()
        if self._options.action.links:
            going = self._linked(going)
        members = {member.record.path for group, _ in self._chosen for member in group.members}
        companions = Companions(self._files, members, going.keys())
        items = []
        for group, choice in going.values():
            try:
                items.append(self._item(group, choice, companions))
            except Refused as no:
                self._refused.append(Refusal(choice.member.record.path, no.reason))
            except OSError as error:
                self._refused.append(Refusal(choice.member.record.path, words(error)))
        items = self._without_doubles(items)
        options = self._options
        return Plan(options.action, tuple(items), options.destination, self._folders, tuple(self._refused), time.time())

    def _going(self) -> dict[Path, tuple[Group, Choice]]:
        """The files that go, each once; one that stays in any group, or for any file, stays."""
        choices = [(group, choice) for group, choices in self._chosen for choice in choices]
        staying = {choice.member.record.path for _, choice in choices if choice.keep}
        needed = {choice.survivor for _, choice in choices if not choice.keep}
        going: dict[Path, tuple[Group, Choice]] = {}
        for group, choice in choices:
            path = choice.member.record.path
            if choice.keep or path in going:
                continue
            if path in staying or path in needed:
                self._refused.append(Refusal(path, "it stays in another group"))
            else:
                going[path] = group, choice
        return going

    def _linked(self, going: dict[Path, tuple[Group, Choice]]) -> dict[Path, tuple[Group, Choice]]:
        """Those that can become links; each leads to a file of the same bytes, whatever else it could go for."""
        kept = {
            choice.member.record.path: choice.member.record
            for _, choices in self._chosen
            for choice in choices
            if choice.keep and self._may_be_tied(choice.member.record.path)
        }
        links, stay = LinkTargets(self._files, self._options.scope, kept.values()).settle(going)
        self._refused += [Refusal(path, reason) for path, reason in stay.items()]
        return links

    def _may_be_tied(self, path: Path) -> bool:
        """Whether another file may share the bytes of this one; a hard link would tie what is protected to it."""
        return self._options.action is not Action.HARD_LINK or self._protected.covering(path) is None

    def _item(self, group: Group, choice: Choice, companions: Companions) -> PlanItem:
        record, survivor = choice.member.record, choice.survivor
        assert survivor is not None
        self._check_place(record.path)
        action = self._action(record.path)
        content = record.content if action.links else _content(group, survivor)
        found: tuple[Companion, ...] = ()
        if self._options.companions and not action.links:
            found = companions.of(record.path, survivor, for_good=not action.reversible)
        root = next((root for root in self._roots if record.path.is_relative_to(root)), record.path.parent)
        return PlanItem(
            record.path,
            record.content,
            record.size,
            survivor,
            content,
            group.id,
            choice.member.relation,
            choice.why,
            root,
            action,
            found,
            self._options.merge,
        )

    def _check_place(self, path: Path) -> None:
        folder = self._protected.covering(path)
        if folder is not None:
            raise Refused(f"it lies in the protected folder {folder}")
        if not self._files.is_writable(path.parent):
            raise Refused(f"you may not take files from {path.parent}")

    def _action(self, path: Path) -> Action:
        if self._options.action is not Action.TRASH:
            return self._options.action
        try:
            trash_for(self._files, path)
        except NoTrash:
            return Action.QUARANTINE
        return Action.TRASH

    def _without_doubles(self, items: Sequence[PlanItem]) -> list[PlanItem]:
        """Each companion goes with one picture only, and none that stays for another file goes at all."""
        seen: set[Path] = set()
        needed = {each.survivor for item in items for each in item.companions if each.survivor is not None}
        result = []
        for item in sorted(items, key=lambda item: os.fsencode(item.path)):
            kept = tuple(each for each in item.companions if each.path not in seen | needed)
            seen.update(companion.path for companion in kept)
            result.append(replace(item, companions=kept))
        return result


def _content(group: Group, path: Path) -> str:
    return next(member.record.content for member in group.members if member.record.path == path)
