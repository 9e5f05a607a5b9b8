"""What ``twinsight catalog`` takes."""

from __future__ import annotations

import argparse

from app.arguments.options import Commands, add_catalog, add_command

_WHAT = {
    "check": "read the catalog from end to end and say what is wrong with it",
    "repair": "make a new catalog from what can be read of a damaged one, which is kept",
    "backup": "make a copy of the catalog beside it, with its checksum",
}


def add(commands: Commands) -> None:
    """Add ``catalog`` and what can be done with it to the parser."""
    parser = add_command(commands, "catalog", "check, repair or back up the catalog")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in _WHAT.items():
        action = actions.add_parser(name, help=what, description=f"{what.capitalize()}.", allow_abbrev=False)
        add_catalog(action, default=argparse.SUPPRESS)
