"""Notices that something has changed below library folders.

What exactly changed is not relied upon: systems lose such messages. Whatever is said is only the reason to look again,
which costs a walk through the folder and reads nothing that is known.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.images import EXTENSIONS
from core.volumes import is_on_network

logger = logging.getLogger(__name__)

_STEP_MS = 100
_LOOK_MS = 500


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How to watch.

    Attributes:
        quiet: Seconds in which changes are gathered before they are told, so that copying a thousand files is told
            once.
        poll: Seconds between two looks at folders on network drives, which announce nothing, and at all folders
            where the system can watch no more of them.
        network: Whether a folder is to be polled; None to ask the system.
    """

    quiet: float = 2.0
    poll: float = 60.0
    network: bool | None = None


def watch(
    folders: Sequence[Path], stop: threading.Event, options: WatchOptions | None = None
) -> Iterator[tuple[Path, ...]]:
    """Wait for changes and say below which of the folders they are.

    Args:
        folders: Library folders, as ``core.scanning.resolve_library`` returns them.
        stop: Set by another thread to end this within half a second.
        options: How to watch.

    Yields:
        The folders to look at again; an empty tuple about twice a second in which nothing happened, so that the
        caller has its turn.
    """
    options = options or WatchOptions()
    polled = [folder for folder in folders if _is_polled(folder, options)]
    local = [folder for folder in folders if folder not in polled]
    due = time.monotonic() + options.poll
    gathered: dict[Path, float] = {}
    for paths in _announced(local, polled, stop):
        now = time.monotonic()
        if now >= due:
            gathered.update(dict.fromkeys(polled, 0.0))
            due = now + options.poll
        for folder in _below(local, paths):
            gathered.setdefault(folder, now)
        ripe = tuple(folder for folder, since in gathered.items() if now - since >= options.quiet)
        for folder in ripe:
            del gathered[folder]
        yield ripe


def _is_polled(folder: Path, options: WatchOptions) -> bool:
    return is_on_network(folder) if options.network is None else options.network


def _announced(local: list[Path], polled: list[Path], stop: threading.Event) -> Iterator[set[str]]:
    """The paths that the system announces, by and by; folders that it cannot watch are moved to ``polled``."""
    import watchfiles

    there = [folder for folder in local if folder.is_dir()]
    if there:
        try:
            for changes in watchfiles.watch(
                *there,
                watch_filter=None,
                debounce=_LOOK_MS,
                step=_STEP_MS,
                stop_event=stop,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                force_polling=False,
                ignore_permission_denied=True,
            ):
                yield {path for _, path in changes}
        except (OSError, RuntimeError) as error:
            # The system watches only so many folders, and loses those whose drive goes.
            logger.warning("Looking at folders from time to time instead of watching them: %s", error)
    polled += [folder for folder in local if folder not in polled]
    while not stop.wait(_LOOK_MS / 1000):
        yield set()


def _below(folders: Iterable[Path], paths: set[str]) -> set[Path]:
    """The folders in which a picture, or something that may be a folder of pictures, has changed."""
    changed: set[Path] = set()
    for text in paths:
        name, extension = os.path.splitext(os.path.basename(text))  # noqa: PTH119, PTH122 - a Path per name is slow
        if name.startswith(".") or (extension and extension.lower() not in EXTENSIONS and not Path(text).is_dir()):
            continue
        changed.update(folder for folder in folders if Path(text).is_relative_to(folder))
    return changed
