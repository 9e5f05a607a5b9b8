"""A compare page that loads pictures without processes, and pairs to show on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from app.compare_view import CompareView
from app.pair_pictures import PairPictures
from core._cv import cv2
from tests.app.compare.pairs import SHAPES, SIZE_A, InlineTeam, Matrix, Pixels, evidence, match_of, shown


@pytest.fixture
def team() -> InlineTeam:
    return InlineTeam()


@pytest.fixture
def view(qtbot: QtBot, team: InlineTeam) -> Iterator[CompareView]:
    page = CompareView(pictures=PairPictures(make_team=lambda: team))
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    yield page
    page.shutdown()


@pytest.fixture
def pair(tmp_path: Path, photos: Mapping[str, Pixels]) -> Callable[[str], tuple[Path, Path, Matrix]]:
    """Writes a photo and a warped copy of it."""

    def make(shape: str) -> tuple[Path, Path, Matrix]:
        matrix, size = SHAPES[shape]
        first = cv2.resize(photos["coffee"], SIZE_A, interpolation=cv2.INTER_AREA)
        second = cv2.warpPerspective(first, matrix, size)
        paths = tmp_path / "first.png", tmp_path / f"{shape}.png"
        for path, pixels in zip(paths, (first, second), strict=True):
            Image.fromarray(pixels).save(path, compress_level=0)
        return *paths, matrix

    return make


@pytest.fixture
def on_show(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> Callable[[str], Matrix]:
    """Shows a pair with its evidence."""

    def show(shape: str) -> Matrix:
        first, second, matrix = pair(shape)
        shown(qtbot, view, first, match_of(second, evidence(matrix)))
        return matrix

    return show
