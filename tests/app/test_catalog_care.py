"""The catalog is checked, backed up and repaired from the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app import application
from app.application import Workplace
from app.engine import Engine
from core._catalog_backup import backups, is_intact
from core.catalog import Catalog


@pytest.fixture
def workplace(make_workplace: Callable[..., Workplace], tmp_path: Path, qtbot: QtBot) -> Workplace:
    folder = tmp_path / "photos"
    folder.mkdir()
    with Catalog(tmp_path / "catalog.sqlite3") as catalog:
        catalog.add_library(folder)
    workplace = make_workplace(Engine())
    qtbot.waitUntil(lambda: len(workplace.libraries.all) == 1)
    return workplace


def trigger(workplace: Workplace, text: str) -> None:
    action = next(action for action in workplace.window.care.menu.actions() if text in action.text())
    assert action.toolTip() != action.text()
    action.trigger()


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def test_a_whole_catalog_is_said_to_be_whole(workplace: Workplace, qtbot: QtBot) -> None:
    trigger(workplace, "Check")
    qtbot.waitUntil(lambda: "is whole" in workplace.window.status._sentence)


def test_a_backup_is_made_and_named(workplace: Workplace, qtbot: QtBot, tmp_path: Path) -> None:
    trigger(workplace, "Back up")
    qtbot.waitUntil(lambda: "Backed up to" in workplace.window.status._sentence)
    assert is_intact(backups(tmp_path / "catalog.sqlite3")[0])


def test_a_damaged_catalog_offers_to_be_repaired_and_a_repair_closes_the_window_first(
    workplace: Workplace, qtbot: QtBot, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.db"
    with Catalog(damaged) as catalog:
        catalog.add_library(tmp_path)
    damage(damaged)
    workplace.window.care._path = damaged
    trigger(workplace, "Check")
    qtbot.waitUntil(lambda: "problems" in workplace.window.status._sentence)
    assert workplace.window.status.act_button.text() == "Repair …"
    workplace.window.status.act_button.click()
    box = workplace.window.findChild(QMessageBox)
    assert box is not None
    assert "Your pictures are not touched" in box.text()
    with qtbot.waitSignal(workplace.window.closing):
        box.defaultButton().click()
    assert workplace.repair


def test_a_job_that_meets_damage_offers_the_repair_too(workplace: Workplace) -> None:
    from app.job_threads import Failure

    sentence = "c.db is damaged or is no catalog; `twinsight catalog repair` saves what can be read of it."
    workplace.report(Failure(sentence, "details"))
    status = workplace.window.status
    assert status.act_button.isVisibleTo(status)
    assert status.details_button.isVisibleTo(status)
    workplace.report(Failure("The disk is full.", ""))
    assert not status.act_button.isVisibleTo(status)


def test_after_a_repair_the_window_says_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(path) as catalog:
        catalog.add_library(tmp_path)
    whole = tmp_path / "whole.db"
    shutil.copy(path, whole)
    assert "The catalog is repaired" in application._repair(path)
    with Catalog(path) as catalog:
        assert [info.folder for info in catalog.libraries()] == [tmp_path]
    assert "no such catalog" in application._repair(tmp_path / "none.db")
