"""The ground that the window stands on: reference counts of PySide6, and OpenCV beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).parents[2]


class Speaker(QObject):
    said = Signal(bool)


class Empty(QAbstractListModel):
    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> None:
        return None


def test_emitting_signals_keeps_the_reference_counts(qtbot: QtBot) -> None:
    """PySide6 6.12.0 takes one reference to True with each emit under Python 3.11, until the process aborts."""
    speaker = Speaker()
    speaker.said.connect(lambda value: None)
    before = sys.getrefcount(True)
    for _ in range(20_000):
        speaker.said.emit(True)
    assert abs(sys.getrefcount(True) - before) < 100


def test_a_model_that_answers_none_keeps_the_reference_counts(qtbot: QtBot) -> None:
    """The same fault, for every None that is returned to Qt."""
    view = QListView()
    qtbot.addWidget(view)
    model = Empty(view)
    view.setModel(model)
    before = sys.getrefcount(None)
    for _ in range(5_000):
        view.sizeHintForRow(0)
    assert abs(sys.getrefcount(None) - before) < 500


@pytest.mark.parametrize("order", ["cv2 first", "Qt first"])
def test_opencv_and_qt_live_in_one_process_in_either_order(order: str) -> None:
    imports = ["from core._cv import cv2", "from PySide6.QtWidgets import QApplication, QLabel"]
    if order == "Qt first":
        imports.reverse()
    lines = [
        *imports,
        "import os",
        "from app.application import build_application",
        "application = build_application()",
        "label = QLabel('here')",
        "label.show()",
        "application.processEvents()",
        "import numpy as np",
        "assert cv2.resize(np.zeros((8, 8, 3), np.uint8), (4, 4)).shape == (4, 4, 3)",
        "assert 'QT_QPA_PLATFORM_PLUGIN_PATH' not in os.environ",
        "assert 'QT_QPA_FONTDIR' not in os.environ",
        "print(application.platformName())",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "offscreen"


def test_a_window_starts_without_the_variables_even_if_something_else_imported_cv2() -> None:
    lines = [
        "import cv2, os",
        "from app.application import build_application",
        "application = build_application()",
        "assert 'QT_QPA_PLATFORM_PLUGIN_PATH' not in os.environ",
        "assert 'QT_QPA_FONTDIR' not in os.environ",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
