"""What a screen reader finds: the tree of accessible objects of every page, each with a name and a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine, SearchRequest
from app.intake import HandOver
from app.top_bar import PAGES
from app.window import Window
from core.catalog import Catalog
from core.events import Done, Event, MatchFound, Summary
from core.records import Evidence, Group, ImageRecord, Match, Member, Relation

Role = QAccessible.Role
_NAMELESS = {Role.Client, Role.Pane, Role.Grouping, Role.Splitter, Role.ScrollBar, Role.Border, Role.Whitespace}


def record(path: Path) -> ImageRecord:
    return ImageRecord(path, "", 48, 48, 1000, 0.0, "PNG")


@pytest.fixture
def window(
    make_workplace: Callable[..., Workplace], make_picture: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> Window:
    """The window with queries, matches and a group in it."""
    folder = tmp_path / "photos"
    pictures = [make_picture(f"{name}.png", "red", folder) for name in "abc"]

    def search(catalog: Catalog, library: object, request: SearchRequest) -> Iterator[Event]:
        found = tuple(Match(record(path), 0.9, Relation.EDITED, Evidence(), "edited") for path in pictures[1:])
        for query in request.queries:
            yield from (MatchFound(query, match) for match in found)
        yield Done(Summary(3, (), 0, 0.1, matches=tuple((query, found) for query in request.queries)))

    def index(catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
        catalog.mark_indexed(library)
        yield Done(Summary(3, (), 3, 0.1))

    workplace = make_workplace(Engine(index=index, search=search))
    with qtbot.waitSignal(workplace.jobs.scan.finished):
        workplace.libraries.add([folder])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    with qtbot.waitSignal(workplace.session.search_ended):
        workplace.session.take(HandOver(tuple(pictures[:2])))
    members = tuple(
        Member(record(path), Relation.EDITED, 0.9, Evidence() if place else None, "", not place, "")
        for place, path in enumerate(pictures)
    )
    workplace.session.exchange([], [Group("g", members)])
    return workplace.window


def objects(of: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """The object and all below it that a person can meet."""
    if of.state().invisible:
        return
    yield of
    for number in range(of.childCount()):
        child = of.child(number)
        if child is not None and child.isValid():
            yield from objects(child)


def nameless(window: Window) -> list[str]:
    tree = QAccessible.queryAccessibleInterface(window)
    assert tree is not None
    found = []
    for each in objects(tree):
        if each.state().focusable and each.role() not in _NAMELESS and not each.text(QAccessible.Text.Name):
            widget = each.object()
            found.append(f"{each.role().name} {type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_takes_the_focus_has_a_name_and_a_role(window: Window, page: str, qtbot: QtBot) -> None:
    window.show_page(page)
    assert nameless(window) == []


def test_the_contact_sheet_of_a_group_has_names_too(window: Window, qtbot: QtBot) -> None:
    window.show_page("duplicates")
    window.actions_by_name["open_group"].trigger()
    assert window.duplicates_page.group is not None
    assert nameless(window) == []


def test_cards_and_queries_say_what_they_are(window: Window) -> None:
    window.show_page("search")
    tree = QAccessible.queryAccessibleInterface(window)
    assert tree is not None
    said = [each.text(QAccessible.Text.Name) for each in objects(tree) if each.role() is Role.ListItem]
    assert "a.png, found" in said
    assert any(text.startswith("b.png, edited, score 0.9") for text in said)
