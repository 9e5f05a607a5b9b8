"""The compare page's one background thread: it has pictures decoded, and works on them, off the GUI thread.

Decoding itself happens in worker processes, where a file that crashes or hangs a decoder does no harm.
What is ready goes out through a callback; the thread never touches a widget.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.pyramid import Pyramid
from core.geometry import Size
from core.records import TwinsightError
from core.workers import Outcome

SCREEN_SIDE = 2048
"""Long side in pixels of what is shown first."""

MOST_PIXELS = 120_000_000
"""A larger picture is shown at this many pixels at most, so that two of them fit in memory."""

_LOG = logging.getLogger(__name__)
_POLL = 0.05
_REMEMBERED = 4

Pair = tuple[Pyramid, Pyramid]
FileState = tuple[Path, int, int]


class Decoded(Protocol):
    """What a decoder returns; :class:`core.images.Picture` is one."""

    pixels: object
    width: int
    height: int


class Team(Protocol):
    """What a :class:`core.workers.WorkerTeam` of :func:`core.images.load` offers."""

    @property
    def pending(self) -> int:
        """Tasks not collected yet."""

    def submit(self, key: Hashable, *arguments: object) -> None:
        """Hands in a picture to load."""

    def collect(self, timeout: float | None = None) -> list[Outcome[object]]:
        """What has finished; waits for the first."""

    def cancel_waiting(self) -> list[Hashable]:
        """Forgets what has not started."""


MakeTeam = Callable[[], AbstractContextManager[Team]]


@dataclass(frozen=True, slots=True)
class Open:
    """Asks for two pictures at screen size, or for none; everything of an earlier ticket is dropped."""

    ticket: int
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Sharpen:
    """Asks for one of the open pictures at full size."""

    ticket: int
    side: int


@dataclass(frozen=True, slots=True)
class Work:
    """Asks for something to be computed of the two open pictures."""

    ticket: int
    name: str
    task: Callable[[Pair], object]


Request = Open | Sharpen | Work


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What became of a request.

    Attributes:
        ticket: Of the request.
        kind: "picture" or the name of the work.
        side: Of the picture, 0 or 1.
        value: A Pyramid, or what the work returned.
        error: Why there is none, or None.
    """

    ticket: int
    kind: str
    side: int = 0
    value: object = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    ticket: int
    side: int
    full: bool
    state: FileState | None


class PairLoader(threading.Thread):
    """Serves requests until it is told to stop."""

    def __init__(self, make_team: MakeTeam, deliver: Callable[[Answer], None]) -> None:
        """Prepares the thread; call ``start()``.

        Args:
            make_team: Makes the decoding team; called in this thread when the first picture is wanted.
            deliver: Receives every answer, in this thread.
        """
        super().__init__(name="compare-pictures", daemon=True)
        self._make_team = make_team
        self._deliver = deliver
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._ticket = 0
        self._paths: tuple[Path, ...] = ()
        self._pictures: dict[int, Pyramid] = {}
        self._waiting: list[Work] = []
        self._remembered: OrderedDict[FileState, Pyramid] = OrderedDict()

    def ask(self, request: Request) -> None:
        """Queues a request; from any thread."""
        self._requests.put(request)

    def stop(self) -> None:
        """Ends the thread after what it does now; from any thread."""
        self._requests.put(None)

    def run(self) -> None:
        """Waits for requests and for decoded pictures."""
        first = self._requests.get()
        if first is None:
            return
        try:
            with self._make_team() as team:
                self._handle(team, first)
                while self._serve(team):
                    pass
        except TwinsightError as error:
            _LOG.error("the compare page cannot read pictures: %s", error)
            for side in (0, 1):
                self._deliver(Answer(self._ticket, "picture", side, error=str(error)))

    def _serve(self, team: Team) -> bool:
        """One round; False when told to stop."""
        try:
            request = self._requests.get_nowait() if team.pending else self._requests.get()
        except queue.Empty:
            for outcome in team.collect(_POLL):
                self._take(outcome)
            return True
        if request is None:
            return False
        self._handle(team, request)
        return True

    def _handle(self, team: Team, request: Request) -> None:
        if isinstance(request, Open):
            self._open(team, request)
        elif request.ticket != self._ticket:
            return
        elif isinstance(request, Sharpen):
            self._sharpen(team, request.side)
        else:
            self._waiting = [work for work in self._waiting if work.name != request.name] + [request]
            self._work()

    def _open(self, team: Team, request: Open) -> None:
        team.cancel_waiting()
        self._ticket, self._paths = request.ticket, request.paths
        self._pictures.clear()
        self._waiting.clear()
        for side, path in enumerate(request.paths):
            state = _state(path)
            known = self._remembered.get(state) if state else None
            if state is not None and known is not None:
                self._remembered.move_to_end(state)
                self._keep(side, known)
            else:
                team.submit(_Key(request.ticket, side, False, state), path, SCREEN_SIDE)

    def _sharpen(self, team: Team, side: int) -> None:
        picture = self._pictures.get(side)
        if picture is not None and not picture.exact:
            key = _Key(self._ticket, side, True, None)
            team.submit(key, self._paths[side], _full_side(picture.size))

    def _take(self, outcome: Outcome[object]) -> None:
        key = outcome.key
        if not isinstance(key, _Key) or key.ticket != self._ticket:
            return
        if outcome.error is not None or outcome.value is None:
            self._fail(key, outcome.error.reason if outcome.error else "cannot be read")
            return
        decoded = outcome.value
        size = (decoded.width, decoded.height)  # type: ignore[attr-defined]  # a core.images.Picture
        picture = Pyramid.of(decoded.pixels, size)  # type: ignore[attr-defined]
        if key.state is not None:
            self._remember(key.state, picture)
        self._keep(key.side, picture)

    def _fail(self, key: _Key, reason: str) -> None:
        if key.full:
            _LOG.warning("no full-size picture to zoom into: %s", reason)
        else:
            self._deliver(Answer(key.ticket, "picture", key.side, error=reason))

    def _keep(self, side: int, picture: Pyramid) -> None:
        self._pictures[side] = picture
        self._deliver(Answer(self._ticket, "picture", side, picture))
        self._work()

    def _work(self) -> None:
        """Does what was asked as soon as both pictures are there."""
        if len(self._pictures) < 2:
            return
        ready, self._waiting = self._waiting, []
        for work in ready:
            self._deliver(_done(work, (self._pictures[0], self._pictures[1])))

    def _remember(self, state: FileState, picture: Pyramid) -> None:
        self._remembered[state] = picture
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)


def _done(work: Work, pair: Pair) -> Answer:
    try:
        return Answer(work.ticket, work.name, value=work.task(pair))
    except (TwinsightError, OSError, ValueError) as error:
        return Answer(work.ticket, work.name, error=str(error))
    except Exception:
        # A bug must not end the thread that every later picture depends on.
        _LOG.exception("%s failed", work.name)
        return Answer(work.ticket, work.name, error="unexpected error, see the log")


def _state(path: Path) -> FileState | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return path, facts.st_mtime_ns, facts.st_size


def _full_side(size: Size) -> int | None:
    """The long side to decode at: None for all of it."""
    pixels = size[0] * size[1]
    return None if pixels <= MOST_PIXELS else int(max(size) * (MOST_PIXELS / pixels) ** 0.5)
