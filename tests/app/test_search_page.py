"""The Search page as a person uses it: history, parts of pictures, many queries at once, own results as queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine, SearchRequest
from app.intake import HandOver
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
