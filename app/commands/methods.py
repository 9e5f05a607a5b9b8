"""``twinsight methods``: list what pictures can be described, ranked and compressed with."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from app.commands import running
from app.terminal import ProgressLine, printable, table
from core import export
from core.evaluation.speed import describing_speeds
from core.events import Progress
from core.retrieval.offers import Offer, offers

_GROUPS = {
    "methods": "Methods",
    "distances": "Other distances of histograms, behind a colon",
    "recipes": "Recipes",
    "steps": "Steps, behind a plus; a number goes behind @, as in pq@64",
    "fusion": "Fusion of any of these, with ~ between",
}


def run(arguments: argparse.Namespace) -> int:
    """Print one line per method, step and fusion."""
    running.check_outputs(arguments)
    listed = offers()
    names = [offer.specification for offer in listed if offer.group == "methods" and not offer.problem]
    speeds = {} if arguments.no_speed else _measured(names)
    rows = [{**asdict(offer), "pictures_per_second": speeds.get(offer.specification)} for offer in listed]
    running.write(arguments.json, lambda stream: export.write_json(stream, {"methods": rows}))
    if not running.wants_table(arguments):
        return 0
    for group, title in _GROUPS.items():
        chosen = [offer for offer in listed if offer.group == group]
        sys.stdout.write(f"{title}:\n")
        for line in table(_titles(speeds), [_cells(offer, speeds) for offer in chosen], indent="  "):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")
    return 0


def _measured(names: Sequence[str]) -> dict[str, float]:
    """The pictures per second of each method, on one core."""
    speeds: dict[str, float] = {}
    started = time.monotonic()
    with ProgressLine(sys.stderr) as line:
        for number, (name, rate) in enumerate(describing_speeds(names), start=1):
            line.show(Progress("Measuring speeds", number, len(names), time.monotonic() - started))
            if rate is not None:
                speeds[name] = rate
    return speeds


def _titles(speeds: dict[str, float]) -> Sequence[str]:
    return ("name", "bytes", *(("pictures/s",) if speeds else ()), "what it is")


def _cells(offer: Offer, speeds: dict[str, float]) -> tuple[str, ...]:
    size = "" if offer.bytes_per_picture is None else f"{offer.bytes_per_picture:,}"
    speed = speeds.get(offer.specification)
    words = printable(offer.title if not offer.problem else f"{offer.title} - {offer.problem}")
    return (offer.specification, size, *(("" if speed is None else f"{speed:,.0f}",) if speeds else ()), words)
