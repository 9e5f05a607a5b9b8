"""Reviewing in the window: real pictures, a real scan, real keys, and files that really go and come back."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.choosers import Choosers
from app.engine import Engine
from app.review_groups import Show
from app.window import Window
from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.events import Done, Event, Summary
from core.records import Group
from core.review.values import Action
from core.scope import Mode, Scope

MakeWorkplace = Callable[..., Workplace]
_WAIT = 60_000
_Key = Qt.Key
COPIES = {"china (1).jpg", "china small.jpg"}
"""What the rules let go: the turned cat is kept, as it was edited."""


@dataclass(frozen=True)
class Scanned:
    """A library that was scanned once for all tests, and what each test begins with."""

    library: Path
    pristine: Path
    catalog: Path
    groups: tuple[Group, ...]

    def again(self, catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
        """What the scan found, without its work."""
        yield Done(Summary(7, (), 0, 0.1, groups=self.groups))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory, photos: Mapping[str, NDArray[np.uint8]]) -> Scanned:
    """china.jpg has an exact copy and a small one, cat.png one that is turned, flower.jpg none."""
    folder = tmp_path_factory.mktemp("scanned")
    library = folder / "library"
    (library / "copies").mkdir(parents=True)
    for name, path in (("china", "china.jpg"), ("flower", "flower.jpg"), ("cat", "cat.png")):
        Image.fromarray(photos[name]).save(library / path)
    shutil.copy(library / "china.jpg", library / "copies" / "china (1).jpg")
    Image.fromarray(photos["china"]).resize((320, 214)).save(library / "copies" / "china small.jpg")
    Image.fromarray(np.ascontiguousarray(np.rot90(photos["cat"]))).save(library / "copies" / "cat turned.png")
    with Catalog(folder / "catalog.sqlite3") as catalog:
        catalog.add_library(library)
        events = list(find_duplicates(catalog, [library], ScanOptions(preset="balanced")))
    assert isinstance(events[-1], Done)
    shutil.copytree(library, folder / "pristine")
    return Scanned(library, folder / "pristine", folder / "catalog.sqlite3", events[-1].summary.groups)


@pytest.fixture
def library(scanned: Scanned) -> Path:
    """The library as it was before any test."""
    shutil.rmtree(scanned.library)
    shutil.copytree(scanned.pristine, scanned.library)
    return scanned.library


@pytest.fixture
def open_workplace(
    make_workplace: MakeWorkplace, scanned: Scanned, library: Path, tmp_path: Path, qtbot: QtBot
) -> Callable[[Engine | None], Workplace]:
    """Opens the window on the scanned library and scans; with None by the real engine."""

    def open_it(engine: Engine | None) -> Workplace:
        shutil.copy(scanned.catalog, tmp_path / "catalog.sqlite3")
        workplace = make_workplace(engine)
        qtbot.waitUntil(lambda: bool(workplace.libraries.scope), timeout=_WAIT)
        scan(workplace, qtbot)
        return workplace

    return open_it


@pytest.fixture
def workplace(open_workplace: Callable[[Engine | None], Workplace], scanned: Scanned) -> Workplace:
    """The window with what a real scan found."""
    return open_workplace(Engine(scan=scanned.again))


@pytest.fixture
def window(workplace: Workplace, qtbot: QtBot) -> Window:
    return workplace.window


def scan(workplace: Workplace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(workplace.session.groups_final, timeout=_WAIT):
        workplace.window.find_duplicates()


def review(window: Window, qtbot: QtBot) -> None:
    """Open the page and wait until the rules have chosen."""
    window.show_page("review")
    work = window.review.review.work
    qtbot.waitUntil(lambda: all(item.choices or item.settled for item in work.standings.values()), timeout=_WAIT)
    qtbot.waitUntil(lambda: not window.session.jobs.review.running, timeout=_WAIT)


def checksums(folder: Path) -> dict[str, str]:
    """What is in a folder, byte for byte; what is hidden is not of the person's."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def going(window: Window) -> set[str]:
    standings = window.review.review.work.standings.values()
    return {choice.member.record.path.name for item in standings for choice in item.going}


def fates(window: Window) -> dict[str, bool | None]:
    return {fate.member.record.path.name: fate.keep for fate in window.review_page.view.stage.members.fates}


def press(window: Window, qtbot: QtBot, *keys: Qt.Key) -> None:
    window.activateWindow()
    window.review_page.view.stage.setFocus()
    for key in keys:
        qtbot.keyClick(window.review_page.view.stage, key)


def china(window: Window) -> str:
    """The id of the group of china.jpg."""
    for identifier, standing in window.review.review.work.standings.items():
        if any(member.record.path.name == "china.jpg" for member in standing.members):
            return identifier
    raise AssertionError("china.jpg is in no group")


def summed_up(window: Window, qtbot: QtBot, action: Action = Action.TRASH) -> None:
    clean_up = window.review.clean_up
    with qtbot.waitSignal(clean_up.rehearsed, timeout=_WAIT):
        window.review_page.view.bar.clean_up_button.click()
    if action is not Action.TRASH:
        with qtbot.waitSignal(clean_up.rehearsed, timeout=_WAIT):
            window.review_page.summary.actions_by_value[action].click()


def applied(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.review.clean_up.reported, timeout=_WAIT):
        window.review_page.summary.apply_button.click()


# ---------------------------------------------------------------------- looking


def test_before_a_scan_the_page_says_how_to_begin(make_workplace: MakeWorkplace) -> None:
    page = make_workplace().window.review_page
    assert page.face is page.empty
    assert page.empty.button.text() == "Find duplicates"


def test_the_rules_choose_and_say_why(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    assert going(window) == COPIES
    count, _ = window.review.review.work.totals
    assert count == 2
    assert window.review_page.view.bar.totals.full_text.startswith("2 files to go, ")
    window.review_page.view.go_to(china(window))
    whys = {fate.member.record.path.name: fate.why for fate in window.review_page.view.stage.members.fates}
    assert whys["china.jpg"].startswith("kept: ")
    assert whys["china (1).jpg"] == "the same bytes as china.jpg"
    assert "640 x 427 against 320 x 214" in whys["china small.jpg"]


def test_the_keyboard_walks_and_marks_and_takes_back(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    view = window.review_page.view
    press(window, qtbot, _Key.Key_Home)
    first = view.current
    press(window, qtbot, _Key.Key_Down)
    assert view.current != first
    press(window, qtbot, _Key.Key_Up)
    assert view.current == first
    view.go_to(china(window))
    name = view.stage.members.fates[1].member.record.path.name
    press(window, qtbot, _Key.Key_Right, _Key.Key_K)
    assert fates(window)[name] is True
    assert window.review.review.work.totals[0] == 1
    press(window, qtbot, _Key.Key_U)
    assert fates(window)[name] is False
    assert window.review.review.work.totals[0] == 2


def test_the_last_copy_cannot_be_removed(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    view = window.review_page.view
    view.go_to(china(window))
    for row in range(3):
        view.stage.go_to(row)
        press(window, qtbot, _Key.Key_X)
    assert list(fates(window).values()).count(True) == 1


def test_only_this_lets_all_others_go(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    view = window.review_page.view
    view.go_to(china(window))
    row = next(row for row, fate in enumerate(view.stage.members.fates) if "(1)" in fate.member.record.path.name)
    view.stage.go_to(row)
    press(window, qtbot, _Key.Key_O)
    assert fates(window) == {"china.jpg": False, "china (1).jpg": True, "china small.jpg": False}


def test_other_rules_choose_otherwise_at_once_and_are_remembered(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    editor = window.review.walk.rules
    window.review_page.view.bar.rules_button.click()
    editor.add_folder(str(window.session.libraries.scope[0] / "copies"))
    qtbot.waitUntil(lambda: "china.jpg" in going(window), timeout=_WAIT)
    assert editor.list.item(0).text().startswith("1.  Lies in this folder")
    assert window._settings.review_rules == editor.rule_set
    editor.save_requested.emit("mine")
    qtbot.waitUntil(lambda: editor.presets.currentData() == "mine", timeout=_WAIT)
    assert window.review_page.view.bar.rules_button.text() == "mine"
    editor.close()


def test_a_protected_folder_keeps_its_files(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    copies = window.session.libraries.scope[0] / "copies"
    with qtbot.waitSignal(window.review.review.terms_changed, timeout=_WAIT):
        window.review_page.view.protect_requested.emit(copies)
    qtbot.waitUntil(lambda: not window.session.jobs.review.running, timeout=_WAIT)
    # Its pictures are matched against: the copies elsewhere may go for them, never they themselves.
    assert not going(window) & COPIES


def test_every_control_of_the_review_has_a_name_and_a_tooltip(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    room = window.review
    nameless = []
    for owner in (room.page, room.walk.rules, room.walk.decisions.dialog, room.cleaning.dialog):
        for kind in (QAbstractButton, QComboBox, QLineEdit):
            for control in owner.findChildren(kind):
                inside = isinstance(control.parentWidget(), QLineEdit | QComboBox)
                if inside or control.objectName().startswith("qt_") or "Corner" in type(control).__name__:
                    continue
                named = control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
                if not control.isHidden() and not (named and control.toolTip()):
                    nameless.append((type(control).__name__, type(owner).__name__, named))
    assert [item for item in nameless if item[0] != "QAbstractButton"] == []


# ---------------------------------------------------------------------- deciding


def test_both_settles_a_group_and_no_scan_brings_it_back_until_a_file_joins(
    open_workplace: Callable[[Engine | None], Workplace], library: Path, qtbot: QtBot
) -> None:
    workplace = open_workplace(None)
    window = workplace.window
    review(window, qtbot)
    view, room = window.review_page.view, window.review.review
    group = china(window)
    view.go_to(group)
    with qtbot.waitSignal(room.decided, timeout=_WAIT):
        press(window, qtbot, _Key.Key_B)
    assert room.work.standings[group].settled
    assert going(window) == set()
    (library / "copies").rename(library / "moved")
    scan(workplace, qtbot)
    review(window, qtbot)
    assert len(room.work) == 1
    shutil.copy(library / "china.jpg", library / "china joined.jpg")
    scan(workplace, qtbot)
    review(window, qtbot)
    view.go_to(china(window))
    assert [fate.member.record.path.name for fate in view.stage.members.fates if fate.member.new] == [
        "china joined.jpg"
    ]
    window.review_page.view.bar.show_button.choose(Show.NEW)
    assert len(view.groups()) == 1


def test_both_keeps_also_what_was_to_go_and_undo_lets_it_go_again(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    view, room = window.review_page.view, window.review.review
    view.go_to(china(window))
    view.stage.go_to(1)
    name = view.stage.current.member.record.path.name
    press(window, qtbot, _Key.Key_X)
    with qtbot.waitSignal(room.decided, timeout=_WAIT):
        press(window, qtbot, _Key.Key_B)
    assert set(room.work.marks.values()) == {True}
    with qtbot.waitSignal(room.stepped_back, timeout=_WAIT):
        press(window, qtbot, _Key.Key_U)
    assert fates(window)[name] is False


def test_not_a_duplicate_parts_a_file_and_undo_brings_it_back(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    view, room = window.review_page.view, window.review.review
    view.go_to(china(window))
    row = next(row for row, fate in enumerate(view.stage.members.fates) if "small" in fate.member.record.path.name)
    view.stage.go_to(row)
    with qtbot.waitSignal(room.decided, timeout=_WAIT):
        press(window, qtbot, _Key.Key_N)
    assert set(fates(window)) == {"china.jpg", "china (1).jpg"}
    with qtbot.waitSignal(room.stepped_back, timeout=_WAIT):
        press(window, qtbot, _Key.Key_U)
    assert set(fates(window)) == {"china.jpg", "china (1).jpg", "china small.jpg"}


def test_decisions_are_listed_searched_carried_over_and_taken_back(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    review(window, qtbot)
    view, room, presenter = window.review_page.view, window.review.review, window.review.walk.decisions
    group = china(window)
    view.go_to(group)
    with qtbot.waitSignal(room.decided, timeout=_WAIT):
        press(window, qtbot, _Key.Key_B)
    dialog = presenter.dialog
    dialog.present()
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 1)
    dialog.search.setText("flower")
    qtbot.waitUntil(lambda: not dialog.model.rows)
    dialog.search.setText("china")
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 1)
    with qtbot.waitSignal(presenter.said, timeout=_WAIT):
        presenter.export_to(tmp_path / "decisions.json")
    dialog.table.selectRow(0)
    with qtbot.waitSignal(presenter.changed, timeout=_WAIT):
        dialog.undo_button.click()
    qtbot.waitUntil(lambda: not room.work.standings[group].settled, timeout=_WAIT)
    with qtbot.waitSignal(presenter.changed, timeout=_WAIT):
        presenter.import_from(tmp_path / "decisions.json")
    qtbot.waitUntil(lambda: room.work.standings[group].settled, timeout=_WAIT)
    dialog.close()


# ---------------------------------------------------------------------- cleaning up


@pytest.mark.parametrize("action", [Action.QUARANTINE, Action.FOLDER, Action.HARD_LINK, Action.TRASH])
def test_files_go_and_undo_brings_them_back_byte_for_byte(
    window: Window, qtbot: QtBot, library: Path, tmp_path: Path, action: Action
) -> None:
    review(window, qtbot)
    before = checksums(library)
    window.review_page.summary.destination = tmp_path / "gone"
    summed_up(window, qtbot, action)
    page = window.review_page
    assert page.face is page.summary
    applied(window, qtbot)
    assert page.face is page.result
    after = checksums(library)
    assert after == before if action is Action.HARD_LINK else len(after) == len(before) - 2
    with qtbot.waitSignal(window.review.clean_up.reported, timeout=_WAIT):
        page.result.undo_button.click()
    assert checksums(library) == before
    page.result.back_button.click()
    assert page.face is page.view
    qtbot.waitUntil(lambda: going(window) == COPIES, timeout=_WAIT)


def test_what_went_is_gone_from_all_pages(window: Window, qtbot: QtBot) -> None:
    review(window, qtbot)
    summed_up(window, qtbot, Action.QUARANTINE)
    applied(window, qtbot)
    assert [group.representative.record.path.name for group in window.session.groups.values()] == ["cat.png"]
    window.review_page.result.back_button.click()
    assert window.review_page.face is window.review_page.view
    assert len(window.review.review.work) == 1


def test_deleting_for_good_wants_the_words_typed(window: Window, qtbot: QtBot, library: Path) -> None:
    review(window, qtbot)
    summed_up(window, qtbot, Action.DELETE)
    summary = window.review_page.summary
    assert not summary.apply_button.isEnabled()
    qtbot.keyClicks(summary.phrase, "delete 2 file")
    assert not summary.apply_button.isEnabled()
    qtbot.keyClicks(summary.phrase, "s")
    assert summary.apply_button.isEnabled()
    applied(window, qtbot)
    assert not (library / "copies" / "china small.jpg").exists()
    assert (library / "china.jpg").exists()


def test_the_summary_says_where_files_go_from_and_back_does_nothing(
    window: Window, qtbot: QtBot, library: Path
) -> None:
    review(window, qtbot)
    before = checksums(library)
    summed_up(window, qtbot)
    summary = window.review_page.summary
    assert summary.title.text().startswith("2 files go, ")
    assert {row.path.name for row in summary.table.files.rows} == going(window)
    summary.back_button.click()
    assert window.review_page.face is window.review_page.view
    assert checksums(library) == before


def test_a_copy_that_changed_since_stays_and_the_result_says_why(window: Window, qtbot: QtBot, library: Path) -> None:
    review(window, qtbot)
    summed_up(window, qtbot, Action.QUARANTINE)
    changed = library / "copies" / "china small.jpg"
    shutil.copy(library / "flower.jpg", changed)
    applied(window, qtbot)
    assert changed.exists()
    result = window.review_page.result
    row = next(row for row in result.table.files.rows if row.path == changed)
    assert row.warn
    assert row.cells[1]


def test_undo_also_after_a_restart(
    window: Window, workplace: Workplace, make_workplace: MakeWorkplace, qtbot: QtBot, library: Path
) -> None:
    review(window, qtbot)
    before = checksums(library)
    summed_up(window, qtbot, Action.QUARANTINE)
    applied(window, qtbot)
    window.close()
    workplace.shutdown()
    again = make_workplace().window
    cleaning = again.review.cleaning
    cleaning.list_clean_ups()
    qtbot.waitUntil(lambda: cleaning.dialog.table.rowCount() == 1, timeout=_WAIT)
    assert cleaning.dialog.undo_button.isEnabled()
    with qtbot.waitSignal(again.review.clean_up.reported, timeout=_WAIT):
        cleaning.dialog.undo_button.click()
    assert checksums(library) == before
    cleaning.dialog.close()


def test_a_list_that_was_saved_can_be_taken_up_again(
    window: Window, qtbot: QtBot, library: Path, tmp_path: Path
) -> None:
    review(window, qtbot)
    summed_up(window, qtbot, Action.QUARANTINE)
    with qtbot.waitSignal(window.review.clean_up.said, timeout=_WAIT):
        window.review.clean_up.export_plan(tmp_path / "plan.json")
    window.review_page.summary.back_button.click()
    with qtbot.waitSignal(window.review.clean_up.rehearsed, timeout=_WAIT):
        window.review.cleaning.take_up(tmp_path / "plan.json")
    assert window.review_page.summary.action is Action.QUARANTINE
    applied(window, qtbot)
    assert not (library / "copies" / "china small.jpg").exists()


def test_review_these_begins_with_the_group_of_the_cursor(window: Window, qtbot: QtBot) -> None:
    window.show_page("duplicates")
    wanted = window.groups.groups()[1]
    window.groups.select(wanted.id)
    window.duplicates_page.review_button.click()
    assert window.page == "review"
    assert window.review_page.view.current == wanted.id


def test_a_folder_in_a_library_is_protected_from_the_panel_and_let_go(
    window: Window, workplace: Workplace, qtbot: QtBot, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Choosers, "directory", lambda *_: library / "copies")
    window.library.protect_inside_requested.emit(library)
    qtbot.waitUntil(lambda: workplace.libraries.all[0].protected == (library / "copies",), timeout=_WAIT)
    shown = window.library.model.index_of(library)
    assert "Protected in it: copies" in shown.data(Qt.ItemDataRole.AccessibleTextRole)
    review(window, qtbot)
    assert not going(window) & COPIES
    menu = window.library.menu_for(workplace.libraries.all[0])
    next(action for action in menu.actions() if "no more" in action.text()).trigger()
    qtbot.waitUntil(lambda: workplace.libraries.all[0].protected == (), timeout=_WAIT)
    qtbot.waitUntil(lambda: going(window) == COPIES, timeout=_WAIT)


def test_modes_say_which_files_count_as_copies(window: Window, qtbot: QtBot, library: Path) -> None:
    review(window, qtbot)
    scope = window.review_page.view.bar.scope_button
    scope.choose(Scope(Mode.SAME_FOLDER))
    qtbot.waitUntil(lambda: going(window) == {"china small.jpg"}, timeout=_WAIT)
    scope.choose(Scope(Mode.OTHER_FOLDERS))
    qtbot.waitUntil(lambda: going(window) == COPIES, timeout=_WAIT)
    scope.choose(Scope(Mode.AGAINST, (library / "copies",)))
    # What others are compared against never goes; what has a copy there does.
    qtbot.waitUntil(lambda: bool(going(window)) and not going(window) & COPIES, timeout=_WAIT)


def test_stopping_before_anything_is_done_leads_back_to_the_summary(
    window: Window, qtbot: QtBot, library: Path
) -> None:
    review(window, qtbot)
    before = checksums(library)
    summed_up(window, qtbot, Action.QUARANTINE)
    clean_up, page = window.review.clean_up, window.review_page
    ends = []
    clean_up.broke.connect(ends.append)
    clean_up.reported.connect(ends.append)
    page.summary.apply_button.click()
    page.result.stop_button.click()
    qtbot.waitUntil(lambda: bool(ends), timeout=_WAIT)
    assert page.face in (page.summary, page.result)
    assert not clean_up.at_work
    if page.face is page.result and page.result.undo_button.isVisible():
        page.result.undo_button.click()
        qtbot.waitUntil(lambda: len(ends) == 2, timeout=_WAIT)
    assert checksums(library) == before


def test_a_scan_shows_only_what_counts_by_the_chosen_mode(
    workplace: Workplace, window: Window, qtbot: QtBot, library: Path
) -> None:
    review(window, qtbot)
    everything = set(window.session.groups)
    window.review_page.view.bar.scope_button.choose(Scope(Mode.SAME_FOLDER))

    scan(workplace, qtbot)

    qtbot.waitUntil(lambda: len(window.session.groups) == 1, timeout=_WAIT)
    (group,) = window.session.groups.values()
    assert {member.record.path.name for member in group.members} == {"china.jpg", *COPIES}
    assert "1 of 2 groups are shown: Only within one folder" in window.status.text.full_text
    window.status.act_button.click()
    qtbot.waitUntil(lambda: set(window.session.groups) == everything, timeout=_WAIT)


def test_a_scan_looks_into_the_folder_that_others_are_compared_against(
    open_workplace: Callable[[Engine | None], Workplace], scanned: Scanned, library: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    looked: list[Sequence[Path]] = []

    def noting(catalog: Catalog, folders: Sequence[Path], preset: str) -> Iterator[Event]:
        looked.append(tuple(folders))
        yield from scanned.again(catalog, folders, preset)

    workplace = open_workplace(Engine(scan=noting))
    review(workplace.window, qtbot)
    workplace.window.review_page.view.bar.scope_button.choose(Scope(Mode.AGAINST, (tmp_path / "elsewhere",)))

    scan(workplace, qtbot)

    assert looked == [(library,), (library, tmp_path / "elsewhere")]
