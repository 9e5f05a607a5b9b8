"""The inspector tells the facts of what is picked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.elided_label import ElidedLabel
from app.inspector_view import InspectorView
from core.records import Evidence, Group, ImageRecord, Match, Member, Relation

FOLDER = Path("/pictures/holidays by the sea/camera uploads of a long summer")
RECORD = ImageRecord(FOLDER / "beach.jpg", "3f9a1c" + "0" * 58, 4000, 3000, 2_200_000, 1_700_000_000.0, "JPEG")
SMALL = replace(RECORD, path=Path("/web/beach small.jpg"), content="77" * 32, width=800, height=600, size=90_000)


@pytest.fixture
def inspector(qtbot: QtBot) -> InspectorView:
    view = InspectorView()
    qtbot.addWidget(view)
    view.resize(260, 600)
    view.show()
    return view


def said(view: InspectorView) -> str:
    labels = [label for label in view.findChildren(QLabel) if label.isVisible()]
    texts = [label.full_text if isinstance(label, ElidedLabel) else label.text() for label in labels]
    return "\n".join(texts).replace("\N{NO-BREAK SPACE}", " ")


def value(view: InspectorView, name: str) -> QLabel:
    names = [label for label in view.findChildren(QLabel) if label.text() == name and label.isVisible()]
    buddy = names[0].buddy()
    assert isinstance(buddy, QLabel)
    return buddy


def match(reason: str = "ok") -> Match:
    flags = np.arange(50) >= 8
    points = np.zeros((50, 2), np.float32)
    proof = Evidence(points, points, flags, 42, np.eye(3), reason=reason)
    return Match(SMALL, 0.91, Relation.RE_ENCODED, proof, "smaller copy, 20% of the size")


def test_the_facts_of_a_picture(inspector: InspectorView) -> None:
    inspector.show_record(RECORD)
    text = said(inspector)
    for fact in ("beach.jpg", "4000 × 3000 px", "12.0", "2.1 MiB", "JPEG", "3f9a1c000000"):  # noqa: RUF001
        assert fact in text
    assert value(inspector, "Size").toolTip() == "2,200,000 bytes"
    assert value(inspector, "Content").toolTip() == RECORD.content


def test_a_long_folder_is_shortened_and_its_tooltip_is_whole(inspector: InspectorView) -> None:
    inspector.show_record(RECORD)
    folder = value(inspector, "Folder")
    assert "\N{HORIZONTAL ELLIPSIS}" in folder.text()
    assert folder.toolTip() == str(FOLDER)


def test_every_value_can_be_selected(inspector: InspectorView) -> None:
    inspector.show_match(match(), RECORD)
    for name in ("Relation", "Score", "Why", "Evidence", "Dimensions", "Folder", "Content"):
        flags = value(inspector, name).textInteractionFlags()
        assert flags & Qt.TextInteractionFlag.TextSelectableByMouse, name


def test_a_match_says_what_it_is_and_why(inspector: InspectorView) -> None:
    inspector.show_match(match())
    text = said(inspector)
    for fact in ("re-encoded", "0.91", "smaller copy, 20% of the size", "42 of 50 matched keypoints agree"):
        assert fact in text
    assert "≠" not in text


def test_differences_to_the_query_are_marked(inspector: InspectorView) -> None:
    inspector.show_match(match(), RECORD)
    assert value(inspector, "Dimensions").text().endswith("≠")
    assert value(inspector, "Size").text().endswith("≠")
    assert value(inspector, "Format").text() == "JPEG"
    assert "beach.jpg" in said(inspector)


def test_a_rejected_pair_says_why(inspector: InspectorView) -> None:
    inspector.show_match(match("only the caption agrees"))
    assert value(inspector, "Rejected").text() == "only the caption agrees"


def test_a_group_says_what_can_be_freed(inspector: InspectorView) -> None:
    first = Member(RECORD, Relation.SAME_FILE, 1.0, None, "", True, "kept: the largest picture")
    second = Member(SMALL, Relation.RE_ENCODED, 0.91, Evidence(), "smaller", False, "smaller copy")
    inspector.show_group(Group("x", (first, second)))
    text = said(inspector)
    for fact in ("2 pictures", "1 picture", "88 KiB", "kept: the largest picture", "can go: smaller copy"):
        assert fact in text


def test_a_huge_group_is_cut_short(inspector: InspectorView) -> None:
    member = Member(RECORD, Relation.SAME_FILE, 1.0, None, "", True, "")
    inspector.show_group(Group("x", (member,) * 5000))
    assert "and 4,970 more" in said(inspector)


def test_nothing_picked_is_an_empty_state(inspector: InspectorView) -> None:
    inspector.show_record(RECORD)
    for clear in (inspector.show_record, inspector.show_match, inspector.show_group):
        clear(None)
        assert "Nothing picked" in said(inspector)
        assert "beach.jpg" not in said(inspector)
