"""The library panel: what it says of each folder, and every way to add, remove and use one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.intake import HandOver
from app.libraries import Library
from app.library_model import LibraryDelegate
from app.library_view import LibraryView
from core.catalog import LibraryInfo

LEFT = Qt.MouseButton.LeftButton


def library(
    folder: str = "/photos/Camera",
    images: int = 12_431,
    indexed: float | None = 1_700_000_000.0,
    skipped: int = 0,
    protected: bool = False,
    missing: bool = False,
    used: bool = True,
) -> Library:
    info = LibraryInfo(Path(folder), images, 3 << 30, skipped, indexed, protected)
    return Library(info, missing, used)


@pytest.fixture
def view(qtbot: QtBot) -> LibraryView:
    view = LibraryView()
    qtbot.addWidget(view)
    view.resize(240, 500)
    view.show()
    return view


def said(view: LibraryView, row: int = 0) -> str:
    text = view.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
    assert isinstance(text, str)
    return text


def drop(view: LibraryView, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where = QPoint(50, 50)
    buttons, keys = LEFT, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(view, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(view, QDropEvent(QPointF(where), Qt.DropAction.CopyAction, data, buttons, keys))


def test_without_folders_it_invites_to_add_one(view: LibraryView, qtbot: QtBot) -> None:
    assert view.empty.isVisible()
    assert "Drop a folder here" in view.empty.sentence
    with qtbot.waitSignal(view.add_requested):
        qtbot.mouseClick(view.empty.button, LEFT)


def test_a_folder_says_its_counts_bytes_and_date(view: LibraryView) -> None:
    view.set_libraries([library()])
    assert view.list.isVisible()
    assert "12,431 pictures" in said(view)
    assert "3.0 GiB" in said(view)
    assert "Indexed" in said(view)


def test_a_folder_indexed_today_says_the_time(view: LibraryView) -> None:
    view.set_libraries([library(indexed=time.time())])
    assert ":" in view.model.when(library(indexed=time.time()))
    assert ":" not in view.model.when(library())


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (library(images=0, indexed=None), "Not indexed yet"),
        (library(missing=True), "Folder not found"),
        (library(protected=True), "Protected"),
        (library(used=False), "Left out"),
        (library(skipped=3), "3 skipped"),
    ],
)
def test_what_is_special_about_a_folder_is_said_in_words(view: LibraryView, shown: Library, expected: str) -> None:
    view.set_libraries([shown])
    assert expected in said(view)
    assert expected in view.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_while_a_folder_is_indexed_it_says_so(view: LibraryView) -> None:
    view.set_libraries([library(images=0, indexed=None)])
    view.set_indexing([Path("/photos/Camera")])
    assert "Indexing" in said(view)
    view.set_indexing([])
    assert "Indexing" not in said(view)


def test_new_figures_leave_the_selection_alone(view: LibraryView) -> None:
    view.set_libraries([library("/a"), library("/b")])
    view.list.setCurrentIndex(view.model.index(1))
    view.set_libraries([library("/a"), library("/b", images=5)])
    assert view.current == Path("/b")
    view.set_libraries([library("/b"), library("/c")])
    assert view.current == Path("/b")


def test_folders_dropped_on_it_are_handed_over(view: LibraryView, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.dropped) as dropped:
        drop(view, tmp_path)
    assert dropped.args == [HandOver((tmp_path,))]


def test_a_click_on_the_tick_leaves_a_folder_out(view: LibraryView, qtbot: QtBot) -> None:
    view.set_libraries([library()])
    row = view.list.visualRect(view.model.index(0))
    with qtbot.waitSignal(view.use_requested) as asked:
        qtbot.mouseClick(view.list.viewport(), LEFT, pos=LibraryDelegate.box_rect(row).center())
    assert asked.args == [Path("/photos/Camera"), False]
    # A click beside the tick only selects.
    with qtbot.assertNotEmitted(view.use_requested):
        qtbot.mouseClick(view.list.viewport(), LEFT, pos=row.center())
    assert view.current == Path("/photos/Camera")


def test_space_ticks_the_selected_folder(view: LibraryView, qtbot: QtBot) -> None:
    view.set_libraries([library(used=False)])
    view.list.setCurrentIndex(view.model.index(0))
    with qtbot.waitSignal(view.use_requested) as asked:
        qtbot.keyClick(view.list, Qt.Key.Key_Space)
    assert asked.args == [Path("/photos/Camera"), True]


def test_delete_asks_to_forget_the_selected_folder(view: LibraryView, qtbot: QtBot) -> None:
    view.set_libraries([library()])
    view.list.setCurrentIndex(view.model.index(0))
    with qtbot.waitSignal(view.remove_requested) as asked:
        qtbot.keyClick(view.list, Qt.Key.Key_Delete)
    assert asked.args == [Path("/photos/Camera")]


def trigger(menu: QMenu, part: str) -> None:
    next(action for action in menu.actions() if part in action.text()).trigger()


@pytest.mark.parametrize(
    ("part", "signal"),
    [
        ("new and changed", "rescan_requested"),
        ("Remove", "remove_requested"),
        ("skipped", "skipped_requested"),
    ],
)
def test_the_menu_asks_for_what_it_says(view: LibraryView, qtbot: QtBot, part: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(view, signal)) as asked:
        trigger(view.menu_for(library(skipped=2)), part)
    assert asked.args == [Path("/photos/Camera")]


def test_the_menu_watches_and_lets_go(view: LibraryView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.watch_requested) as asked:
        trigger(view.menu_for(library()), "Watch")
    assert asked.args == [Path("/photos/Camera"), True]
    watched = replace(library(), watched=True)
    with qtbot.waitSignal(view.watch_requested) as asked:
        trigger(view.menu_for(watched), "Watch")
    assert asked.args == [Path("/photos/Camera"), False]


def test_the_menu_protects_and_lets_go(view: LibraryView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.protect_requested) as asked:
        trigger(view.menu_for(library()), "Protect")
    assert asked.args == [Path("/photos/Camera"), True]
    with qtbot.waitSignal(view.protect_requested) as asked:
        trigger(view.menu_for(library(protected=True)), "Protect")
    assert asked.args == [Path("/photos/Camera"), False]


def test_a_missing_folder_cannot_be_opened_or_indexed(view: LibraryView) -> None:
    enabled = {action.text(): action.isEnabled() for action in view.menu_for(library(missing=True)).actions()}
    assert not enabled["Open folder"]
    assert not enabled["Look for new and changed pictures"]
    assert enabled["Remove from the library (files stay)"]


def test_copy_path_fills_the_clipboard(view: LibraryView) -> None:
    trigger(view.menu_for(library()), "Copy path")
    assert QApplication.clipboard().text() == "/photos/Camera"


def test_a_long_name_and_a_hundred_folders_are_drawn(
    view: LibraryView, qtbot: QtBot, make_picture: Callable[..., Path]
) -> None:
    many = [library(f"/photos/{number} {'very ' * 40}long", protected=True) for number in range(100)]
    view.set_libraries(many)
    picture = view.grab()
    assert not picture.isNull()
    assert view.list.horizontalScrollBar().maximum() == 0
