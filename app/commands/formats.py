"""``twinsight formats``: list what this install reads, and with what."""

from __future__ import annotations

import argparse
import sys

from app.terminal import table
from core.images import formats


def run(arguments: argparse.Namespace) -> int:
    """Print one line per format; what a missing package would read is said to be missing."""
    rows = [
        (
            info.name,
            info.decoder if info.available else f"needs {info.decoder}",
            " ".join(extension.removeprefix(".") for extension in info.extensions),
        )
        for info in formats()
    ]
    for line in table(("format", "read with", "names end in"), rows):
        sys.stdout.write(f"{line}\n")
    return 0
