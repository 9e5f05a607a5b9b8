"""Ranked cards: the best first, nothing that jumps, and pictures only for what is in sight."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.results_model import MatchFilter, ResultsModel
from app.results_view import ResultsView
from app.thumbnails import ThumbnailService
from core.records import Evidence, ImageRecord, Match, Relation

_WAIT = 20_000
_MANY = 20_000
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
def view(qtbot: QtBot, thumbnails: CountingService) -> ResultsView:
    results = ResultsView(thumbnails)
    qtbot.addWidget(results)
    results.resize(900, 700)
    with qtbot.waitExposed(results):
        results.show()
    results.set_query(Path("/pictures/query.jpg"))
    return results


def match(name: str | Path, score: float, relation: Relation | None = Relation.RE_ENCODED, content: str = "") -> Match:
    path = Path("/pictures") / name
    record = ImageRecord(path, content or f"content of {path.name}", 640, 480, 2048, 1.0, "JPEG")
    return Match(record, score, relation, Evidence(), "")


def names(matches: Sequence[Match]) -> list[str]:
    return [found.record.path.name for found in matches]


def shown(view: ResultsView) -> list[str]:
    model = view._model
    return [model.index(row).data() for row in range(model.rowCount())]


def middle(view: ResultsView, row: int) -> QPoint:
    return view._grid.visualRect(view._model.index(row)).center()


def point_at(view: ResultsView, row: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offscreen there is no real pointer to move; this is what the grid would be told of one."""
    path = view._model.match_at(row).record.path
    grid = view._grid

    def under_pointer() -> Match | None:
        place = view._model.row_of(path)
        return None if place is None else view._model.match_at(place)

    monkeypatch.setattr(grid, "match_under_pointer", under_pointer)


def pick(view: ResultsView, name: str) -> None:
    assert view.select(Path("/pictures") / name)


def action(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().split("\t")[0] == text).trigger()


# Ranking


def test_the_best_match_comes_first_and_ties_keep_their_order(view: ResultsView) -> None:
    view.add_matches([match("b", 0.5), match("a", 0.9)])
    view.add_matches([match("tie", 0.5), match("c", 0.1)])
    view.finish()
    assert names(view.matches()) == ["a", "b", "tie", "c"]
    assert shown(view) == ["a", "b", "tie", "c"]


def test_a_later_match_takes_the_place_of_the_earlier_one_for_the_file(view: ResultsView) -> None:
    view.add_matches([match("a", 0.4, None), match("b", 0.3, None)])
    view.add_matches([match("b", 0.8, Relation.CROP)])
    assert names(view.matches()) == ["b", "a"]
    assert view.matches()[0].relation is Relation.CROP
    assert len(shown(view)) == 2


def test_streaming_and_all_at_once_rank_alike(view: ResultsView) -> None:
    scores = [(f"{n:03d}", (n * 37 % 101) / 101) for n in range(300)]
    for start in range(0, 300, 7):
        view.add_matches([match(name, score) for name, score in scores[start : start + 7]])
    view.add_matches([match(name, 1 - score) for name, score in scores[:40]])
    view.finish()
    streamed = names(view.matches())
    view.set_query(Path("/other.jpg"))
    view.add_matches([match(name, 1 - score if n < 40 else score) for n, (name, score) in enumerate(scores)])
    assert names(view.matches()) == streamed
    assert shown(view) == streamed


def test_what_the_pointer_is_on_stays_while_others_rise(view: ResultsView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.add_matches([match(name, score, None) for name, score in (("a", 0.4), ("b", 0.3), ("c", 0.2))])
    point_at(view, 1, monkeypatch)
    view.add_matches([match("c", 0.9), match("new", 0.8)])
    assert shown(view) == ["c", "b", "new", "a"]
    view.finish()
    assert shown(view)[1] == "b"
    monkeypatch.undo()
    view._grid.pointer_left.emit()
    assert shown(view) == ["c", "new", "a", "b"]


def test_the_selected_match_stays_selected_and_in_place_until_the_search_is_over(
    view: ResultsView,
) -> None:
    view.add_matches([match("a", 0.4), match("b", 0.3)])
    pick(view, "b")
    view.add_matches([match(f"new {n}", 0.9 - n / 100) for n in range(5)])
    assert shown(view)[1] == "b"
    view.finish()
    assert shown(view)[-1] == "b"
    assert view._grid.currentIndex().data() == "b"


def test_the_scroll_position_survives_new_matches(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match(f"{n:04d}", 1 - n / 2000) for n in range(2000)])
    bar = view._grid.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 50_000, timeout=_WAIT)
    bar.setValue(40_000)
    view.add_matches([match(f"late {n}", 0.7) for n in range(30)])
    qtbot.waitUntil(lambda: bar.maximum() > 50_000 and bar.value() == 40_000, timeout=_WAIT)


def test_matches_can_be_filtered_by_relation_and_score(view: ResultsView) -> None:
    view.add_matches([match("a", 0.9), match("b", 0.7, Relation.SAME_SCENE), match("c", 0.3, None)])
    button = view._bar.filter_button
    button.choose(frozenset({Relation.SAME_SCENE}))
    assert shown(view) == ["b"]
    button.choose(None)
    button.score_slider.setValue(50)
    assert shown(view) == ["a", "b"]
    assert "2 shown" in view._bar.summary
    assert names(view.matches()) == ["a", "b", "c"]


def test_a_filter_that_hides_everything_can_be_taken_off_there(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.4, None)])
    view._bar.filter_button.score_slider.setValue(90)
    assert view._empty.sentence == "No match passes the filter"
    qtbot.mouseClick(view._empty.button, Qt.MouseButton.LeftButton)
    assert shown(view) == ["a"]


def test_folder_kind_size_and_date_filter_what_is_shown(view: ResultsView) -> None:
    now = time.time()
    facts = (("x/a.jpg", 5_000, "JPEG", 1.0), ("x/y/b.png", 500_000, "PNG", now), ("z/c.jpg", 50 << 20, "JPEG", now))
    found = [
        Match(
            ImageRecord(Path("/p") / name, name, 9, 9, size, day, kind), 0.9 - place / 10, Relation.EDITED, Evidence()
        )
        for place, (name, size, kind, day) in enumerate(facts)
    ]
    view.add_matches(found)
    view.finish()
    button = view._bar.filter_button
    for menu, text, passing in (
        (button.folder, "/p/x (1)", ["a.jpg", "b.png"]),
        (button.kind, "PNG (1)", ["b.png"]),
        (button.size_band, "10 MiB and more", ["c.jpg"]),
        (button.date, "Older than 12 months", ["a.jpg"]),
    ):
        (action,) = [action for action in menu.actions() if action.text() == text]
        action.trigger()
        assert shown(view) == passing
        assert button.text() == "All matches +1"
        assert text in button.toolTip()
        view._bar.show_all()
        assert len(shown(view)) == 3


def test_the_model_keeps_its_promises_to_qt(thumbnails: CountingService) -> None:
    model = ResultsModel(thumbnails)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.add([match(f"{n}", n / 50) for n in range(50)])
    model.add([match(f"{n}", 1 - n / 50) for n in range(0, 50, 5)], {Path("/pictures/7")})
    model.set_filter(MatchFilter(None, 0.9))
    model.set_filter(MatchFilter(None, 0.5))
    model.add([match("3", 0.95), match("51", 0.2)])
    model.set_filter(MatchFilter())
    assert model.rowCount() == model.total == 51
    model.clear()
    assert model.rowCount() == 0


# Speed


def test_only_cards_in_sight_ask_for_their_picture(
    qtbot: QtBot, view: ResultsView, thumbnails: CountingService
) -> None:
    view.add_matches([match(f"{n}", 1 - n / _MANY, content=f"{n:08x}") for n in range(_MANY)])
    view._grid.repaint()
    assert 0 < len(thumbnails.asked) <= len(view._grid.visible_rows())
    assert f"{_MANY - 1:08x}" not in thumbnails.asked
    bar = view._grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    view._grid.repaint()
    assert len(thumbnails.asked) < 100


# Pictures


def test_pictures_appear_and_broken_ones_say_why(
    qtbot: QtBot, view: ResultsView, thumbnails: CountingService, tmp_path: Path
) -> None:
    Image.new("RGB", (300, 300), (0, 160, 0)).save(tmp_path / "green.png")
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    view.add_matches(
        [match(tmp_path / "green.png", 0.9, content="0a"), match(tmp_path / "broken.jpg", 0.8, content="0b")]
    )

    def colour() -> tuple[int, int, int]:
        pixel = view._grid.viewport().grab().toImage().pixelColor(picture_centre(view, 0))
        return pixel.red(), pixel.green(), pixel.blue()

    qtbot.waitUntil(lambda: colour()[1] > 140 and colour()[0] < 20, timeout=_WAIT)
    qtbot.waitUntil(lambda: thumbnails.failed("0b") is not None, timeout=_WAIT)
    tip = view._model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "No picture" in tip
    assert "broken.jpg" in tip


def picture_centre(view: ResultsView, row: int) -> QPoint:
    cell: QRect = view._grid.visualRect(view._model.index(row))
    return QPoint(cell.center().x(), cell.top() + view._grid._cards.layout.side // 2 + 12)


def test_unverified_cards_are_dimmed(qtbot: QtBot, view: ResultsView, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), (0, 0, 0)).save(tmp_path / "black.png")
    view.add_matches(
        [
            match(tmp_path / "black.png", 0.9, content="0a"),
            match(tmp_path / "black.png.copy", 0.3, None, content="0a"),
        ]
    )

    def grey(row: int) -> int:
        return view._grid.viewport().grab().toImage().pixelColor(picture_centre(view, row)).red()

    qtbot.waitUntil(lambda: grey(0) < 10, timeout=_WAIT)
    assert 40 < grey(1) < 160


# What a person does


def test_enter_and_double_click_ask_for_the_comparison(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.9), match("b", 0.8)])
    pick(view, "b")
    with qtbot.waitSignal(view.compare_requested) as asked:
        qtbot.keyClick(view._grid, _Key.Key_Return)
    assert asked.args[0].record.path.name == "b"
    with qtbot.waitSignal(view.compare_requested) as asked:
        qtbot.mouseClick(view._grid.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 0))
        qtbot.mouseDClick(view._grid.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 0))
    assert asked.args[0].record.path.name == "a"


def test_enter_without_a_choice_compares_the_best_match(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.2), match("b", 0.8)])
    with qtbot.waitSignal(view.compare_requested) as asked:
        qtbot.keyClick(view._grid, _Key.Key_Enter)
    assert asked.args[0].record.path.name == "b"


def test_the_window_hears_what_is_selected_and_when_more_is_known_of_it(view: ResultsView) -> None:
    heard: list[Match | None] = []
    view.selection_changed.connect(heard.append)
    view.add_matches([match("a", 0.4, None)])
    assert heard == []
    pick(view, "a")
    better = match("a", 0.9, Relation.CROP)
    view.add_matches([better])
    assert heard[-1] is better
    view.clear()
    assert heard[-1] is None
    assert len(heard) == 3


def test_getting_the_focus_selects_nothing_and_the_first_key_the_first_card(qtbot: QtBot, view: ResultsView) -> None:
    heard: list[Match | None] = []
    view.selection_changed.connect(heard.append)
    view.add_matches([match("a", 0.9), match("b", 0.8)])
    view.setFocus()
    QApplication.processEvents()
    assert heard == []
    qtbot.keyClick(view._grid, _Key.Key_Right)
    assert [found and found.record.path.name for found in heard] == ["a"]
    qtbot.keyClick(view._grid, _Key.Key_Right)
    assert [found and found.record.path.name for found in heard] == ["a", "b"]


def test_space_opens_a_quick_look_that_arrows_move_on(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.9), match("b", 0.8)])
    pick(view, "a")
    look = view._quick_look
    qtbot.keyClick(view._grid, _Key.Key_Space)
    assert look.record is not None
    assert look.record.path.name == "a"
    assert look.geometry() == view.window().rect()
    qtbot.keyClick(look, _Key.Key_Right)
    assert look.record.path.name == "b"
    view.resize(700, 500)
    assert look.geometry() == view.window().rect()
    qtbot.keyClick(look, _Key.Key_Escape)
    assert look.record is None


def test_the_quick_look_shows_more_than_the_thumbnail(
    qtbot: QtBot, view: ResultsView, thumbnails: CountingService, tmp_path: Path
) -> None:
    Image.new("RGB", (1200, 900), (200, 0, 0)).save(tmp_path / "large.png")
    record = ImageRecord(tmp_path / "large.png", "0c", 1200, 900, 1, 1.0, "PNG")
    view.add_matches([Match(record, 0.9, Relation.CROP, Evidence())])
    qtbot.keyClick(view._grid, _Key.Key_Space)
    key = thumbnails.large_key(record, 2048)
    qtbot.waitUntil(lambda: thumbnails.request_large(record, 2048) is not None, timeout=_WAIT)
    assert thumbnails.failed(key) is None
    centre = view._quick_look.grab().toImage().pixelColor(view.width() // 2, view.height() // 2)
    assert centre.red() > 180


def test_ctrl_and_the_wheel_change_the_size_of_pictures(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.9)])
    before = view.side
    turn(view, 120)
    assert view.side > before
    turn(view, -60)
    turn(view, -60)
    assert view.side == before
    view.set_side(320)
    assert view._grid.visualRect(view._model.index(0)).width() >= 320


def turn(view: ResultsView, angle: int) -> None:
    place = QPointF(50, 50)
    event = QWheelEvent(
        place,
        view._grid.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view._grid.viewport(), event)


def test_the_context_menu_compares_searches_and_copies(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a b.jpg", 0.9)])
    menu = view.build_menu(0)
    with qtbot.waitSignal(view.compare_requested):
        action(menu, "Compare with the query")
    with qtbot.waitSignal(view.search_requested) as asked:
        action(menu, "Search with this picture")
    assert asked.args == [Path("/pictures/a b.jpg")]
    action(menu, "Copy path")
    assert QGuiApplication.clipboard().text() == str(Path("/pictures/a b.jpg"))
    action(menu, "Quick look")
    assert view._quick_look.record is not None


def test_all_selected_paths_are_copied(qtbot: QtBot, view: ResultsView) -> None:
    view.add_matches([match("a", 0.9), match("b", 0.8)])
    view._grid.selectAll()
    qtbot.keyClick(view._grid, _Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        str(Path("/pictures/a")),
        str(Path("/pictures/b")),
    ]


def test_copying_a_picture_gives_pixels_and_the_file(qtbot: QtBot, view: ResultsView, tmp_path: Path) -> None:
    Image.new("RGB", (500, 250), (0, 0, 200)).save(tmp_path / "blue.png")
    view.add_matches([match(tmp_path / "blue.png", 0.9, content="0d")])
    QGuiApplication.clipboard().clear()
    action(view.build_menu(0), "Copy picture")
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: not clipboard.image().isNull(), timeout=_WAIT)
    assert clipboard.image().size().toTuple() == (500, 250)
    assert clipboard.mimeData().urls()[0].toLocalFile() == str(tmp_path / "blue.png")


def test_files_can_be_dragged_out(view: ResultsView) -> None:
    view.add_matches([match("a ü.jpg", 0.9), match("b.jpg", 0.8)])
    assert view._grid.dragEnabled()
    view._grid.selectAll()
    model: QAbstractItemModel = view._model
    data = model.mimeData(view._grid.selectionModel().selectedIndexes())
    assert [url.toLocalFile() for url in data.urls()] == ["/pictures/a ü.jpg", "/pictures/b.jpg"]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_screen_readers_hear_name_evidence_and_score(view: ResultsView) -> None:
    view.add_matches([match("a.jpg", 0.9, Relation.EDITED)])
    spoken = view._model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("a.jpg, edited, score 0.90")


# What it says while empty


def test_the_page_says_why_it_is_empty(view: ResultsView) -> None:
    assert view._empty.sentence == "Looking for copies of query.jpg"
    view.finish()
    assert view._empty.sentence == "No copies of query.jpg in your library"
    view.clear()
    assert view._empty.sentence == "Drop a picture here to find its copies"
    view.set_query(Path("x.jpg"))
    view.add_matches([match("a", 0.9)])
    assert view._pages.currentWidget() is view._grid
    assert view._grid.currentIndex() == QModelIndex()


def test_a_new_query_starts_over(view: ResultsView) -> None:
    view.add_matches([match("a", 0.9), match("b", 0.3, None)])
    view._bar.filter_button.score_slider.setValue(50)
    view.set_query(Path("/pictures/next.jpg"))
    view.add_matches([match("c", 0.2, None)])
    assert shown(view) == ["c"]
