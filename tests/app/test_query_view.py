"""The query box and the strip: dropping, pasting, typing, switching between queries, options."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.intake import HandOver
from app.query_box import QueryBox
from app.query_view import QueryView
from app.thumbnails import ThumbnailService

KEYS = Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def thumbnails(qapp: object) -> Iterator[ThumbnailService]:
    service = ThumbnailService()
    yield service
    service.shutdown()


@pytest.fixture
def view(qtbot: QtBot, thumbnails: ThumbnailService) -> QueryView:
    view = QueryView(thumbnails)
    qtbot.addWidget(view)
    view.resize(700, 80)
    view.show()
    return view


@pytest.fixture
def box(qtbot: QtBot) -> QueryBox:
    box = QueryBox()
    qtbot.addWidget(box)
    box.show()
    return box


def drop(widget: QWidget, data: QMimeData) -> bool:
    entered = QDragEnterEvent(QPoint(10, 10), COPY, data, LEFT, KEYS)
    QApplication.sendEvent(widget, entered)
    if entered.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(10, 10), COPY, data, LEFT, KEYS))
    return entered.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


@pytest.mark.parametrize("which", ["box", "view"])
def test_pictures_and_folders_dropped_on_it_are_handed_over(
    which: str, request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path
) -> None:
    widget = request.getfixturevalue(which)
    paths = (tmp_path / "ä.png", tmp_path / "b.png", tmp_path)
    with qtbot.waitSignal(widget.handed) as handed:
        assert drop(widget, files(*paths))
    assert handed.args == [HandOver(paths)]


def test_an_empty_drag_is_not_welcome(box: QueryBox) -> None:
    assert not drop(box, QMimeData())


def test_pixels_of_a_browser_are_handed_over(box: QueryBox, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(box.handed) as handed:
        drop(box, data)
    assert handed.args[0].image.size().width() == 4


def test_a_typed_path_is_handed_over_with_enter(box: QueryBox, qtbot: QtBot) -> None:
    with qtbot.waitSignal(box.handed) as handed:
        qtbot.keyClicks(box, "/photos/a picture.jpg")
        qtbot.keyClick(box, Qt.Key.Key_Return)
    typed = "/photos/a picture.jpg"
    assert handed.args == [HandOver((Path(typed),), words=typed)]


def test_enter_in_the_empty_box_does_nothing(box: QueryBox, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(box.handed):
        qtbot.keyClick(box, Qt.Key.Key_Return)


def test_one_line_of_text_is_pasted_into_the_box_and_a_list_is_handed_over(box: QueryBox, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("/photos/a.jpg")
    box.setFocus()
    with qtbot.assertNotEmitted(box.handed):
        qtbot.keySequence(box, QKeySequence(QKeySequence.StandardKey.Paste))
    assert box.text() == "/photos/a.jpg"
    QApplication.clipboard().setText("/photos/a.jpg\n/photos/b.jpg")
    with qtbot.waitSignal(box.handed) as handed:
        qtbot.keySequence(box, QKeySequence(QKeySequence.StandardKey.Paste))
    assert len(handed.args[0].paths) == 2


def test_a_screenshot_is_pasted_as_a_query(box: QueryBox, qtbot: QtBot) -> None:
    QApplication.clipboard().setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(box.handed) as handed:
        qtbot.keySequence(box, QKeySequence(QKeySequence.StandardKey.Paste))
    assert handed.args[0].image is not None


def test_the_first_query_is_current_and_a_click_changes_that(
    view: QueryView, qtbot: QtBot, make_picture: Callable[..., Path]
) -> None:
    queries = [make_picture(f"{name}.png") for name in "abc"]
    with qtbot.waitSignal(view.current_changed) as changed:
        view.set_queries(queries)
    assert changed.args == [queries[0]]
    assert view.name.full_text == "a.png"
    assert "1 of 3" in view.place.full_text
    third = view.strip.visualRect(view.strip.model().index(2, 0)).center()
    with qtbot.waitSignal(view.current_changed) as changed:
        qtbot.mouseClick(view.strip.viewport(), LEFT, pos=third)
    assert changed.args == [queries[2]]
    assert view.current == queries[2]


def test_the_arrow_keys_walk_along_the_queries(
    view: QueryView, qtbot: QtBot, make_picture: Callable[..., Path]
) -> None:
    queries = [make_picture(f"{name}.png") for name in "abc"]
    view.set_queries(queries)
    qtbot.keyClick(view.strip, Qt.Key.Key_Right)
    assert view.current == queries[1]


def test_the_current_query_stays_current_when_the_search_is_done_again(
    view: QueryView, make_picture: Callable[..., Path]
) -> None:
    queries = [make_picture(f"{name}.png") for name in "ab"]
    view.set_queries(queries)
    view.set_queries(queries, queries[1])
    assert view.current == queries[1]


def test_delete_takes_a_query_out(view: QueryView, qtbot: QtBot, make_picture: Callable[..., Path]) -> None:
    queries = [make_picture(f"{name}.png") for name in "ab"]
    view.set_queries(queries)
    with qtbot.waitSignal(view.queries_changed) as changed:
        qtbot.keyClick(view.strip, Qt.Key.Key_Delete)
    assert changed.args == [[queries[1]]]


def test_thumbnails_arrive_and_are_painted(
    view: QueryView, qtbot: QtBot, thumbnails: ThumbnailService, make_picture: Callable[..., Path]
) -> None:
    view.set_queries([make_picture("a.png", colour="#ff0000")])

    def is_red() -> bool:
        image = view.strip.viewport().grab().toImage()
        middle = round(32 * image.devicePixelRatio())
        colour = image.pixelColor(middle, middle)
        return colour.red() > 240 and colour.green() < 16

    assert not is_red()
    qtbot.waitUntil(is_red, timeout=20_000)


def test_options_are_announced_and_named(view: QueryView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.options_changed):
        view.top.setValue(50)
    with qtbot.waitSignal(view.options_changed):
        view.preset.set_preset("thorough")
    assert view.preset.preset == "thorough"
    assert "Thorough" in view.preset.toolTip()
    view.preset.set_preset("no such preset")
    assert view.preset.preset == "thorough"
    with qtbot.waitSignal(view.clear_requested):
        qtbot.mouseClick(view.clear_button, LEFT)


def test_a_model_of_ones_own_can_be_chosen_with_a_preset(view: QueryView, qtbot: QtBot) -> None:
    button = view.preset
    button.set_preset("thorough:mine")  # as it was left yesterday; nobody has listed the models yet
    assert button.preset == "thorough"
    with qtbot.waitSignal(view.options_changed):
        button.offer_descriptors(["mine", "other"])
    assert button.preset == "thorough:mine"
    assert [action.text() for action in button.menu().actions()][3:5] == ["Balanced, by mine", "Thorough, by mine"]
    assert button.text() == "Thorough, by mine"
    assert "your own model" in button.toolTip()
    button.offer_descriptors(["other"])
    assert button.preset == "thorough", "the model is gone"
    button.offer_descriptors(["mine", "other"])
    assert button.preset == "thorough", "nobody has chosen it again"


def test_a_thousand_queries_do_not_make_the_window_wide(view: QueryView) -> None:
    wide = view.minimumSizeHint().width()
    view.set_queries([Path(f"/photos/{'long name ' * 20}{number}.jpg") for number in range(1000)])
    assert view.minimumSizeHint().width() == wide < 420
