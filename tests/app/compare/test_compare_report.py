"""Saving and copying: the picture shows what the page shows, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.compare_report import LEAST_SIDE, MOST_SIDE
from app.compare_scene import Mode
from app.compare_view import CompareView
from tests.app.compare.pairs import SIZE_A, Matrix, Pixels, evidence, match_of, shown

Pair = Callable[[str], tuple[Path, Path, Matrix]]
Keep = Callable[[Mode], Pixels]
_EDGE = 24


@pytest.fixture
def first(qtbot: QtBot, view: CompareView, pair: Pair) -> Pixels:
    """Shows a photo and its negative; the photo at the size at which it is kept."""
    first, second, _ = pair("mirrored")
    with Image.open(first) as picture:
        photo = picture.convert("RGB")
    ImageOps.invert(photo).save(second)
    shown(qtbot, view, first, match_of(second, evidence(np.eye(3))))
    return np.asarray(photo.resize((LEAST_SIDE, LEAST_SIDE * SIZE_A[1] // SIZE_A[0]), Image.Resampling.BILINEAR))


@pytest.fixture
def keep(qtbot: QtBot, view: CompareView, tmp_path: Path) -> Keep:
    """Saves the page in a mode; the pixels of the file."""

    def keep(mode: Mode) -> Pixels:
        view.set_mode(mode)
        target = tmp_path / "kept.png"
        with qtbot.waitSignal(view.message) as said:
            view.keeper.save(target)
        assert said.args == ["Saved as kept.png"]
        with Image.open(target) as picture:
            assert picture.format == "PNG"
            return np.asarray(picture.convert("RGB"))

    return keep


def part(sheet: Pixels, left: float, right: float, margin: int = _EDGE) -> Pixels:
    """What the sheet shows of the first picture between two shares of its width, in the middle of its height."""
    rows = slice(margin + 300, margin + 600)
    return sheet[rows, margin + round(left * LEAST_SIDE) : margin + round(right * LEAST_SIDE)]


def gap(kept: Pixels, wanted: Pixels) -> float:
    return float(np.abs(kept.astype(int) - wanted.astype(int)).mean())


def test_side_by_side_is_kept_plain(first: Pixels, keep: Keep) -> None:
    sheet = keep(Mode.BESIDE)
    assert sheet.shape[1] > 2 * LEAST_SIDE
    assert gap(part(sheet, 0.1, 0.9), part(first, 0.1, 0.9, 0)) < 3


@pytest.mark.parametrize("mode", [Mode.BLINK, Mode.BESIDE])
def test_what_blinks_is_kept_side_by_side(view: CompareView, first: Pixels, keep: Keep, mode: Mode) -> None:
    assert gap(keep(mode), keep(Mode.BESIDE)) == 0
    assert view.keeper.proposed_name() == "first - mirrored (side by side).png"


def test_lines_are_kept_with_what_is_switched_on(view: CompareView, first: Pixels, keep: Keep) -> None:
    plain, lines = keep(Mode.BESIDE), keep(Mode.LINES)
    view.options.rejected.click()
    rejected = keep(Mode.LINES)
    view.options.line_slider.setValue(0)
    fewer = keep(Mode.LINES)
    assert 0 < gap(fewer, plain) < gap(lines, plain) < gap(rejected, plain)


@pytest.mark.parametrize(("share", "weights"), [(0.5, (0.5, 0.5)), (0.2, (0.8, 0.2))])
def test_a_blend_is_kept_as_it_is_mixed(
    view: CompareView, first: Pixels, keep: Keep, share: float, weights: tuple[float, float]
) -> None:
    view.set_mode(Mode.BLEND)
    view.options.share.setValue(round(100 * share))
    photo = part(first, 0.1, 0.9, 0).astype(float)
    wanted = weights[0] * photo + weights[1] * (255 - photo)
    assert gap(part(keep(Mode.BLEND), 0.1, 0.9), wanted.astype(np.uint8)) < 3


@pytest.mark.parametrize("turns", [0, 3])
def test_a_swipe_is_kept_with_its_divider_on_the_same_detail(
    view: CompareView, first: Pixels, keep: Keep, turns: int
) -> None:
    view.set_mode(Mode.SWIPE)
    view.canvas.zoom_by(1.25**turns)
    view.canvas.set_divider(0.3)
    pane = view.canvas.scene.state.pane(0)
    at = float(view.canvas.scene.state.view(0).point((pane.x + 0.3 * pane.width, 0.0))[0]) / SIZE_A[0]
    sheet = keep(Mode.SWIPE)
    assert gap(part(sheet, 0.0, at - 0.03), part(first, 0.0, at - 0.03, 0)) < 3
    assert gap(part(sheet, at + 0.03, 0.9), 255 - part(first, at + 0.03, 0.9, 0)) < 3


def test_a_difference_is_kept_as_its_heat_map_with_the_figures(
    qtbot: QtBot, view: CompareView, first: Pixels, keep: Keep
) -> None:
    sheet = keep(Mode.DIFFERENCE)
    qtbot.waitUntil(lambda: view.canvas.scene.heat is not None)
    again = keep(Mode.DIFFERENCE)
    assert gap(sheet, again) < 0.5, "kept before the page had it, it is the same"
    note = sheet[_EDGE + 14 : _EDGE + 14 + 31, LEAST_SIDE // 2 - 100 : LEAST_SIDE // 2 + 100]
    assert (note.min(axis=2) > 180).any(), "the pill with the numbers"
    assert "SSIM" in view.keeper.proposed_name() or view.keeper.proposed_name().endswith("(difference).png")


def test_inspecting_keeps_the_table(qtbot: QtBot, view: CompareView, first: Pixels, keep: Keep) -> None:
    view.set_mode(Mode.INSPECT)
    qtbot.waitUntil(lambda: bool(view.inspect.verdict))
    sheet = keep(Mode.INSPECT)
    page = view.inspect.widget().size()
    assert sheet.shape[:2] == (page.height(), page.width())
    assert view.keeper.proposed_name() == "first - mirrored (inspected).png"


@pytest.mark.parametrize(("mode", "across"), [(Mode.LINES, 2), (Mode.BLEND, 1)])
def test_large_pictures_are_kept_large_and_no_larger(
    qtbot: QtBot, view: CompareView, pair: Pair, mode: Mode, across: int
) -> None:
    first, second, _ = pair("turned")
    for path in (first, second):
        Image.new("RGB", (3200, 2400), "teal").save(path, compress_level=0)
    shown(qtbot, view, first, match_of(second, evidence(np.eye(3))))
    view.set_mode(mode)
    with qtbot.waitSignal(view.message):
        view.keeper.copy()
    width = QGuiApplication.clipboard().image().width()
    assert across * MOST_SIDE < width < across * MOST_SIDE + 200


def test_the_proposed_name_says_what_is_shown(
    view: CompareView, first: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (asked.append(given[2]), "")[1:] * 2)
    for mode in Mode:
        view.set_mode(mode)
        view.bar.save.click()
    kinds = ["lines", "swipe", "side by side", "blend", "difference", "side by side", "inspected"]
    assert {Path(name).parent for name in asked} == {Path.home()}, "there is no folder for pictures in this home"
    assert [Path(name).name for name in asked] == [f"first - mirrored ({kind}).png" for kind in kinds]


def test_a_name_without_an_ending_becomes_a_png(
    qtbot: QtBot, view: CompareView, first: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "proof"), ""))
    with qtbot.waitSignal(view.message) as said:
        qtbot.keyClick(view.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["Saved as proof.png"]


def test_a_folder_that_is_not_there_is_named(qtbot: QtBot, view: CompareView, first: Pixels, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.message) as said:
        view.keeper.save(tmp_path / "missing" / "proof.png")
    assert said.args is not None and "cannot be written" in said.args[0]


@pytest.mark.parametrize("mode", [Mode.LINES, Mode.DIFFERENCE])
def test_what_is_shown_is_copied(qtbot: QtBot, view: CompareView, first: Pixels, keep: Keep, mode: Mode) -> None:
    sheet = keep(mode)
    with qtbot.waitSignal(view.message):
        qtbot.keyClick(view.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    image = QGuiApplication.clipboard().image()
    assert (image.height(), image.width()) == sheet.shape[:2]


def test_without_evidence_only_the_pictures_can_be_kept(
    qtbot: QtBot, view: CompareView, pair: Pair, keep: Keep, tmp_path: Path
) -> None:
    first, second, _ = pair("turned")
    view.show_pair(first, second)
    with qtbot.waitSignal(view.message) as said:
        view.keeper.copy()
    assert said.args == ["The pictures are not there yet."]
    qtbot.waitUntil(lambda: None not in view.canvas.scene.pictures)
    with qtbot.waitSignal(view.message) as said:
        view.bar.save.click()
    assert said.args == ["There is no evidence to show yet."]
    assert keep(Mode.BESIDE).shape[1] > 2 * LEAST_SIDE
