"""What ``make run`` does: the window on a folder or on the sample library; without a screen, a scan."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app import cli
from app.__main__ import guarded, open_window
from app.display import has_screen

RESULT = Path("duplicates.csv")


def main(arguments: Sequence[str]) -> int:
    """Show Twinsight at work.

    Args:
        arguments: A library folder; none, or an empty word, for the sample library.

    Returns:
        The exit code.
    """
    return guarded(lambda: _show(arguments[0] if arguments else ""))


def _show(folder: str) -> int:
    library = Path(folder).expanduser() if folder else _sample_library()
    if has_screen():
        return open_window([library], None)
    print(f"There is no screen, so this scans {library} in the terminal and writes the groups to {RESULT}.")
    from app.commands import scan

    parsed = cli.parse(["scan", str(library), "--csv", str(RESULT)])
    parsed.table = True
    return scan.run(parsed)


def _sample_library() -> Path:
    from core.samples import default_sample_folder, make_sample_library

    folder = default_sample_folder()
    make_sample_library(folder)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
