"""Thumbnails for every view: asked for by record, delivered later, remembered within bounds.

A view asks while it paints. What is in memory comes back at once; anything else is queued, newest first, and
announced with ``ready`` when it is there. Decoding happens in a worker process, so a file that crashes or
hangs a decoder costs one placeholder and nothing else.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app.thumbnail_cache import ThumbnailFiles, default_cache_folder
from app.thumbnail_loader import Loaded, LoaderThread, Request, RequestQueue
from core.records import ImageRecord

__all__ = ["ThumbnailService", "default_cache_folder", "key_of"]

_MEMORY_LIMIT = 192 << 20
_WAITING_LIMIT = 400
_FAILURE_LIMIT = 10_000
_COALESCE_MS = 40
_JOIN_SECONDS = 3.0


def key_of(record: ImageRecord) -> str:
    """What the thumbnail of a record goes by: its content, or its path where the content is not known."""
    return record.content or str(record.path)


class ImageMemory:
    """Images by key, the most recently used ones, bounded in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._images: OrderedDict[str, QImage] = OrderedDict()
        self.bytes = 0

    def get(self, key: str) -> QImage | None:
        """The image, which now counts as the most recently used, or None."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def put(self, key: str, image: QImage) -> None:
        """Keep an image; the ones used longest ago make room. The newest always stays."""
        self.forget(key)
        self._images[key] = image
        self.bytes += image.sizeInBytes()
        while self.bytes > self._limit and len(self._images) > 1:
            _, gone = self._images.popitem(last=False)
            self.bytes -= gone.sizeInBytes()

    def forget(self, key: str) -> None:
        """Drop one image, if it is there."""
        gone = self._images.pop(key, None)
        if gone is not None:
            self.bytes -= gone.sizeInBytes()

    def __contains__(self, key: str) -> bool:
        return key in self._images

    def __len__(self) -> int:
        return len(self._images)


class ThumbnailService(QObject):
    """Gives small upright pictures of records; to be used in the GUI thread.

    Args:
        parent: The Qt owner.
        side: The long side of a thumbnail in pixels.
        processes: How many worker processes decode.
        cache_folder: Where thumbnails outlive the application (see ``default_cache_folder``); None keeps them
            in memory only.

    Signals:
        ready(list): Keys whose picture, or failure, is now known; at most one signal every 40 ms.
    """

    ready = Signal(list)
    _arrived = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        side: int = 320,
        processes: int = 1,
        cache_folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._side = side
        self._memory = ImageMemory(_MEMORY_LIMIT)
        self._failures: OrderedDict[str, tuple[str, set[Path]]] = OrderedDict()
        self._versions: dict[str, tuple[float, int]] = {}
        self._batch = 0
        self._batch_open = False
        self._loaded: list[Loaded] = []
        self._lock = threading.Lock()
        self._announce = QTimer(self, singleShot=True, interval=_COALESCE_MS)
        self._announce.timeout.connect(self._take_over)
        self._arrived.connect(self._announce_soon)
        self._queue = RequestQueue(_WAITING_LIMIT)
        files = None if cache_folder is None else ThumbnailFiles(cache_folder)
        self._loader = LoaderThread(self._queue, self._deliver, processes, files)
        self._loader.start()
        self.destroyed.connect(self._queue.close)

    @property
    def side(self) -> int:
        """The long side of a thumbnail in pixels."""
        return self._side

    def request(self, record: ImageRecord) -> QImage | None:
        """The thumbnail of a record, or None; then ``ready`` tells when asking again is worth it."""
        return self._ask(key_of(record), record, self._side, record.content)

    def request_large(self, record: ImageRecord, side: int) -> QImage | None:
        """A larger picture by the same rules; announced under ``large_key``, kept in memory only."""
        return self._ask(self.large_key(record, side), record, side, "")

    @staticmethod
    def large_key(record: ImageRecord, side: int) -> str:
        """What ``ready`` announces a larger picture by."""
        return f"{key_of(record)}@{side}"

    def failed(self, key: str) -> str | None:
        """Why there is no picture for a key, or None when there is one or nothing is known yet."""
        failure = self._failures.get(key)
        return None if failure is None else failure[0]

    def forget_failures(self) -> None:
        """Try again what could not be read: a drive may be back, a file may be mended."""
        self._failures.clear()

    def shutdown(self) -> None:
        """Stop the thread and its processes; nothing is announced afterwards."""
        self._announce.stop()
        self._queue.close()
        if self._loader.is_alive():
            self._loader.join(_JOIN_SECONDS)

    def _ask(self, key: str, record: ImageRecord, side: int, content: str) -> QImage | None:
        if not record.content:
            self._forget_older_version(key, record)
        image = self._memory.get(key)
        if image is None and not self._queue.closed and not self._has_failed(key, record.path):
            self._queue.put(Request(key, content, record.path, side, self._current_batch()))
        return image

    def _forget_older_version(self, key: str, record: ImageRecord) -> None:
        """A path may show another picture today; a content never does."""
        version = (record.modified, record.size)
        if self._versions.setdefault(key, version) != version:
            self._versions[key] = version
            self._memory.forget(key)
            self._failures.pop(key, None)

    def _has_failed(self, key: str, path: Path) -> bool:
        """Whether this very file has failed; another copy of the same content may still be readable."""
        failure = self._failures.get(key)
        return failure is not None and path in failure[1]

    def _current_batch(self) -> int:
        """One number for all requests until the event loop turns, so that one repaint is one batch."""
        if not self._batch_open:
            self._batch_open = True
            self._batch += 1
            QTimer.singleShot(0, self, self._close_batch)
        return self._batch

    @Slot()
    def _close_batch(self) -> None:
        self._batch_open = False

    def _deliver(self, loaded: Loaded) -> None:
        """Called in the loader's thread: one queued signal wakes the GUI thread for many results."""
        with self._lock:
            self._loaded.append(loaded)
            first = len(self._loaded) == 1
        if first and not self._queue.closed:
            self._arrived.emit()

    @Slot()
    def _announce_soon(self) -> None:
        """A wake-up may still be on its way when the service has been shut down."""
        if not self._queue.closed:
            self._announce.start()

    @Slot()
    def _take_over(self) -> None:
        with self._lock:
            loaded, self._loaded = self._loaded, []
        for one in loaded:
            self._remember(one)
        keys = [one.request.key for one in loaded]
        self._queue.done(keys)
        self.ready.emit(keys)

    def _remember(self, loaded: Loaded) -> None:
        key = loaded.request.key
        if loaded.image is not None:
            self._memory.put(key, loaded.image)
            self._failures.pop(key, None)
            return
        _, paths = self._failures.get(key, ("", set()))
        self._failures[key] = (loaded.reason or "", paths | {loaded.request.path})
        while len(self._failures) > _FAILURE_LIMIT:
            self._failures.popitem(last=False)
