"""Watches library folders for the window, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.watching import WatchOptions, watch

_LOG = logging.getLogger(__name__)
_JOIN_SECONDS = 3.0


class Watcher(QObject):
    """Says below which folders something has changed.

    Args:
        options: How to watch; for tests.
        parent: The Qt owner.

    Signals:
        changed(list): Folders to look at again.
    """

    changed = Signal(list)

    def __init__(self, options: WatchOptions | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._folders: tuple[Path, ...] = ()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Watch these folders from now on, and no others."""
        wanted = tuple(sorted(folders))
        if wanted == self._folders:
            return
        self._folders = wanted
        # The thread before ends by itself, half a second later; nobody waits for it here.
        self._stop.set()
        if wanted:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(wanted, self._stop), name="watcher", daemon=True)
            self._thread.start()

    def shutdown(self) -> None:
        """Watch nothing any more, and wait for the thread."""
        self._folders = ()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)

    def _run(self, folders: tuple[Path, ...], stop: threading.Event) -> None:
        try:
            for found in watch(folders, stop, self._options):
                if found and not stop.is_set():
                    self.changed.emit(list(found))
        except (OSError, RuntimeError):  # of the system, of watchfiles' own, and of Qt where this is gone
            _LOG.exception("Folders are not watched any more")
