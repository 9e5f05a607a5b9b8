"""One clean-up at a time for each catalog; the system lets go of the lock when a process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.records import ReviewError


@contextlib.contextmanager
def only_one(catalog: Path) -> Iterator[None]:
    """Hold the right to clean up.

    Args:
        catalog: The catalog's file; the lock lies beside it.

    Raises:
        ReviewError: Another clean-up or undo is at work.
    """
    with catalog.with_name(f"{catalog.name}-review.lock").open("ab") as stream:
        try:
            _take(stream)
        except OSError as error:
            raise ReviewError("Another clean-up or undo is at work; wait for it to finish.") from error
        yield


def _take(stream: BinaryIO) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        import msvcrt

        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
