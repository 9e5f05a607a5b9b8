"""Groups of copies: one row each, streamed in without a jump, folded out when they are large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.groups_model import GroupsModel, Kind
from app.groups_order import SortBy
from app.groups_view import GroupsView
from app.thumbnails import ThumbnailService
from core.events import GroupFound
from core.records import Group, ImageRecord, Member, Relation

_WAIT = 20_000
_KIB = 1024
_Key = Qt.Key


class CountingService(ThumbnailService):
    """Remembers whose pictures were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def request(self, record: ImageRecord) -> QImage | None:
        self.asked.add(record.content)
        return super().request(record)


@pytest.fixture
def thumbnails(qtbot: QtBot) -> Iterator[CountingService]:
    service = CountingService()
    yield service
    service.shutdown()


@pytest.fixture
def view(qtbot: QtBot, thumbnails: CountingService) -> GroupsView:
    groups = GroupsView(thumbnails)
    qtbot.addWidget(groups)
    groups.resize(800, 600)
    with qtbot.waitExposed(groups):
        groups.show()
    return groups


def group(
    identifier: str,
    count: int = 3,
    kib: int = 10,
    relation: Relation = Relation.RE_ENCODED,
    score: float = 0.9,
    folder: Path = Path("/pictures"),
) -> Group:
    """A group whose members are named "<identifier>-<place>.jpg", all but the first to go."""
    members = []
    for place in range(count):
        path = folder / f"{identifier}-{place}.jpg"
        record = ImageRecord(path, f"{identifier} {place}", 640, 480, kib * _KIB, 1.0, "JPEG")
        first = place == 0
        members.append(
            Member(
                record,
                Relation.SAME_FILE if first else relation,
                1.0 if first else score,
                None,
                "",
                first,
                "largest" if first else "smaller",
            )
        )
    return Group(identifier, tuple(members))


def found(*groups: Group) -> list[GroupFound]:
    return [GroupFound(one) for one in groups]


def ids(view: GroupsView) -> list[str]:
    return [one.id for one in view.groups()]


def current(view: GroupsView) -> str | None:
    cell = view._table.current_cell()
    return None if cell is None or cell.member is None else cell.member.record.path.stem


def press(qtbot: QtBot, view: GroupsView, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(view._table, key)


def action(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().split("\t")[0] == text).trigger()


def click(qtbot: QtBot, view: GroupsView, row: int, column: int) -> None:
    place = view._table.visualRect(view._model.index(row, column)).center()
    qtbot.mouseClick(view._table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def row_texts(view: GroupsView, row: int) -> list[str]:
    model = view._model
    return [model.index(row, column).data() for column in range(model.columnCount())]


# What is found


def test_the_headline_sums_up_the_scan(view: GroupsView) -> None:
    view.set_groups([group("a", 3, 10), group("b", 2, 4, Relation.SAME_SCENE)])
    assert view._bar.summary == "2 copies and 1 look-alike in 2 groups, 24 KiB to free"
    view.update_groups(found(group("c", 2, 1000)))
    assert view._bar.summary == "3 copies and 1 look-alike in 3 groups, 1.0 MiB to free"


def test_a_row_has_the_best_copy_first_and_the_bytes_at_the_right(view: GroupsView) -> None:
    view.set_groups([group("a", 3, 10)])
    texts = [text for text in row_texts(view, 0) if text]
    assert texts == ["a-0.jpg", "a-1.jpg", "a-2.jpg", "20 KiB to free"]
    spoken = view._model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("a-0.jpg, best copy, ")
    assert spoken.endswith("1 of 3 in its group")
    tip = view._model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "smaller" in tip


def test_groups_can_be_sorted_by_bytes_members_relation_and_weakest_score(view: GroupsView) -> None:
    view.set_groups(
        [
            group("few", 2, 50, Relation.EDITED, 0.7),
            group("many", 9, 1, Relation.CROP, 0.8),
            group("close", 3, 5, Relation.SAME_FILE, 1.0),
        ]
    )
    orders = {
        SortBy.BYTES: ["few", "close", "many"],
        SortBy.MEMBERS: ["many", "close", "few"],
        SortBy.RELATION: ["close", "few", "many"],
        SortBy.WEAKEST: ["few", "many", "close"],
    }
    for order, expected in orders.items():
        view._bar.sort_button.choose(order)
        assert ids(view) == expected


def test_sorting_keeps_the_member_with_the_cursor(view: GroupsView) -> None:
    view.set_groups([group("a", 2, 50), group("b", 4, 1)])
    view.select("a", 1)
    view._bar.sort_button.choose(SortBy.MEMBERS)
    assert ids(view) == ["b", "a"]
    assert current(view) == "a-1"


def test_groups_can_be_filtered_by_relation(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a"), group("b", relation=Relation.CROP)])
    offered = [item.text() for item in view._bar.filter_button.menu().actions()]
    assert offered == ["All groups", "Re-encoded", "Crop"]
    view._bar.filter_button.choose(Relation.CROP)
    assert ids(view) == ["b"]
    assert view._bar.summary.endswith("1 group shown")
    view.set_groups([group("a")])
    assert view._empty.sentence == "No group passes the filter"
    qtbot.mouseClick(view._empty.button, Qt.MouseButton.LeftButton)
    assert ids(view) == ["a"]


# Streaming


def test_a_group_takes_the_place_of_those_it_replaces(view: GroupsView) -> None:
    view.update_groups(found(group("a", 2), group("b", 2), group("c", 2)))
    view.update_groups([GroupFound(group("ab", 4, 99), replaces=("a", "b"))])
    assert ids(view) == ["ab", "c"]
    view.update_groups(found(group("c", 5, 200)))
    assert ids(view) == ["c", "ab"]
    assert view._bar.summary.startswith("7 copies in 2 groups")


def test_streamed_and_final_groups_look_alike(view: GroupsView) -> None:
    groups = [group(f"{n:03d}", 2 + n % 7, 1 + n * 37 % 101) for n in range(200)]
    for start in range(0, 200, 9):
        view.update_groups(found(*groups[start : start + 9]))
    streamed = [row_texts(view, row) for row in range(view._model.rowCount())]
    totals = view._model.totals
    view.set_groups(groups)
    assert [row_texts(view, row) for row in range(view._model.rowCount())] == streamed
    assert view._model.totals == totals


def test_the_cursor_follows_its_file_into_the_group_that_replaces_its_own(view: GroupsView) -> None:
    view.update_groups(found(group("a", 3), group("b", 2)))
    view.select("a", 2)
    heard: list[object] = []
    view.selection_changed.connect(heard.append)
    old = view.groups()[0].members
    merged = Group("merged", (group("x").members[0], *old))
    view.update_groups([GroupFound(merged, replaces=("a",))])
    assert current(view) == "a-2"
    assert heard == [(merged, merged.members[3])]


def test_what_is_in_sight_does_not_move_when_groups_come_in_above(view: GroupsView) -> None:
    view.set_groups([group(f"{n:03d}", 2, 1000 - n) for n in range(300)])
    table = view._table
    table.verticalScrollBar().setValue(20_000)
    row = table.visible_rows()[0]
    top = view._model.group_at(row).id
    before = table.rowViewportPosition(row)
    view.update_groups(found(*(group(f"new {n}", 2, 5000 + n) for n in range(20))))
    row_now = view._model.first_row(top)
    assert row_now == row + 20
    assert table.rowViewportPosition(row_now) == before


def test_an_update_inserts_only_the_rows_that_are_new(view: GroupsView) -> None:
    view.set_groups([group(f"{n:03d}", 2, 1000 - n) for n in range(300)])
    resets: list[None] = []
    inserted: list[int] = []
    view._model.modelReset.connect(lambda: resets.append(None))
    view._model.rowsInserted.connect(lambda _, first, last: inserted.append(last - first + 1))
    view.update_groups(found(group("x", 2, 500), group("y", 2, 400)))
    assert (resets, inserted) == ([], [1, 1])


def test_the_model_keeps_its_promises_to_qt(thumbnails: CountingService) -> None:
    model = GroupsModel(thumbnails)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_cells_in_line(3)
    model.update_groups(found(*(group(f"{n}", 2 + n % 9, n) for n in range(30))))
    model.set_expanded("8", True)
    model.set_expanded("16", True)
    model.update_groups([GroupFound(group("x", 12), ("8", "9")), GroupFound(group("16", 4, 3))])
    model.set_expanded("x", True)
    model.set_cells_in_line(5)
    model.arrange(SortBy.MEMBERS, None)
    model.set_expanded("x", False)
    assert model.shown == 29
    assert model.rowCount() == 29
    model.set_groups([])
    assert model.rowCount() == 0


# Large groups


def test_a_large_group_shows_how_many_more_and_folds_out(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("big", 20, 10), group("small", 2, 1)])
    slots = view._model.cells_in_line
    assert row_texts(view, 0)[slots - 1] == f"+{20 - (slots - 1)}"
    click(qtbot, view, 0, slots - 1)
    shown = [text for row in range(view._model.rowCount() - 1) for text in row_texts(view, row)[:slots] if text]
    assert shown == [*(f"big-{n}.jpg" for n in range(20)), "Show fewer"]
    position = view._model.position("small")
    assert position is not None
    assert position[0] == view._model.rowCount() - 1
    fewer = view._model.position("big", 20)
    assert fewer is not None
    view._table.scrollTo(view._model.index(*fewer))
    click(qtbot, view, *fewer)
    assert view._model.rowCount() == 2


def test_a_folded_out_group_stays_so_when_the_window_changes(view: GroupsView) -> None:
    view.set_groups([group("big", 20)])
    view._fold("big", True)
    view.select("big", 13)
    view.resize(1300, 600)
    assert view._model.is_expanded("big")
    assert current(view) == "big-13"
    view._bar.size_slider.step(3)
    assert current(view) == "big-13"


def test_enter_on_the_tile_folds_out_and_goes_on_to_the_first_hidden_member(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("big", 20)])
    slots = view._model.cells_in_line
    view.select("big", slots - 1)
    assert view._model.cell(0, slots - 1).kind is Kind.MORE
    press(qtbot, view, _Key.Key_Return)
    assert current(view) == f"big-{slots - 1}"


# Keys and mouse


def test_arrows_move_among_members_and_groups(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a", 2, 30), group("b", 3, 10), group("c", 2, 10)])
    view.select("a", 0)
    moves = [
        (_Key.Key_Right, "a-1"),
        (_Key.Key_Right, "b-0"),
        (_Key.Key_Right, "b-1"),
        (_Key.Key_Right, "b-2"),
        (_Key.Key_Down, "c-1"),
        (_Key.Key_Up, "b-1"),
        (_Key.Key_Home, "a-1"),
        (_Key.Key_Left, "a-0"),
        (_Key.Key_Left, "a-0"),
        (_Key.Key_End, "c-0"),
        (_Key.Key_Left, "b-2"),
        (_Key.Key_PageDown, "c-1"),
    ]
    for key, expected in moves:
        press(qtbot, view, key)
        assert current(view) == expected


def test_getting_the_focus_selects_nothing(qtbot: QtBot, view: GroupsView) -> None:
    heard: list[object] = []
    view.selection_changed.connect(heard.append)
    view.set_groups([group("a")])
    view.setFocus()
    QApplication.processEvents()
    assert heard == []
    press(qtbot, view, _Key.Key_Right)
    assert current(view) == "a-0"
    assert heard == [(view.groups()[0], view.groups()[0].members[0])]


def test_enter_compares_with_the_best_copy(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a")])
    view.select("a", 2)
    with qtbot.waitSignal(view.compare_requested) as asked:
        press(qtbot, view, _Key.Key_Return)
    assert [path.name for path in asked.args] == ["a-0.jpg", "a-2.jpg"]
    view.select("a", 0)
    with qtbot.waitSignal(view.compare_requested) as asked:
        press(qtbot, view, _Key.Key_Enter)
    assert [path.name for path in asked.args] == ["a-0.jpg", "a-1.jpg"]


def test_a_double_click_compares(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a")])
    place = view._table.visualRect(view._model.index(0, 1)).center()
    with qtbot.waitSignal(view.compare_requested) as asked:
        qtbot.mouseClick(view._table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(view._table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args[1].name == "a-1.jpg"


def test_a_click_on_the_sum_picks_the_whole_group_for_dragging(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a"), group("b")])
    click(qtbot, view, 0, view._model.cells_in_line)
    names = [member.record.path.name for member in view._table.selected_members()]
    assert names == ["a-0.jpg", "a-1.jpg", "a-2.jpg"]
    assert view._table.dragEnabled()
    data = view._model.mimeData(view._table.selectedIndexes())
    assert sorted(url.fileName() for url in data.urls()) == names


def test_the_context_menu_compares_searches_and_copies(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a")])
    menu = view.build_menu(0, 1)
    with qtbot.waitSignal(view.compare_requested):
        action(menu, "Compare with the best copy")
    with qtbot.waitSignal(view.search_requested) as asked:
        action(menu, "Search with this picture")
    assert asked.args == [Path("/pictures/a-1.jpg")]
    action(menu, "Copy path")
    assert QGuiApplication.clipboard().text() == str(Path("/pictures/a-1.jpg"))
    action(menu, "Select the whole group")
    assert len(view._table.selected_members()) == 3


def test_space_opens_a_quick_look(qtbot: QtBot, view: GroupsView) -> None:
    view.set_groups([group("a")])
    press(qtbot, view, _Key.Key_Space)
    look = view._quick_look
    assert look.record is not None
    assert look.record.path.name == "a-0.jpg"
    qtbot.keyClick(look, _Key.Key_Right)
    assert look.record.path.name == "a-1.jpg"
    qtbot.keyClick(look, _Key.Key_Space)
    assert look.record is None


# Pictures and speed


def test_pictures_appear(qtbot: QtBot, view: GroupsView, tmp_path: Path) -> None:
    for place in range(2):
        Image.new("RGB", (300, 300), (0, 160, 0)).save(tmp_path / f"a-{place}.jpg")
    view.set_groups([group("a", 2, folder=tmp_path)])

    def green() -> int:
        cell = view._table.visualRect(view._model.index(0, 1))
        return view._table.grab().toImage().pixelColor(cell.center() - QPoint(0, 30)).green()

    qtbot.waitUntil(lambda: 140 < green() < 180, timeout=_WAIT)


def test_only_members_in_sight_ask_for_their_picture(
    qtbot: QtBot, view: GroupsView, thumbnails: CountingService
) -> None:
    view.set_groups([group(f"{n}", 4, 10) for n in range(5000)])
    view._table.viewport().repaint()
    assert 0 < len(thumbnails.asked) <= 4 * len(view._table.visible_rows())
    view._table.scrollToBottom()
    view._table.viewport().repaint()
    assert len(thumbnails.asked) < 60


# What it says while empty


def test_the_page_says_why_it_is_empty(qtbot: QtBot, view: GroupsView) -> None:
    assert view._empty.sentence == "No scan yet"
    with qtbot.waitSignal(view.scan_requested):
        qtbot.mouseClick(view._empty.button, Qt.MouseButton.LeftButton)
    view.begin_scan()
    assert view._empty.sentence == "Looking for copies"
    assert not view._empty.button.isVisible()
    view.set_groups([])
    assert view._empty.sentence == "No copies found"
    view.update_groups(found(group("a")))
    assert view._pages.currentWidget() is view._table
    view.clear()
    assert view._empty.sentence == "No scan yet"
    assert view.groups() == []
