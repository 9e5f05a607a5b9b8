"""A group as a contact sheet: footprints, walking the pairs, splitting off, on the real window and catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.application import Workplace
from app.engine import Engine
from app.window import Window
from core.features.base import Pixels
from core.records import Group

MakeWorkplace = Callable[..., Workplace]
LEFT = Qt.MouseButton.LeftButton
_MINUTE = 60_000


@pytest.fixture
def copies(tmp_path: Path, photos: Mapping[str, Pixels]) -> Path:
    """A photo, a half-size copy of it, and its lower right quarter."""
    folder = tmp_path / "photos"
    folder.mkdir()
    coffee = photos["coffee"]
    Image.fromarray(coffee).save(folder / "coffee.png")
    Image.fromarray(coffee).resize((300, 200)).save(folder / "small.jpg", quality=90)
    Image.fromarray(np.ascontiguousarray(coffee[200:, 300:])).save(folder / "corner.png")
    return folder


@pytest.fixture
def window(make_workplace: MakeWorkplace, copies: Path, qtbot: QtBot) -> Window:
    """The window with the one group that the real engine finds."""
    workplace = make_workplace(Engine())
    window = workplace.window
    with qtbot.waitSignal(workplace.jobs.scan.finished, timeout=_MINUTE):
        workplace.libraries.add([copies])
    qtbot.waitUntil(lambda: bool(workplace.libraries.scope))
    with qtbot.waitSignal(window.session.groups_final, timeout=_MINUTE):
        window.find_duplicates()
    return window


def opened(window: Window, qtbot: QtBot) -> Group:
    window.actions_by_name["open_group"].trigger()
    group = window.duplicates_page.group
    assert group is not None
    return group


def test_a_group_is_walked_looked_at_and_split(window: Window, copies: Path, qtbot: QtBot) -> None:
    group = opened(window, qtbot)
    sheet = window.duplicates_page.sheet
    assert group.representative.record.path.name == "coffee.png"
    assert "3 pictures" in sheet.detail.full_text and "weakest pair: " in sheet.detail.full_text

    # What the corner shows is the lower right quarter of the best copy.
    outline = sheet.footprints.outlines[copies / "corner.png"]
    assert outline.min(axis=0) == pytest.approx([299.5, 199.5], abs=2)
    assert outline.max(axis=0) == pytest.approx([599.5, 399.5], abs=2)

    # The arrow keys walk the pairs, and the inspector follows.
    names = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(sheet.grid, key)
        assert sheet.current is not None
        names.append(sheet.current.record.path.name)
    assert sorted(names) == ["corner.png", "small.jpg"]

    # A click on an outline picks its member; the smallest wins.
    place = sheet.footprints.picture_place()
    inside = QPointF(place.left() + 0.75 * place.width(), place.top() + 0.75 * place.height()).toPoint()
    qtbot.mouseClick(sheet.footprints, LEFT, pos=inside)
    assert sheet.current is not None and sheet.current.record.path.name == "corner.png"

    # Enter compares the pair, Esc comes back to the sheet.
    with qtbot.waitSignal(window.session.jobs.pair.finished, timeout=_MINUTE):
        qtbot.keyClick(sheet.grid, Qt.Key.Key_Return)
    assert window.page == "compare"
    window.actions_by_name["back"].trigger()
    assert window.page == "duplicates" and window.duplicates_page.group is not None

    # What does not belong is split off, remembered, and can be taken back.
    with qtbot.waitSignal(window.session.groups_final):
        sheet.split.click()
    (rest,) = window.session.groups.values()
    assert [member.record.path.name for member in rest.members] == ["coffee.png", "small.jpg"]
    assert window.duplicates_page.group is rest
    with qtbot.waitSignal(window.session.groups_final):
        window.status.act_button.click()
    assert [len(found.members) for found in window.session.groups.values()] == [3]

    qtbot.keyClick(sheet.grid, Qt.Key.Key_W)
    assert sheet.current is not None
    assert sheet.current.score == group.weakest
    qtbot.keyClick(sheet.grid, Qt.Key.Key_Escape)
    assert window.duplicates_page.group is None
