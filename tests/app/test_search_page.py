"""The Search page as a person uses it: history, parts of pictures, many queries at once, own results as queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine, SearchRequest
from app.intake import HandOver
from app.query_model import PART_ROLE
from app.window import Window
from core.catalog import Catalog
from core.events import Done, Event, MatchFound, Summary
from core.records import Evidence, ImageRecord, Match, Relation

MakeWorkplace = Callable[..., Workplace]
LEFT, PLAIN, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


class Asked:
    """An engine that notes its questions and finds the pictures whose names begin as that of the query."""

    def __init__(self) -> None:
        self.searches: list[tuple[str, ...]] = []
        self.methods: list[str | None] = []
        self.texts: list[tuple[str, ...]] = []
        self.engine = Engine(index=self._index, search=self._search)

    def _index(self, catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
        catalog.mark_indexed(library)
        yield Done(Summary(4, (), 4, 0.1))

    def _search(self, catalog: Catalog, library: Sequence[Path], request: SearchRequest) -> Iterator[Event]:
        self.searches.append(tuple(query.name for query in request.queries))
        self.methods.append(request.method)
        self.texts.append(request.texts)
        answers = []
        for query in request.queries:
            found = tuple(
                Match(ImageRecord(path, "", 48, 48, 1000, 0.0, "PNG"), 0.9, Relation.EDITED, Evidence(), "edited")
                for path in sorted(library[0].iterdir())
                if path.name[0] == query.name[0] and path != query
            )
            answers.append((query, found))
            for match in found:
                yield MatchFound(query, match)
        yield Done(Summary(4, (), 0, 0.1, matches=tuple(answers)))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def photos_folder(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    folder = tmp_path / "photos"
    for name in ("a1.png", "a2.png", "b1.png", "c1.png"):
        make_picture(name, "red", folder)
    return folder


@pytest.fixture
def window(make_workplace: MakeWorkplace, asked: Asked, photos_folder: Path, qtbot: QtBot) -> Window:
    workplace = make_workplace(asked.engine)
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        workplace.libraries.add([photos_folder])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    return workplace.window


def search(window: Window, qtbot: QtBot, *queries: Path) -> None:
    with qtbot.waitSignal(window.session.search_ended):
        window.session.take(HandOver(queries))


def test_back_and_forward_go_through_earlier_searches(
    window: Window, asked: Asked, photos_folder: Path, qtbot: QtBot
) -> None:
    for name in ("a1.png", "b1.png", "c1.png"):
        search(window, qtbot, photos_folder / name)
    for keys, name in (("history_back", "b1.png"), ("history_back", "a1.png"), ("history_forward", "b1.png")):
        with qtbot.waitSignal(window.session.search_ended):
            window.actions_by_name[keys].trigger()
        assert [path.name for path in window.query.queries] == [name]
    bar = window.query.history_bar
    assert (bar.back.isEnabled(), bar.forward.isEnabled()) == (True, True)
    rect = bar.strip.visualRect(bar.strip.model().index(0, 0))
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.mouseClick(bar.strip.viewport(), LEFT, pos=rect.center())
    assert asked.searches[-1] == ("a1.png",)
    assert not bar.back.isEnabled()


def test_a_new_search_after_going_back_forgets_what_was_ahead(
    window: Window, photos_folder: Path, qtbot: QtBot
) -> None:
    for name in ("a1.png", "b1.png"):
        search(window, qtbot, photos_folder / name)
    with qtbot.waitSignal(window.session.search_ended):
        window.actions_by_name["history_back"].trigger()
    search(window, qtbot, photos_folder / "c1.png")
    assert [entry[0].name for entry in window.query.history.entries] == ["a1.png", "c1.png"]


def test_a_folder_of_queries_is_summed_up_and_leads_to_what_is_missing(
    window: Window, photos_folder: Path, qtbot: QtBot
) -> None:
    search(window, qtbot, photos_folder)
    assert len(window.query.queries) == 4
    assert window.query.tally.isVisible()
    assert window.query.tally.text == "2 of 4 found, 2 unmatched"
    qtbot.mouseClick(window.query.tally.next_button, LEFT)
    assert window.query.current == photos_folder / "b1.png"
    qtbot.mouseClick(window.query.tally.next_button, LEFT)
    assert window.query.current == photos_folder / "c1.png"
    window.actions_by_name["previous_query"].trigger()
    assert window.query.current == photos_folder / "b1.png"


def test_a_part_drawn_with_the_mouse_is_searched_with(
    window: Window, asked: Asked, photos_folder: Path, qtbot: QtBot
) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    qtbot.mouseClick(window.query.part_button, LEFT)
    picker = window.region_picker
    assert picker.isVisible()
    qtbot.waitUntil(lambda: picker.picture_place().width() == picker.picture_place().height())
    place = picker.picture_place()
    quarter = QPoint(place.width() // 4, place.height() // 4)
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.mousePress(picker, LEFT, pos=place.topLeft())
        qtbot.mouseMove(picker, place.topLeft() + quarter)
        qtbot.mouseMove(picker, place.center())
        qtbot.mouseRelease(picker, LEFT, pos=place.center())
    assert not picker.isVisible()
    (part,) = window.query.queries
    with Image.open(part) as cut:
        assert cut.size == (24, 24)
    assert asked.searches[-1] == (part.name,)


def test_a_part_of_a_match_is_drawn_with_the_keyboard(window: Window, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    actions = {action.text(): action for action in window.results.build_menu(0).actions()}
    actions["Search with a part of it …"].trigger()
    picker = window.region_picker
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert picker.isVisible(), "without a rectangle there is nothing to search with"
    qtbot.keyClick(picker, Qt.Key.Key_Right)
    qtbot.keyClick(picker, Qt.Key.Key_Left)
    qtbot.keyClick(picker, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert picker.region.left() == pytest.approx(0.23)
    assert picker.region.height() == pytest.approx(0.52)
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert window.query.queries[0].name.startswith("pasted-")


def draw_part(window: Window, qtbot: QtBot, shares: tuple[float, float, float, float]) -> None:
    """Drag a rectangle over a part of the query, in shares of it, and search with that."""
    qtbot.mouseClick(window.query.part_button, LEFT)
    picker = window.region_picker
    qtbot.waitUntil(lambda: picker.picture_place().width() == picker.picture_place().height())
    place = picker.picture_place()
    left, top, right, bottom = (round(share * place.width()) for share in shares)
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.mousePress(picker, LEFT, pos=place.topLeft() + QPoint(left, top))
        qtbot.mouseMove(picker, place.topLeft() + QPoint(right, bottom))
        qtbot.mouseRelease(picker, LEFT, pos=place.topLeft() + QPoint(right, bottom))


def tile(window: Window) -> QImage:
    """The picture of the only query."""
    strip = window.query.strip
    strip.clearSelection()
    return strip.grab(strip.visualRect(strip.model().index(0, 0))).toImage()


def test_a_part_is_framed_on_the_picture_it_comes_from(window: Window, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    qtbot.waitUntil(lambda: tile(window).pixelColor(32, 32).red() > 250)
    draw_part(window, qtbot, (0.25, 0.5, 0.75, 1.0))
    assert window.query.name.text() == "part of a1.png"
    assert "photos" in window.query.place.text()
    qtbot.waitUntil(lambda: tile(window).pixelColor(32, 44).red() > 250)
    shown = tile(window)
    assert shown.pixelColor(32, 20).red() < 200, "dimmed around the part"
    down = [y for y in range(64) if shown.pixelColor(32, y).green() > 200]
    across = [x for x in range(64) if shown.pixelColor(x, 44).green() > 200 and 8 < x < 56]
    assert any(abs(y - 32) <= 2 for y in down), "its upper edge, half way down"
    assert (min(across), max(across)) == pytest.approx((20, 44), abs=2), "its sides, at a quarter and three quarters"


def test_a_part_of_a_part_is_framed_on_the_whole(window: Window, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    draw_part(window, qtbot, (0.5, 0.5, 1.0, 1.0))
    draw_part(window, qtbot, (0.0, 0.0, 0.5, 0.5))
    (query,) = window.query.queries
    part = window.session.parts[query]
    assert part.source == photos_folder / "a1.png"
    assert (part.left, part.top, part.width, part.height) == pytest.approx((0.5, 0.5, 0.25, 0.25), abs=0.01)


def test_the_history_shows_parts_framed_too(window: Window, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    draw_part(window, qtbot, (0.25, 0.25, 0.75, 0.75))
    search(window, qtbot, photos_folder / "b1.png")
    model = window.query.history_bar.strip.model()
    parts = [model.index(row, 0).data(PART_ROLE) for row in range(model.rowCount())]
    assert [part and part.source.name for part in parts] == [None, "a1.png", None]
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "part of a1.png"


def test_escape_leaves_the_picture_as_it_was(window: Window, asked: Asked, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    qtbot.mouseClick(window.query.part_button, LEFT)
    qtbot.keyClick(window.region_picker, Qt.Key.Key_Escape)
    assert not window.region_picker.isVisible()
    assert len(asked.searches) == 1


def test_own_results_dropped_on_the_strip_are_searched_with(
    window: Window, asked: Asked, photos_folder: Path, qtbot: QtBot
) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    grid = window.results.focusProxy()
    model = grid.model()  # type: ignore[attr-defined]  # the grid of results
    data = model.mimeData([model.index(0, 0)])
    assert isinstance(data, QMimeData)
    entered = QDragEnterEvent(QPoint(10, 10), COPY, data, LEFT, PLAIN)
    QApplication.sendEvent(window.query, entered)
    assert entered.isAccepted()
    with qtbot.waitSignal(window.session.search_ended):
        QApplication.sendEvent(window.query, QDropEvent(QPointF(10, 10), COPY, data, LEFT, PLAIN))
    assert asked.searches[-1] == ("a2.png",)


def test_one_method_alone_can_rank(window: Window, asked: Asked, photos_folder: Path, qtbot: QtBot) -> None:
    search(window, qtbot, photos_folder / "a1.png")
    qtbot.waitUntil(lambda: len(window.query.method.menu().actions()) > 3)
    with qtbot.waitSignal(window.session.search_ended):
        window.query.method.choose("phash")
    assert asked.methods == [None, "phash"]


def test_words_without_a_model_say_what_it_takes(window: Window, asked: Asked, qtbot: QtBot) -> None:
    window.top_bar.box.setText("a red bicycle")
    with qtbot.waitSignal(window.session.said) as said:
        qtbot.keyClick(window.top_bar.box, Qt.Key.Key_Return)
    assert said.args == ["There is no file a red bicycle. To search with words, add the weights of a CLIP model."]
    assert asked.searches == []


def test_words_are_searched_with_where_a_model_reads_them(
    window: Window, asked: Asked, monkeypatch: pytest.MonkeyPatch, photos_folder: Path, qtbot: QtBot
) -> None:
    monkeypatch.setattr("core.features.clip.methods_with_weights", lambda: ("clip-vit-b-32",))
    window.top_bar.box.setText("a red bicycle")
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.keyClick(window.top_bar.box, Qt.Key.Key_Return)
    assert asked.texts == [("a red bicycle",)]
    assert asked.methods == ["clip-vit-b-32"]
    assert window.query.name.full_text == "a red bicycle"
    assert not window.query.part_button.isEnabled()
    search(window, qtbot, photos_folder / "a1.png")
    with qtbot.waitSignal(window.session.search_ended):
        window.actions_by_name["history_back"].trigger()
    assert asked.texts[-1] == ("a red bicycle",)


def test_a_path_that_is_misspelt_is_no_words(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    for typed in (str(tmp_path / "gone.png"), "holiday.jpeg", "~/no such folder"):
        window.top_bar.box.setText(typed)
        with qtbot.waitSignal(window.session.said) as said:
            qtbot.keyClick(window.top_bar.box, Qt.Key.Key_Return)
        assert said.args is not None and "CLIP" not in said.args[0]
