"""``twinsight plan``: say which copies could go, and why; touches nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import STDOUT
from app.commands import running
from app.terminal import ProgressLine, plural, printable, size, table
from core import export
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Progress
from core.records import Group, Relation
from core.review import rule_sets
from core.review.choosing import TraitsRead, choose, gather
from core.review.plan_file import plan_as_dict
from core.review.planning import PlanOptions, make_plan
from core.review.protection import protected_folders
from core.review.rules import RuleSet
from core.review.traits import Traits
from core.review.values import Action, Plan
from core.scope import Scope


def run(arguments: argparse.Namespace) -> int:
    """Scan, choose by the keep rules, and report the plan."""
    running.check_outputs(arguments)
    scope = running.scope(arguments)
    folders = [*arguments.library, *scope.reference]
    options = ScanOptions(preset=arguments.preset, hidden=arguments.hidden, workers=arguments.workers, scope=scope)
    with running.open_catalog(arguments) as catalog:
        rules = _rules(catalog, arguments)
        summary = running.follow(find_duplicates(catalog, folders, options))
        plan = _plan(catalog, summary.groups, rules, scope, arguments)
    running.write(arguments.csv, lambda stream: export.write_plan_csv(stream, plan))
    document = plan_as_dict(plan)
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    if running.wants_table(arguments):
        _print_table(plan)
    for refusal in plan.refused:
        print(f"stays: {printable(refusal.path)}: {printable(refusal.reason)}", file=sys.stderr)
    running.say(arguments, _in_words(plan, arguments.json))
    return 0


def _rules(catalog: Catalog, arguments: argparse.Namespace) -> RuleSet:
    found = rule_sets.named(catalog, arguments.rules)
    also = found.also | {Relation(name) for name in arguments.also}
    rules = RuleSet(found.rules, frozenset(also))
    if arguments.save_rules:
        rule_sets.save(catalog, arguments.save_rules, rules)
    return rules


def _plan(
    catalog: Catalog, groups: Sequence[Group], rules: RuleSet, scope: Scope, arguments: argparse.Namespace
) -> Plan:
    protected = tuple(folder.expanduser().resolve() for folder in arguments.protect)
    options = PlanOptions(
        Action(arguments.action),
        arguments.to,
        protected,
        companions=not arguments.without_companions,
        merge=arguments.merge_metadata,
        scope=scope,
    )
    traits = _traits(groups, rules)
    untouchable = (*protected, *protected_folders(catalog))
    chosen = [(group, choose(group, rules, traits, protected=untouchable, scope=scope)) for group in groups]
    return make_plan(catalog, chosen, options)


def _traits(groups: Sequence[Group], rules: RuleSet) -> dict[Path, Traits]:
    found: dict[Path, Traits] = {}
    with ProgressLine(sys.stderr) as line:
        for event in gather(groups, rules):
            match event:
                case Progress():
                    line.show(event)
                case TraitsRead(path, traits):
                    found[path] = traits
    return found


def _print_table(plan: Plan) -> None:
    rows = [
        (size(item.bytes), str(item.action), printable(item.path), printable(item.why), printable(item.survivor))
        for item in plan.items
    ]
    if rows:
        for line in table(("size", "action", "goes", "why", "stays for it"), rows):
            sys.stdout.write(f"{line}\n")


def _in_words(plan: Plan, written: Path | None) -> str:
    if not plan.items:
        return "Nothing could go. Nothing was touched."
    words = f"{plural(plan.files, 'file')} could go, {size(plan.bytes)}, from {plural(len(plan.folders), 'folder')}"
    name = "FILE" if written in (None, STDOUT) else printable(written)
    write = "" if name != "FILE" else "write the plan with --json FILE, then: "
    return f"{words}. Nothing was touched; {write}twinsight apply {name} --commit"
