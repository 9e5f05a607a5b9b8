"""``twinsight apply``: carry out a plan, or rehearse it; go on with a clean-up that was interrupted."""

from __future__ import annotations

import argparse

from app.commands import reviewing, running
from app.terminal import plural, size
from core.catalog import Catalog
from core.review.applying import apply_plan, operations, rehearse, resume
from core.review.confinement import check_confined
from core.review.plan_file import read_plan
from core.review.values import Action, Plan


def run(arguments: argparse.Namespace) -> int:
    """Rehearse or carry out."""
    with running.open_catalog(arguments) as catalog:
        if arguments.resume:
            return _resume(catalog, commit=arguments.commit)
        plan = read_plan(arguments.plan)
        check_confined(plan, [info.folder for info in catalog.libraries()])
        if arguments.commit:
            summary = reviewing.follow(apply_plan(catalog, plan, arguments.confirm))
            after = _way_back(plan) if summary.files else ""
            print(f"{reviewing.in_words(summary, 'went')}{after}")
            return 0
        summary = reviewing.follow(rehearse(catalog, plan))
    print(f"{reviewing.in_words(summary, 'would go')} Nothing was touched; add --commit{_confirmation(plan)}.")
    return 0


def _way_back(plan: Plan) -> str:
    if plan.action is Action.DELETE:
        return " Only those of which a copy with the same bytes stays come back with: twinsight undo --commit"
    return " Bring them back with: twinsight undo --commit"


def _confirmation(plan: Plan) -> str:
    for_good = any(item.action is Action.DELETE for item in plan.items)
    return f' --confirm "{plan.phrase}"' if for_good else ""


def _resume(catalog: Catalog, *, commit: bool) -> int:
    if commit:
        summary = reviewing.follow(resume(catalog))
        print(reviewing.in_words(summary, "went"))
        return 0
    waiting = [operation for operation in operations(catalog) if operation.interrupted]
    if not waiting:
        print("No clean-up was interrupted.")
        return 0
    found = waiting[0]
    went = f"{plural(found.files, 'file')}, {size(found.bytes)}, went"
    rest = plural(found.waiting + found.unsettled, "file")
    print(f"Clean-up {found.id} was interrupted: {went}, {rest} left to do. Nothing was touched; add --commit.")
    return 0
