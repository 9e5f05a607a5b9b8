"""``twinsight``: without a command the window opens, with one the work is done in the terminal.

Whatever ends a run becomes an exit code and one line here: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app import cli

# onnxruntime keeps an identifier of this computer and reports to its maker, unless told not to before it is
# loaded. Worker processes inherit the word.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# Threads that spin while they wait would take the cores from the worker processes and from other programs.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_NO_SCREEN = (
    "There is no screen to open a window on; `twinsight scan FOLDER` works without one, and"
    " `twinsight --help` lists what else does."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed after ``twinsight``.

    Args:
        arguments: The words after the program's name; None for those of this process.

    Returns:
        The exit code.
    """
    _support_frozen_workers()
    parsed = cli.parse(arguments)
    _refuse_network()
    if parsed.command is None:
        return guarded(lambda: open_window([], parsed.catalog))
    return guarded(lambda: _run(parsed))


def window(arguments: Sequence[str] | None = None) -> int:
    """Open the window on the folders that were named; what desktops start.

    Args:
        arguments: The words after the program's name; None for those of this process.

    Returns:
        The exit code.
    """
    _support_frozen_workers()
    parsed = cli.build_window_parser().parse_args(arguments)
    _refuse_network()
    return guarded(lambda: open_window(parsed.library, parsed.catalog))


def open_window(library: Sequence[Path], catalog: Path | None) -> int:
    """Open the window and stay until it is closed.

    Args:
        library: Folders to open; none for those that the catalog knows.
        catalog: Another catalog than the user's own, or None.

    Returns:
        The exit code.
    """
    from app.display import can_open_window

    if not can_open_window():
        return _fail(_NO_SCREEN)
    try:
        from PySide6 import QtWidgets  # noqa: F401 - a system library may be missing, and only this tells
    except ImportError as error:
        return _fail(f"The window lacks a library of the system: {error}. scripts/bootstrap.sh names its package.")
    from app.application import run_window
    from core.catalog import default_catalog_path

    return run_window(list(library), catalog or default_catalog_path())


def _refuse_network() -> None:
    """Only now: --help answers without the engine."""
    from core.offline import forbid_network

    forbid_network()


def guarded(action: Callable[[], int]) -> int:
    """Run an action, turning whatever ends it into an exit code and one line on stderr."""
    _never_fail_on_a_name()
    try:
        code = action()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _fail("Interrupted. What was done is kept; the same command goes on from there.", code=130)
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from core.records import TwinsightError

        if isinstance(error, TwinsightError | OSError):
            return _fail(str(error))
        if isinstance(error, MemoryError):
            return _fail("There is not enough memory for this; try --workers 1.")
        raise


def _run(parsed: argparse.Namespace) -> int:
    from app import commands

    return commands.run(parsed)


def _fail(sentence: str, code: int = 1) -> int:
    from app.terminal import printable

    print(f"twinsight: {printable(sentence)}", file=sys.stderr)
    return code


def _never_fail_on_a_name() -> None:
    """File names may hold what the terminal's encoding cannot show; show an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _support_frozen_workers() -> None:
    """A packaged program is its own Python: started as a worker, it must work and not parse."""
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()


if __name__ == "__main__":
    sys.exit(main())
