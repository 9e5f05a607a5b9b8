"""``twinsight decisions``: list, make, take back, export and import decisions about copies."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from app.commands import running
from app.terminal import plural, printable, table
from core import export
from core.records import ReviewError
from core.review.decisions import Decision, Decisions, Kind


def run(arguments: argparse.Namespace) -> int:
    """List the decisions, or change them."""
    running.check_outputs(arguments)
    with running.open_catalog(arguments) as catalog:
        decisions = Decisions(catalog)
        changed = _change(decisions, arguments)
        if changed:
            running.say(arguments, changed)
        elif arguments.json is None:
            _list(decisions.all(arguments.search))
        document = decisions.as_dict()
        running.write(arguments.json, lambda stream: export.write_json(stream, document))
    return 0


def _change(decisions: Decisions, arguments: argparse.Namespace) -> str:
    """Make the change that was asked for, and say so; nothing where none was."""
    if arguments.make:
        return _make(decisions, arguments)
    if arguments.undo:
        found = [item for item in decisions.all() if item.id == arguments.undo]
        if found and not arguments.commit:
            return f"Would take back: {_words(found[0])}. Nothing was changed; add --commit."
        decisions.undo(arguments.undo)
        return f"Took back decision {arguments.undo}."
    if arguments.source:
        if not arguments.commit:
            count = plural(decisions.check(arguments.source), "decision")
            return f"Would take over {count}. Nothing was changed; add --commit."
        return f"Took over {plural(decisions.load(arguments.source), 'decision')}."
    return ""


def _make(decisions: Decisions, arguments: argparse.Namespace) -> str:
    name, *pictures = arguments.make
    if name not in {str(kind) for kind in Kind}:
        raise ReviewError(f"There is no decision {name!r}; there are {', '.join(Kind)}.")
    paths = [Path(picture).expanduser().resolve() for picture in pictures]
    what = f"{name}: {', '.join(printable(path) for path in paths)}"
    if not arguments.commit:
        return f"Would decide {what}. Nothing was changed; add --commit."
    number = decisions.decide_files(Kind(name), paths)
    return f"Decision {number}: {what}."


def _list(found: tuple[Decision, ...]) -> None:
    if not found:
        print("No decisions.")
        return
    rows = [
        (str(item.id), time.strftime("%Y-%m-%d %H:%M", time.localtime(item.made)), str(item.kind), _names(item))
        for item in found
    ]
    for line in table(("decision", "when", "what", "pictures"), rows):
        sys.stdout.write(f"{line}\n")


def _words(item: Decision) -> str:
    return f"{item.kind}: {_names(item)}"


def _names(item: Decision) -> str:
    return ", ".join(printable(path.name) for path in item.names())
