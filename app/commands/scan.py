"""``twinsight scan``: find the groups of copies in library folders."""

from __future__ import annotations

import argparse
import sys

from app.commands import running
from app.terminal import group_lines, plural, size
from core import export
from core.duplicates import ScanOptions, find_duplicates
from core.events import Summary


def run(arguments: argparse.Namespace) -> int:
    """Scan the folders and report the groups."""
    running.check_outputs(arguments)
    scope = running.scope(arguments)
    options = ScanOptions(
        preset=arguments.preset,
        hidden=arguments.hidden,
        workers=arguments.workers,
        scope=scope,
        settled=arguments.settled,
    )
    library = [*arguments.library, *scope.reference]
    with running.open_catalog(arguments) as catalog:
        summary = running.follow(find_duplicates(catalog, library, options))
    running.write(arguments.csv, lambda stream: export.write_scan_csv(stream, summary.groups))
    folders = [folder.expanduser().resolve() for folder in library]
    document = export.scan_as_dict(folders, summary)
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    if running.wants_table(arguments):
        _print_table(summary)
    running.list_skipped(summary.skipped)
    running.say(arguments, f"{in_words(summary)} {running.work_done(summary)}.")
    return 0


def _print_table(summary: Summary) -> None:
    for number, group in enumerate(summary.groups, start=1):
        for line in group_lines(number, group):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")


def in_words(summary: Summary) -> str:
    """What a scan found ("12 copies in 5 groups, 84 MiB to free.")."""
    others = [member for group in summary.groups for member in group.members[1:]]
    copies = sum(member.relation.is_copy for member in others)
    alike = len(others) - copies
    if not others:
        return "No copies."
    parts = [plural(copies, "copy", "copies")] if copies or not alike else []
    parts += [f"{plural(alike, 'picture')} of the same scene"] if alike else []
    to_free = size(sum(group.reclaimable for group in summary.groups))
    return f"{' and '.join(parts)} in {plural(len(summary.groups), 'group')}, {to_free} to free."
