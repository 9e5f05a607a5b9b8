"""The whole window: real widgets, real signals, a catalog on disk, and for most tests an engine of their own."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.choosers import Choosers
from app.engine import Engine, SearchRequest
from app.jobs import Lane
from app.settings import Settings
from app.shortcuts import SHORTCUTS
from app.theme import Mode, Theme
from app.window import Window
from core.catalog import Catalog
from core.events import Done, Event, GroupFound, MatchFound, Progress, Summary
from core.records import Evidence, Group, ImageError, ImageRecord, Match, Member, Relation

MakeWorkplace = Callable[..., Workplace]
LEFT = Qt.MouseButton.LeftButton
COPY = Qt.DropAction.CopyAction
KEYS = Qt.KeyboardModifier.NoModifier


def record(path: Path) -> ImageRecord:
    return ImageRecord(path, "", 48, 48, 1000, 0.0, "PNG")


def evidence() -> Evidence:
    points = np.array([[4, 4], [40, 4], [40, 40], [4, 40], [20, 20]], np.float32)
    return Evidence(points, points, np.ones(5, np.bool_), 5, np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0)


def match(path: Path, score: float = 0.9, relation: Relation | None = Relation.EDITED) -> Match:
    return Match(record(path), score, relation, evidence(), "edited")


def group(identifier: str, paths: Sequence[Path]) -> Group:
    return Group(
        identifier,
        tuple(
            Member(record(path), Relation.EDITED, 0.9, evidence() if number else None, "", not number, "")
            for number, path in enumerate(paths)
        ),
    )


class Answering:
    """An engine whose answers a test sets beforehand."""

    def __init__(self, pictures: Sequence[Path] = ()) -> None:
        self.pictures = list(pictures)
        self.compared: list[tuple[Path, Path]] = []
        self.searched: list[tuple[list[Path], int, str]] = []
        self.scanned: list[str] = []
        self.engine = Engine(self._index, self._scan, self._search, self._compare)

    def _index(self, catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
        yield Progress("Describing", 1, 2, 0.1)
        catalog.mark_indexed(library)
        yield Done(Summary(len(self.pictures), (), len(self.pictures), 0.1))

    def _scan(self, catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
        self.scanned.append(preset)
        found = group("g", self.pictures)
        yield GroupFound(found)
        yield Done(Summary(len(self.pictures), (), 0, 0.1, groups=(found,)))

    def _search(self, catalog: Catalog, library: Sequence[Path], request: SearchRequest) -> Iterator[Event]:
        self.searched.append((list(request.queries), request.top, request.preset))
        answers = []
        for query in request.queries:
            found = [match(path, 0.9 - 0.1 * number) for number, path in enumerate(self.pictures)]
            answers.append((query, tuple(found)))
            for one in found:
                yield MatchFound(query, one)
        yield Done(Summary(len(self.pictures), (), 0, 0.1, matches=tuple(answers)))

    def _compare(self, first: Path, second: Path) -> Iterator[Event]:
        self.compared.append((first, second))
        if not second.exists():
            raise ImageError("vanished", second)
        yield MatchFound(first, match(second))
        yield Done(Summary(2, (), 2, 0.1))


@pytest.fixture
def folder(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    folder = tmp_path / "photos"
    for name, colour in (("a.png", "red"), ("b.png", "green"), ("c.png", "blue")):
        make_picture(name, colour, folder)
    return folder


@pytest.fixture
def answering(folder: Path) -> Answering:
    return Answering(sorted(folder.iterdir()))


@pytest.fixture
def workplace(make_workplace: MakeWorkplace, answering: Answering, folder: Path, qtbot: QtBot) -> Workplace:
    """The window with one library in it."""
    workplace = make_workplace(answering.engine)
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        workplace.libraries.add([folder])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    return workplace


@pytest.fixture
def window(workplace: Workplace) -> Window:
    return workplace.window


def searched(window: Window, qtbot: QtBot, *queries: Path) -> None:
    with qtbot.waitSignal(window.session.search_ended):
        drop(window, *queries)


def drop(widget: QWidget, *paths: Path, image: QImage | None = None) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if image is not None:
        data.setImageData(image)
    entered = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, KEYS)
    QApplication.sendEvent(widget, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), COPY, data, LEFT, KEYS))


def press(window: Window, name: str) -> None:
    action = window.actions_by_name[name]
    assert action.isEnabled()
    action.trigger()


# ---------------------------------------------------------------------- first sight


def test_a_fresh_window_invites_and_says_it_is_ready(make_workplace: MakeWorkplace, qtbot: QtBot) -> None:
    window = make_workplace(Engine()).window
    assert window.page == "search"
    assert window.search_page.empty.isVisible()
    assert window.library.empty.isVisible()
    assert window.status.text.full_text == "Ready"


def test_every_control_has_a_name_and_a_tooltip(window: Window) -> None:
    nameless = []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider):
        for control in window.findChildren(kind):
            inside = isinstance(control.parentWidget(), QAbstractSpinBox | QLineEdit)
            # What is hidden by itself, and not with its page, has no words yet.
            if inside or control.isHidden() or control.window() is not window:
                continue
            name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
            if not name or not (control.toolTip() or control.text()):  # type: ignore[union-attr]
                nameless.append((type(control).__name__, control.parentWidget().__class__.__name__))
    assert nameless == []


def test_the_window_fits_a_small_screen(window: Window, qtbot: QtBot, answering: Answering) -> None:
    searched(window, qtbot, answering.pictures[0])
    window.resize(1024, 700)
    for page in ("search", "duplicates", "compare"):
        window.show_page(page)
        assert window.minimumSizeHint().width() <= 1024
        assert window.size().width() == 1024


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(keys for entry in SHORTCUTS if entry.name for keys in entry.keys)
    assert [key for key, count in keys.items() if count > 1] == []
    assert all(not QKeySequence(key).isEmpty() for key in keys)


def test_the_help_lists_every_key_of_the_window(window: Window, qtbot: QtBot) -> None:
    press(window, "help")
    assert window.help.isVisible()
    assert not window.help.isModal()
    listed = "   ".join(window.help.keys_shown()).split("   ")
    for action in window.actions():
        for sequence in action.shortcuts():
            assert sequence.toString(QKeySequence.SequenceFormat.NativeText) in listed
    for shortcut in window.compare.findChildren(QShortcut):
        assert shortcut.key().toString(QKeySequence.SequenceFormat.NativeText) in listed
    window.help.close()


def test_the_keys_of_pages_open_them(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    for name in ("page_duplicates", "page_compare", "page_search"):
        press(window, name)
        assert window.page == name.removeprefix("page_")
        assert window.top_bar.pages[window.page].isChecked()
    qtbot.mouseClick(window.top_bar.pages["duplicates"], LEFT)
    assert window.page == "duplicates"


def test_light_and_dark_are_a_click_apart(window: Window, theme: Theme, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.top_bar.theme_button, LEFT)
    assert theme.dark
    qtbot.mouseClick(window.top_bar.theme_button, LEFT)
    assert not theme.dark


def test_panels_fold_away_and_the_next_window_remembers(
    window: Window, workplace: Workplace, make_workplace: MakeWorkplace, settings: Settings, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.top_bar.library_button, LEFT)
    assert not window.library.isVisible()
    window.query.top.setValue(7)
    window.query.preset.set_preset("thorough")
    press(window, "page_duplicates")
    workplace.libraries.use(workplace.libraries.scope[0], False)
    window.close()
    assert (settings.library_shown, settings.page, settings.top) == (False, "duplicates", 7)
    again = make_workplace(Engine())
    assert not again.window.library.isVisible()
    assert again.window.inspector.isVisible()
    assert again.window.page == "duplicates"
    assert again.window.query.top.value() == 7
    assert again.window.duplicates_page.preset.preset == "thorough"
    qtbot.waitUntil(lambda: bool(again.libraries.all))
    assert not again.libraries.all[0].used


def test_a_settings_file_of_another_screen_does_not_hide_the_window(
    make_workplace: MakeWorkplace, settings: Settings, theme: Theme
) -> None:
    from PySide6.QtCore import QByteArray

    settings.geometry = QByteArray(b"nonsense")
    settings.panels = QByteArray(b"nonsense")
    settings.page = "no-such-page"
    window = make_workplace(Engine()).window
    assert window.isVisible()
    assert window.page == "search"
    assert window.library.width() >= 200


# ---------------------------------------------------------------------- adding folders


def test_a_folder_dropped_anywhere_joins_the_library(
    make_workplace: MakeWorkplace, folder: Path, answering: Answering, qtbot: QtBot
) -> None:
    workplace = make_workplace(answering.engine)
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        drop(workplace.window, folder)
    qtbot.waitUntil(lambda: workplace.window.library.model.rowCount() == 1)
    assert workplace.window.library.list.isVisible()
    assert not workplace.window.query.queries


def test_files_dropped_on_the_library_say_where_they_belong(window: Window, answering: Answering, qtbot: QtBot) -> None:
    drop(window.library, answering.pictures[0])
    assert "Only folders" in window.status.text.full_text


def test_ctrl_o_asks_for_a_folder_and_adds_it(
    make_workplace: MakeWorkplace,
    answering: Answering,
    folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workplace = make_workplace(answering.engine)
    monkeypatch.setattr(Choosers, "folder", lambda chooser: folder)
    qtbot.waitUntil(workplace.window.isActiveWindow)
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        qtbot.keyClick(workplace.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: workplace.libraries.scope == (folder,))


def test_removing_a_folder_can_be_undone(window: Window, workplace: Workplace, qtbot: QtBot) -> None:
    window.library.list.setCurrentIndex(window.library.model.index(0))
    press(window, "remove_folder")
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 0)
    qtbot.waitUntil(lambda: window.status.act_button.isVisible())
    qtbot.mouseClick(window.status.act_button, LEFT)
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 1)


def test_a_drag_over_the_window_says_what_dropping_would_do(window: Window, folder: Path, answering: Answering) -> None:
    def over(*paths: Path) -> str:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, KEYS))
        return window._overlay.text

    assert over(folder) == "Add to the library"
    assert over(answering.pictures[0]) == "Search with this picture"
    assert over(*answering.pictures) == "Search with 3 pictures"
    assert window._overlay.isVisible()
    assert not window.grab().isNull()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._overlay.isVisible()


# ---------------------------------------------------------------------- searching


def test_a_dropped_picture_is_searched_and_its_matches_are_shown(
    window: Window, answering: Answering, qtbot: QtBot
) -> None:
    press(window, "page_duplicates")
    searched(window, qtbot, answering.pictures[0])
    assert window.page == "search"
    assert window.query.queries == [answering.pictures[0]]
    assert [found.record.path for found in window.results.matches()] == answering.pictures
    assert "3 matches, 3 verified" in window.status.text.full_text


def test_the_matches_follow_the_query_that_is_picked(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, *answering.pictures[:2])
    assert len(answering.searched[0][0]) == 2
    window.session.answers.add(MatchFound(answering.pictures[1], match(answering.pictures[2], 0.99)))
    qtbot.keyClick(window.query.strip, Qt.Key.Key_Right)
    assert window.query.current == answering.pictures[1]
    assert window.results.matches()[0].score == 0.99


def test_pasting_a_screenshot_searches_with_it(window: Window, answering: Answering, qtbot: QtBot) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    QApplication.clipboard().setImage(image)
    with qtbot.waitSignal(window.session.search_ended):
        press(window, "paste")
    assert QImage(str(window.query.queries[0])).size() == image.size()


def test_an_empty_clipboard_is_said(window: Window) -> None:
    QApplication.clipboard().clear()
    press(window, "paste")
    assert window.status.text.full_text == "There is no picture on the clipboard."


def test_a_typed_path_is_searched(window: Window, answering: Answering, qtbot: QtBot) -> None:
    press(window, "find")
    qtbot.keyClicks(window.top_bar.box, str(answering.pictures[1]))
    with qtbot.waitSignal(window.session.search_ended):
        qtbot.keyClick(window.top_bar.box, Qt.Key.Key_Return)
    assert window.query.queries == [answering.pictures[1]]


def test_other_options_search_again(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, answering.pictures[0])
    with qtbot.waitSignal(window.session.search_ended):
        window.query.top.setValue(5)
    with qtbot.waitSignal(window.session.search_ended):
        window.query.preset.set_preset("fast")
    assert [asked[1:] for asked in answering.searched[-2:]] == [(5, "balanced"), (5, "fast")]
    assert window.duplicates_page.preset.preset == "fast"


def test_a_match_can_be_the_next_query(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, answering.pictures[0])
    with qtbot.waitSignal(window.session.search_ended):
        window.results.search_requested.emit(answering.pictures[2])
    assert window.query.queries == [answering.pictures[2]]


def test_clearing_brings_the_invitation_back(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, answering.pictures[0])
    press(window, "clear_queries")
    assert window.search_page.empty.isVisible()
    assert window.results.matches() == []


def test_without_a_library_a_query_says_what_is_missing(
    make_workplace: MakeWorkplace, answering: Answering, qtbot: QtBot
) -> None:
    window = make_workplace(answering.engine).window
    drop(window, answering.pictures[0])
    qtbot.waitUntil(lambda: window.status.text.full_text == "Add a folder with pictures first.")
    assert window.query.queries == [answering.pictures[0]]


# ---------------------------------------------------------------------- duplicates, comparing


def test_ctrl_d_scans_and_shows_the_groups(window: Window, answering: Answering, qtbot: QtBot) -> None:
    assert not window.duplicates_page.export_button.isEnabled()
    with qtbot.waitSignal(window.session.groups_final):
        press(window, "find_duplicates")
    assert window.page == "duplicates"
    assert answering.scanned == ["balanced"]
    assert len(window.groups.groups()) == 1
    assert window.duplicates_page.export_button.isEnabled()
    assert "2 copies in 1 group" in window.status.text.full_text


def test_the_button_of_the_empty_page_scans(window: Window, answering: Answering, qtbot: QtBot) -> None:
    press(window, "page_duplicates")
    with qtbot.waitSignal(window.session.groups_final):
        window.groups.scan_requested.emit()
    assert answering.scanned == ["balanced"]


def test_opening_a_match_compares_it_and_escape_goes_back(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, answering.pictures[0])
    with qtbot.waitSignal(window.session.pair_compared):
        window.results.compare_requested.emit(window.results.matches()[1])
    assert window.page == "compare"
    assert answering.compared == [(answering.pictures[0], answering.pictures[1])]
    assert window.actions_by_name["back"].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page == "search"
    assert not window.actions_by_name["back"].isEnabled()


def test_next_and_previous_walk_through_the_matches(window: Window, answering: Answering, qtbot: QtBot) -> None:
    searched(window, qtbot, answering.pictures[0])
    with qtbot.waitSignal(window.session.pair_compared):
        window.results.compare_requested.emit(window.results.matches()[0])
    assert not window.actions_by_name["previous_pair"].isEnabled()
    with qtbot.waitSignal(window.session.pair_compared):
        press(window, "next_pair")
    with qtbot.waitSignal(window.session.pair_compared):
        window.compare.next_requested.emit()
    assert not window.actions_by_name["next_pair"].isEnabled()
    assert not window.compare.header.buttons["next"].isEnabled()
    assert window.compare.header.buttons["previous"].isEnabled()
    with qtbot.waitSignal(window.session.pair_compared):
        press(window, "previous_pair")
    a, b, c = answering.pictures
    assert answering.compared == [(a, a), (a, b), (a, c), (a, b)]


def test_the_members_of_a_group_are_compared_with_its_representative(
    window: Window, answering: Answering, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.session.groups_final):
        press(window, "find_duplicates")
    a, b, c = answering.pictures
    with qtbot.waitSignal(window.session.pair_compared):
        window.groups.compare_requested.emit(a, b)
    with qtbot.waitSignal(window.session.pair_compared):
        press(window, "next_pair")
    assert answering.compared == [(a, b), (a, c)]
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.page == "duplicates"


def test_a_pair_that_cannot_be_compared_says_why(
    window: Window, answering: Answering, folder: Path, qtbot: QtBot
) -> None:
    searched(window, qtbot, answering.pictures[0])
    gone = folder / "gone.png"
    with qtbot.waitSignal(window.session.pair_failed) as failed:
        window.results.compare_requested.emit(match(gone))
    assert failed.args == [f"{gone}: vanished"]
    assert f"{gone}: vanished" in window.status.text.full_text


def test_the_inspector_shows_what_is_picked_on_the_page(window: Window, answering: Answering, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    def inspected() -> str:
        return " ".join(label.text() for label in window.inspector.findChildren(QLabel) if label.isVisible())

    searched(window, qtbot, answering.pictures[0])
    window.results.select(answering.pictures[1])
    assert "b.png" in inspected()
    press(window, "page_duplicates")
    assert "b.png" not in inspected()
    press(window, "page_search")
    assert "b.png" in inspected()


# ---------------------------------------------------------------------- exporting


def test_ctrl_e_writes_what_is_on_screen(
    window: Window, answering: Answering, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Choosers, "csv", lambda chooser, name: tmp_path / name)
    press(window, "export")
    assert window.status.text.full_text == "There is nothing to export yet."
    searched(window, qtbot, answering.pictures[0])
    press(window, "export")
    qtbot.waitUntil(lambda: (tmp_path / "matches.csv").exists())
    with qtbot.waitSignal(window.session.groups_final):
        press(window, "find_duplicates")
    press(window, "export")
    qtbot.waitUntil(lambda: (tmp_path / "duplicates.csv").exists())
    qtbot.waitUntil(lambda: "Wrote 1 group" in window.status.text.full_text)
    assert len((tmp_path / "matches.csv").read_text(encoding="utf-8").splitlines()) == 4
    assert len((tmp_path / "duplicates.csv").read_text(encoding="utf-8").splitlines()) == 4


# ---------------------------------------------------------------------- closing


def test_closing_during_work_ends_at_once_and_leaves_the_catalog_whole(
    make_workplace: MakeWorkplace, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    closed: list[str] = []

    def endless(catalog: Catalog, *_: object) -> Iterator[Event]:
        try:
            while True:
                catalog.mark_indexed([folder])
                yield Progress("Describing", 0, None, 0.0)
        finally:
            closed.append("closed")

    workplace = make_workplace(Engine(index=endless, search=endless))
    with qtbot.waitSignal(workplace.jobs.scan.batch):
        workplace.libraries.add([folder])
    started = time.monotonic()
    workplace.window.close()
    assert time.monotonic() - started < 1.5
    assert not workplace.window.isVisible()
    assert closed == ["closed"]
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


# ---------------------------------------------------------------------- with the real engine


def finished(lane: Lane, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not lane.running, timeout=60_000)
    assert lane.details == ""


@pytest.mark.timeout(180)
def test_from_an_empty_window_to_compared_duplicates_with_the_real_engine(
    make_workplace: MakeWorkplace, tmp_path: Path, qtbot: QtBot, theme: Theme
) -> None:
    from PIL import Image

    folder = tmp_path / "real"
    folder.mkdir()
    for name, seed in (("one", 1), ("two", 2)):
        generator = np.random.default_rng(seed)
        coarse = generator.integers(0, 255, (24, 32, 3), np.uint8)
        picture = Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC)
        picture.save(folder / f"{name}.png")
        picture.resize((400, 300)).save(folder / f"{name} smaller.jpg", quality=80)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 not really")
    workplace = make_workplace()
    window = workplace.window
    with qtbot.waitSignal(workplace.jobs.scan.started):
        drop(window, folder)
    finished(workplace.jobs.scan, qtbot)
    qtbot.waitUntil(lambda: bool(window.session.skipped.all))
    qtbot.waitUntil(lambda: bool(workplace.libraries.all) and workplace.libraries.all[0].info.images == 4)
    window.duplicates_page.preset.set_preset("fast")
    press(window, "find_duplicates")
    finished(workplace.jobs.scan, qtbot)
    found = {frozenset(m.record.path.stem.split()[0] for m in g.members) for g in window.groups.groups()}
    assert found == {frozenset({"one"}), frozenset({"two"})}
    first = window.groups.groups()[0]
    window.groups.compare_requested.emit(*(member.record.path for member in first.members))
    finished(workplace.jobs.pair, qtbot)
    with qtbot.waitSignal(workplace.jobs.query.started):
        drop(window, folder / "one.png")
    finished(workplace.jobs.query, qtbot)
    names = [found.record.path.name for found in window.results.matches() if found.verified]
    assert "one smaller.jpg" in names
    assert not any("two" in name for name in names)
    theme.set_mode(Mode.DARK)
    assert not window.grab().isNull()
