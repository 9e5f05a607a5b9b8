"""The background half of the thumbnail service: a queue of requests and the thread that serves them.

The thread owns the worker processes and the files on disk; it never touches a widget. What it has loaded goes
out through a callback.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from app.thumbnail_cache import ThumbnailFiles
from app.thumbnail_worker import make_thumbnail
from core.records import ImageError, TwinsightError
from core.workers import Outcome, WorkerTeam

_LOG = logging.getLogger(__name__)
_SECONDS_PER_PICTURE = 30.0
_POLL = 0.02
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Request:
    """One wanted picture.

    Attributes:
        key: Under which the result is delivered.
        content: Hex digest that names the file on disk, or "" where none must be kept.
        path: The picture.
        side: Long side of the result in pixels.
        batch: Requests of a later batch go first; within a batch they go in order.
    """

    key: str
    content: str
    path: Path
    side: int
    batch: int

    @property
    def can_be_kept(self) -> bool:
        """Whether the content is a digest, and so a safe file name."""
        return bool(self.content) and _HEX.issuperset(self.content.lower())


@dataclass(frozen=True, slots=True)
class Loaded:
    """The answer to a request: an image, or the reason why there is none."""

    request: Request
    image: QImage | None
    reason: str | None = None


class RequestQueue:
    """The newest batch first, in the order it was asked; bounded, so that what scrolled by is forgotten."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[str, Request] = {}
        self._taken: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, request: Request) -> None:
        """Ask for a picture, or ask again: a repeated request moves to the newest batch."""
        with self._changed:
            if self._closed or request.key in self._taken:
                return
            self._waiting.pop(request.key, None)
            self._waiting[request.key] = request
            while len(self._waiting) > self._limit:
                self._waiting.pop(next(iter(self._waiting)))
            self._changed.notify()

    def take(self, wait: bool) -> Request | None:
        """The next request; None when there is none (or, having waited, when the queue was closed)."""
        with self._changed:
            while wait and not self._waiting and not self._closed:
                self._changed.wait()
            if self._closed or not self._waiting:
                return None
            # A batch is what one repaint asked for: its rows should fill from the top.
            newest = next(reversed(self._waiting.values())).batch
            key = next(key for key, request in self._waiting.items() if request.batch == newest)
            self._taken.add(key)
            return self._waiting.pop(key)

    def done(self, keys: Iterable[str]) -> None:
        """These have been answered; until then, asking again for what was taken does nothing."""
        with self._changed:
            self._taken.difference_update(keys)

    def close(self) -> None:
        """Forget everything and release whoever waits."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the service is going down."""
        return self._closed

    def __len__(self) -> int:
        return len(self._waiting)


class LoaderThread(threading.Thread):
    """Serves a queue until it is closed.

    Args:
        queue: Where requests come from.
        deliver: Called in this thread with each result.
        processes: Worker processes, started when the first picture has to be decoded.
        files: Thumbnails kept from earlier runs, or None.
    """

    def __init__(
        self,
        queue: RequestQueue,
        deliver: Callable[[Loaded], None],
        processes: int,
        files: ThumbnailFiles | None,
    ) -> None:
        super().__init__(name="thumbnails", daemon=True)
        self._queue = queue
        self._deliver = deliver
        self._processes = processes
        self._files = files
        self._team: WorkerTeam[bytes] | None = None
        self._decoding: dict[str, Request] = {}
        self._broken: str | None = None

    def run(self) -> None:
        """Alternate between handing out requests and collecting results."""
        try:
            if self._files is not None:
                self._files.prune()
            while not self._queue.closed:
                self._fill()
                self._collect()
        finally:
            if self._team is not None:
                self._team.close()

    def _fill(self) -> None:
        """Keep every process busy with one more at hand; wait only when nothing is being decoded."""
        while len(self._decoding) <= self._processes:
            request = self._queue.take(wait=not self._decoding)
            if request is None:
                return
            if not self._serve_from_disk(request):
                self._decode(request)

    def _serve_from_disk(self, request: Request) -> bool:
        if self._files is None or not request.can_be_kept:
            return False
        data = self._files.read(request.content, request.side)
        image = None if data is None else _unpack(data)
        if image is None:
            return False
        self._deliver(Loaded(request, image))
        return True

    def _decode(self, request: Request) -> None:
        if self._broken is not None:
            self._deliver(Loaded(request, None, self._broken))
            return
        if self._team is None:
            self._team = WorkerTeam(make_thumbnail, self._processes, _SECONDS_PER_PICTURE)
        self._decoding[request.key] = request
        self._team.submit(request.key, request.path, request.side)

    def _collect(self) -> None:
        """Deliver what is decoded; a short wait, so that new requests and closing are soon noticed."""
        if self._team is None or not self._decoding:
            return
        try:
            outcomes = self._team.collect(timeout=_POLL)
        except TwinsightError as error:
            self._give_up(str(error))
            return
        for outcome in outcomes:
            request = self._decoding.pop(str(outcome.key), None)
            if request is not None:
                self._deliver(self._loaded(request, outcome))

    def _give_up(self, reason: str) -> None:
        """No process can be started: say so for every picture, instead of loading for ever."""
        self._broken = reason
        for request in self._decoding.values():
            self._deliver(Loaded(request, None, reason))
        self._decoding.clear()

    def _loaded(self, request: Request, outcome: Outcome[bytes]) -> Loaded:
        if outcome.value is None:
            error = outcome.error
            return Loaded(request, None, _reason(error, request.path))
        image = _unpack(outcome.value)
        if image is None:
            return Loaded(request, None, "its thumbnail is damaged")
        if self._files is not None and request.can_be_kept:
            self._files.write(request.content, request.side, outcome.value)
        return Loaded(request, image)


def _reason(error: ImageError | None, path: Path) -> str:
    if error is None:
        return "it cannot be read"
    _LOG.debug("No thumbnail for %s: %s", path, error.reason)
    return error.reason


def _unpack(data: bytes) -> QImage | None:
    """A packed thumbnail as an image that paints without conversion, or None when it is damaged."""
    image = QImage.fromData(data)
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB32)
