"""``twinsight methods``: list what pictures can be described with."""

from __future__ import annotations

import argparse
import sys

from app.terminal import table
from core.features.registry import methods


def run(arguments: argparse.Namespace) -> int:
    """Print one line per method."""
    rows = [
        (info.name, str(info.kind), info.family, str(info.dimension), str(info.metric), info.title)
        for info in methods().values()
    ]
    for line in table(("name", "kind", "family", "dimension", "compared by", "what it is"), rows):
        sys.stdout.write(f"{line}\n")
    return 0
