"""Times the window: from a drop to what is painted, and how long its thread is ever busy with one thing.

    make bench-window                        on the sample library
    make bench-window LIBRARY=~/Pictures     on your own

The library is indexed first, unless CATALOG names a catalog that knows it. A watchdog ticks in the event loop
all the while: the longest pause between two ticks is how long the window could not have answered. Of the longest
pauses over 50 ms it says what the thread waited for, so that a busy machine can be told from a busy window.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.application import Workplace, build_application
from app.garbage import GuiGarbage
from app.settings import Settings
from app.theme import Mode, Theme
from core.samples import make_sample_library
from tests.bench.watchdog import Watchdog

_LOOK_MS = 5
_QUERIES = 10
_TOP = 20
_PAN_SECONDS = 4.0
_SCAN_SECONDS = 60.0
_LARGE = (8660, 5774)
_PATIENCE = 1800.0
_EVENTS = QEventLoop.ProcessEventsFlag.AllEvents


class PaintTimer(QObject):
    """Tells when a widget has been painted."""

    def __init__(self, widget: QWidget, painted: Callable[[], None]) -> None:
        super().__init__(widget)
        self._painted = painted
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """After this paint event, whatever is on screen is what was there to show."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._painted)
        return False


def until(done: Callable[[], bool], seconds: float = _PATIENCE) -> bool:
    """Run the event loop, which sleeps while there is nothing to do, until something holds; False if it never did."""
    waiting, look = QEventLoop(), QTimer()
    end = time.monotonic() + seconds

    def check() -> None:
        if done() or time.monotonic() > end:
            waiting.quit()

    look.timeout.connect(check)
    look.start(_LOOK_MS)
    waiting.exec()
    return done()


def drop_to_paint(workplace: Workplace, query: Path) -> tuple[float, float]:
    """Drop a picture on the window; seconds until the first matches are painted, and until the best are verified."""
    window = workplace.window
    model, viewport = window.results._model, window.results._grid.viewport()
    times: dict[str, float] = {}

    def painted() -> None:
        if window.query.current != query or not model.rowCount():
            return
        times.setdefault("first", time.perf_counter() - started)
        best = [model.match_at(row) for row in range(min(_TOP, model.rowCount()))]
        if all(match.relation is not None for match in best):
            times.setdefault("verified", time.perf_counter() - started)

    timer = PaintTimer(viewport, painted)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(query))])
    started = time.perf_counter()
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(10, 10), copy, data, left, plain))
    QApplication.sendEvent(window, QDropEvent(QPointF(10, 10), copy, data, left, plain))
    until(lambda: "verified" in times or ("first" in times and not workplace.jobs.query.running), 60)
    until(lambda: not workplace.jobs.query.running, 120)
    until(lambda: "verified" in times, 1)
    viewport.removeEventFilter(timer)
    timer.deleteLater()
    return times.get("first", float("inf")), times.get("verified", float("inf"))


def search_rows(workplace: Workplace, queries: list[Path], dog: Watchdog) -> list[tuple[str, str]]:
    """Time searches; the first one is cold and told apart."""
    dog.start()
    cold = drop_to_paint(workplace, queries[0])
    warm = [drop_to_paint(workplace, query) for query in queries[1:]]
    dog.stop()
    first, verified = ([times[place] for times in warm] for place in (0, 1))
    return [
        ("first search after the start, first matches painted", f"{cold[0]:.2f} s"),
        (f"{len(warm)} warm searches, drop to first matches painted", _spread(first)),
        (f"the same, to the best {_TOP} verified and painted", _spread(verified)),
        *thread_rows("searching", dog),
    ]


def thread_rows(doing: str, dog: Watchdog, note: str = "") -> list[tuple[str, str]]:
    """How long the window's thread was ever busy, and what it waited for in the longest pauses."""
    rows = [(f"window's thread while {doing}", dog.said() + note)]
    return rows + [("", pause.said()) for pause in dog.longest()]


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s median, {max(seconds):.2f} s worst"


def scan_rows(workplace: Workplace, dog: Watchdog, name: str) -> list[tuple[str, str]]:
    """Look for duplicates with the window open on them."""
    dog.start()
    workplace.window.find_duplicates()
    finished = until(lambda: not workplace.jobs.scan.running, _SCAN_SECONDS)
    if not finished:
        workplace.jobs.scan.cancel()
    dog.stop()
    until(lambda: False, 0.2)
    return thread_rows(name, dog, "" if finished else f" (first {_SCAN_SECONDS:.0f} s)")


def pan_rows(workplace: Workplace, folder: Path, dog: Watchdog) -> list[tuple[str, str]]:
    """Drag two pictures of 50 megapixels at 1:1, locked together, and count what is painted."""
    pair = large_pair(folder)
    window = workplace.window
    with_proof = window.compare.canvas
    window.show_page("compare")
    window.compare.show_pair(*pair)
    window.session.compare(*pair)
    until(lambda: with_proof.scene.proof is not None and None not in with_proof.scene.pictures, 120)
    with_proof.zoom_to_pixels()
    until(lambda: all(picture is not None and picture.exact for picture in with_proof.scene.pictures), 120)
    frames: list[float] = []
    timer = PaintTimer(with_proof, lambda: frames.append(time.perf_counter()))
    dog.start()
    started = time.perf_counter()
    place, way = QPointF(200, 200), QPointF(7, 4)
    send_mouse(with_proof, QEvent.Type.MouseButtonPress, place)
    while time.perf_counter() - started < _PAN_SECONDS:
        place += way
        if not 60 < place.x() < with_proof.width() - 60 or not 60 < place.y() < with_proof.height() - 60:
            way = -way
        send_mouse(with_proof, QEvent.Type.MouseMove, place)
        QApplication.processEvents(_EVENTS, 4)
    send_mouse(with_proof, QEvent.Type.MouseButtonRelease, place)
    dog.stop()
    with_proof.removeEventFilter(timer)
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(frames))
    rate = len(frames) / _PAN_SECONDS
    slow = gaps[int(0.99 * len(gaps))] if gaps else float("inf")
    return [
        ("panning two 50-megapixel pictures at 1:1", f"{rate:.0f} frames/s, 99% within {1000 * slow:.0f} ms"),
        *thread_rows("panning", dog),
    ]


def send_mouse(widget: QWidget, kind: QEvent.Type, place: QPointF) -> None:
    """One event of a mouse whose left button is down."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    down = none if kind is QEvent.Type.MouseButtonRelease else left
    there = QPointF(widget.mapToGlobal(QPoint(round(place.x()), round(place.y()))))
    QApplication.sendEvent(widget, QMouseEvent(kind, place, there, button, down, Qt.KeyboardModifier.NoModifier))


def large_pair(folder: Path) -> tuple[Path, Path]:
    """Two pictures of 50 megapixels, the second turned by a quarter."""
    import numpy as np
    from PIL import Image

    source = next(path for path in sorted(folder.rglob("*.jpg")) if path.stat().st_size > 20_000)
    with Image.open(source) as small:
        large = np.asarray(small.convert("RGB").resize(_LARGE, Image.Resampling.BICUBIC))
    noise = np.random.default_rng(1).integers(0, 24, large.shape, np.uint8)
    pixels = np.minimum(large, 231) + noise
    paths = folder.parent / "large.jpg", folder.parent / "large turned.jpg"
    Image.fromarray(pixels).save(paths[0], quality=90)
    Image.fromarray(np.ascontiguousarray(np.rot90(pixels))).save(paths[1], quality=90)
    return paths


def main(library: str = "", catalog: str = "") -> None:
    """Open the window on a library and print what was measured, as it is measured."""
    application = build_application()
    garbage = GuiGarbage(application)
    with tempfile.TemporaryDirectory(prefix="twinsight-bench-") as name:
        workshop = Path(name)
        samples = workshop / "samples"
        make_sample_library(samples)
        folder = Path(library).expanduser() if library else samples
        known = Path(catalog) if catalog else workshop / "known.db"
        for what, value in _rows(application, workshop, folder, samples, known):
            sys.stdout.write(f"{what:<64} {value}\n")
            sys.stdout.flush()
    garbage.stop()


def _rows(
    application: QApplication, workshop: Path, folder: Path, samples: Path, catalog: Path
) -> Iterator[tuple[str, str]]:
    dog = Watchdog()
    workplace = _with_library(application, workshop, folder, catalog)
    until(lambda: not workplace.jobs.scan.running)
    yield from search_rows(workplace, queries_of(workplace), dog)
    yield from pan_rows(workplace, samples, dog)
    yield from scan_rows(workplace, dog, "looking for duplicates")
    _close(workplace)
    fresh = _with_library(application, workshop, folder, workshop / "fresh.db")
    yield from scan_rows(fresh, dog, "reading a new library")
    _close(fresh)


def _with_library(application: QApplication, workshop: Path, folder: Path, catalog: Path) -> Workplace:
    workplace = opened(application, workshop, catalog)
    workplace.libraries.add([folder])
    until(lambda: bool(workplace.libraries.scope), 60)
    return workplace


def _close(workplace: Workplace) -> None:
    workplace.window.close()
    workplace.shutdown()


def opened(application: QApplication, workshop: Path, catalog: Path) -> Workplace:
    """The whole window on a catalog."""
    workplace = Workplace(
        catalog, Settings(workshop / "window.ini"), Theme(application, Mode.LIGHT), workshop / "cache"
    )
    workplace.window.resize(1600, 1000)
    workplace.window.show()
    return workplace


def queries_of(workplace: Workplace) -> list[Path]:
    """Pictures of the library, spread over it."""
    from core.catalog import Catalog

    with Catalog(workplace.jobs.catalog_path) as catalog:
        records = catalog.records(workplace.libraries.scope)
    step = max(1, len(records) // (_QUERIES + 1))
    return [record.path for record in records[::step]][: _QUERIES + 1]


if __name__ == "__main__":
    main(*sys.argv[1:])
