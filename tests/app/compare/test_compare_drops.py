"""Pictures dropped or pasted on the Compare page become the pair that is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.compare_scene import Mode
from app.engine import Engine
from app.window import Window
from core.catalog import Catalog
from core.events import Done, Event, MatchFound, Summary
from core.records import Evidence, ImageRecord, Match, Relation

COPY, LEFT, KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Files = Sequence[Path]


def index(catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
    catalog.mark_indexed(library)
    yield Done(Summary(0, (), 0, 0.1))


def compare(first: Path, second: Path) -> Iterator[Event]:
    record = ImageRecord(second, "", 48, 48, 1000, 0.0, "PNG")
    yield MatchFound(first, Match(record, 0.9, Relation.EDITED, Evidence(homography=np.eye(3)), "edited"))
    yield Done(Summary(2, (), 2, 0.1))


@pytest.fixture
def window(make_workplace: Callable[..., Workplace]) -> Window:
    """The window, open on an empty Compare page."""
    window = make_workplace(Engine(index=index, compare=compare)).window
    window.show_page("compare")
    return window


@pytest.fixture
def pictures(make_picture: Callable[..., Path], tmp_path: Path) -> Files:
    colours = ("red", "green", "blue", "black")
    return [make_picture(f"{colour}.png", colour, tmp_path / "pictures") for colour in colours]


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def pixels(colour: Qt.GlobalColor = Qt.GlobalColor.cyan) -> QMimeData:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(colour)
    data = QMimeData()
    data.setImageData(image)
    return data


def place_of(window: Window, side: int) -> QPoint:
    """A position on the page, on the picture of a side or on that half of it."""
    page, scene = window.compare, window.compare.canvas.scene
    if page.canvas.isVisible() and not scene.mode.overlaid:
        return page.canvas.mapTo(page, scene.area(side).center().toPoint())
    return QPoint(page.width() * (1 + 2 * side) // 4, page.height() // 2)


def drag(window: Window, data: QMimeData, side: int) -> bool:
    """Drag over the page; whether it would take a drop."""
    place = place_of(window, side)
    enter = QDragEnterEvent(place, COPY, data, LEFT, KEYS)
    enter.setAccepted(False)
    QApplication.sendEvent(window.compare, enter)
    move = QDragMoveEvent(place, COPY, data, LEFT, KEYS)
    move.setAccepted(False)
    QApplication.sendEvent(window.compare, move)
    return move.isAccepted()


def drop(window: Window, data: QMimeData, side: int = 0) -> None:
    assert drag(window, data, side)
    event = QDropEvent(QPointF(place_of(window, side)), COPY, data, LEFT, KEYS)
    QApplication.sendEvent(window.compare, event)
    assert event.isAccepted()


def names(window: Window) -> list[str]:
    return window.compare.canvas.scene.names


@pytest.fixture
def on_show(qtbot: QtBot, window: Window, pictures: Files) -> None:
    """Red and green are compared."""
    with qtbot.waitSignal(window.session.pair_compared):
        drop(window, urls(*pictures[:2]))
    qtbot.waitUntil(lambda: window.compare.canvas.scene.proof is not None)


def test_two_pictures_are_compared(qtbot: QtBot, window: Window, pictures: Files, on_show: None) -> None:
    assert names(window) == ["red.png", "green.png"]
    assert window.compare.header.title.text() == "Edited"
    assert window.page == "compare"


@pytest.mark.parametrize(("side", "wanted"), [(0, ["blue.png", "green.png"]), (1, ["red.png", "blue.png"])])
@pytest.mark.parametrize("mode", [Mode.LINES, Mode.BLEND, Mode.INSPECT])
def test_one_takes_the_place_of_the_one_under_the_pointer(
    qtbot: QtBot, window: Window, pictures: Files, on_show: None, mode: Mode, side: int, wanted: list[str]
) -> None:
    window.compare.set_mode(mode)
    with qtbot.waitSignal(window.session.pair_compared):
        drop(window, urls(pictures[2]), side)
    assert names(window) == wanted


def test_after_swapping_the_side_that_is_seen_counts(
    qtbot: QtBot, window: Window, pictures: Files, on_show: None
) -> None:
    window.compare.swap()
    with qtbot.waitSignal(window.session.pair_compared):
        drop(window, urls(pictures[2]), 0)
    assert names(window) == ["blue.png", "red.png"]


def test_the_first_of_all_waits_for_another(qtbot: QtBot, window: Window, pictures: Files) -> None:
    page = window.compare
    drop(window, urls(pictures[0]), 1)
    qtbot.waitUntil(lambda: page.waiting == "red.png is here, the other one is missing")
    with qtbot.waitSignal(window.session.pair_compared):
        drop(window, urls(pictures[1]), 1)
    assert names(window) == ["green.png", "red.png"]


def test_bare_pixels_are_compared_too(qtbot: QtBot, window: Window, pictures: Files, on_show: None) -> None:
    with qtbot.waitSignal(window.session.pair_compared):
        drop(window, pixels(), 1)
    assert names(window)[0] == "red.png" and names(window)[1].startswith("pasted-")


def test_the_page_says_what_dropping_would_do(window: Window, pictures: Files, on_show: None) -> None:
    overlay = window.compare.drops.overlay
    drag(window, urls(pictures[2]), 1)
    assert overlay.isVisible() and overlay.text == "Compare with red.png"
    assert overlay.geometry().left() > window.compare.width() // 2 - 20
    drag(window, urls(pictures[2]), 0)
    assert overlay.text == "Compare with green.png" and overlay.geometry().right() < window.compare.width() // 2 + 20
    drag(window, urls(*pictures[2:4]), 0)
    assert overlay.text == "Compare these two pictures"
    assert not window.compare.grab().isNull()
    QApplication.sendEvent(window.compare, QDragLeaveEvent())
    assert not overlay.isVisible()


def test_folders_and_many_pictures_are_left_to_the_window(window: Window, pictures: Files) -> None:
    assert not drag(window, urls(*pictures[:3]), 0)
    assert not drag(window, urls(pictures[0].parent), 0)
    assert not window.compare.drops.overlay.isVisible()


def test_a_drag_reaches_the_page_through_what_lies_on_it(window: Window, on_show: None) -> None:
    page = window.compare
    for widget in [page, *page.findChildren(QWidget)]:
        assert widget is page or not widget.acceptDrops(), widget


def paste(window: Window, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    window.actions_by_name["paste"].trigger()


def test_pasting_two_paths_compares_them(qtbot: QtBot, window: Window, pictures: Files) -> None:
    data = QMimeData()
    data.setText("\n".join(map(str, pictures[:2])))
    with qtbot.waitSignal(window.session.pair_compared):
        paste(window, data)
    assert names(window) == ["red.png", "green.png"]


def test_pasting_one_replaces_the_side_that_was_pointed_at(
    qtbot: QtBot, window: Window, pictures: Files, on_show: None
) -> None:
    canvas = window.compare.canvas
    qtbot.mouseMove(canvas, canvas.scene.area(1).center().toPoint())
    with qtbot.waitSignal(window.session.pair_compared):
        paste(window, pixels())
    assert names(window)[0] == "red.png" and names(window)[1].startswith("pasted-")


def test_pasting_a_path_that_is_not_there_says_so(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    data = QMimeData()
    data.setText(str(tmp_path / "missing.png"))
    with qtbot.waitSignal(window.session.said) as said:
        paste(window, data)
    assert said.args == [f"There is no file {tmp_path / 'missing.png'}"]


def test_pictures_can_be_chosen(qtbot: QtBot, window: Window, pictures: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path) for path in pictures[2:4]], ""))
    with qtbot.waitSignal(window.session.pair_compared):
        window.compare.browse_requested.emit()
    assert names(window) == ["blue.png", "black.png"]


def test_what_is_dropped_is_a_walk_of_one(window: Window, on_show: None) -> None:
    buttons = window.compare.header.buttons
    assert not buttons["next"].isEnabled() and not buttons["previous"].isEnabled()
