"""The compare page: pictures side by side, tied together by their homography, in five ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QWidget
from pytestqt.qtbot import QtBot

from app.compare_scene import Mode
from app.compare_view import CompareView
from app.pyramid import Pyramid, edge_transform, near_affine
from app.theme import Mode as ThemeMode
from app.theme import Theme
from core import geometry
from core._cv import cv2
from core.records import Relation
from tests.app.compare.pairs import (
    SHAPES,
    SIZE_A,
    InlineTeam,
    Matrix,
    Pixels,
    Size,
    changed_pixels,
    evidence,
    match_of,
    shown,
)

LEFT = Qt.MouseButton.LeftButton


def wheel(view: CompareView, place: tuple[float, float], turns: int) -> None:
    canvas = view.canvas
    point = QPointF(*place)
    where = canvas.mapToGlobal(point)
    keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(point, where, QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, keys, phase, False)
    QGuiApplication.sendEvent(canvas, event)


def opposite_error(view: CompareView, matrix: Matrix, side: int, place: tuple[float, float]) -> float:
    """How far, in canvas pixels, the true counterpart of what is at `place` is from the opposite place."""
    state = view.canvas.scene.state
    there = geometry.facing(matrix, geometry.centre(SIZE_A))
    links = there, geometry.inverse(there)
    point = geometry.project(links[side], state.view(side).point(place))
    gap = state.view(1 - side).place(point) - np.array(state.opposite(side, place))
    return float(np.hypot(*gap))


def middle_of(view: CompareView, side: int) -> tuple[float, float]:
    return view.canvas.scene.state.pane(side).middle


# ---- the lock ----


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_zooming_keeps_the_corresponding_points_opposite(
    view: CompareView, on_show: Callable[[str], Matrix], shape: str, side: int
) -> None:
    matrix = on_show(shape)
    x, y = middle_of(view, side)
    place = (x + 30, y - 25)
    before = view.canvas.scene.state.view(side).point(place)
    for turns in (3, 2, -1, 6):
        wheel(view, place, turns)
        assert opposite_error(view, matrix, side, place) < 1.5
        np.testing.assert_allclose(view.canvas.scene.state.view(side).point(place), before, atol=1e-6)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_dragging_keeps_the_corresponding_points_opposite(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix], shape: str
) -> None:
    matrix = on_show(shape)
    x, y = middle_of(view, 0)
    wheel(view, (x, y), 4)
    start, end = QPoint(int(x), int(y)), QPoint(int(x) + 40, int(y) - 30)
    grabbed = view.canvas.scene.state.view(0).point((start.x(), start.y()))
    qtbot.mousePress(view.canvas, LEFT, pos=start)
    qtbot.mouseMove(view.canvas, end)
    place = (float(end.x()), float(end.y()))
    assert opposite_error(view, matrix, 0, place) < 1.5
    np.testing.assert_allclose(view.canvas.scene.state.view(0).point(place), grabbed, atol=0.05)
    qtbot.mouseRelease(view.canvas, LEFT, pos=end)


@pytest.mark.parametrize("shape", ["quarter", "mirrored", "cropped"])
def test_both_pictures_show_their_common_content_at_one_size(
    view: CompareView, on_show: Callable[[str], Matrix], shape: str
) -> None:
    matrix = on_show(shape)
    wheel(view, middle_of(view, 0), 4)
    state = view.canvas.scene.state
    scale = geometry.local_scale(geometry.facing(matrix, (320, 240)), (320, 240))
    assert state.view(1).scale * scale == pytest.approx(state.view(0).scale)


def test_the_crosshair_is_where_the_homography_says(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    matrix = on_show("tilted")
    view.set_mode(Mode.LINES)
    view.canvas.set_lines(0)
    view.canvas.show_outlines(False)
    state = view.canvas.scene.state
    place = (round(middle_of(view, 0)[0]) + 20, round(middle_of(view, 0)[1]) + 10)
    plain = view.canvas.grab().toImage()
    qtbot.mouseMove(view.canvas, QPoint(*place))
    there = geometry.project(geometry.facing(matrix, (320, 240)), state.view(0).point(place))
    wanted = state.view(1).place(there)
    marked = changed_pixels(plain, view.canvas.grab().toImage())
    assert len(marked) > 20
    extent = (marked.min(axis=0) + marked.max(axis=0)) / 2
    assert np.hypot(*(extent - wanted)) < 1.5


def test_unlocked_pictures_move_alone(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    qtbot.keyClick(view.canvas, Qt.Key.Key_L)
    assert not view.bar.lock.isChecked()
    before = view.canvas.scene.state.view(1)
    wheel(view, middle_of(view, 0), 3)
    assert view.canvas.scene.state.view(1) == before


def test_locking_again_brings_the_other_picture_opposite(view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    matrix = on_show("turned")
    view.bar.lock.click()
    wheel(view, middle_of(view, 0), 3)
    view.bar.lock.click()
    assert opposite_error(view, matrix, 0, middle_of(view, 0)) < 1.5


def test_resizing_a_zoomed_view_keeps_the_middles_opposite(view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    matrix = on_show("quarter")
    x, y = middle_of(view, 0)
    wheel(view, (x + 40, y + 30), 5)
    view.resize(1200, 620)
    assert opposite_error(view, matrix, 0, middle_of(view, 0)) < 1.5


# ---- zoom keys ----


def test_zoom_keys(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    state = view.canvas.scene.state
    fitted = state.view(0).scale
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert state.view(0).scale == pytest.approx(fitted * 1.25)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Minus)
    assert state.view(0).scale == pytest.approx(fitted)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Z)
    assert state.view(0).scale * view.canvas.devicePixelRatioF() == pytest.approx(1)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert not state.fitted
    qtbot.keyClick(view.canvas, Qt.Key.Key_0)
    assert state.fitted and state.view(0).scale == pytest.approx(fitted)


def test_a_picture_cannot_be_dragged_out_of_sight(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("mirrored")
    for _ in range(60):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    left = view.canvas.scene.state.view(0)
    assert left.x + left.scale * SIZE_A[0] > 10


def test_far_in_pixels_are_squares(
    view: CompareView, on_show: Callable[[str], Matrix], photos: Mapping[str, Pixels]
) -> None:
    on_show("mirrored")
    view.canvas.set_lines(0)
    view.canvas.show_outlines(False)
    state = view.canvas.scene.state
    state.zoom_to(0, middle_of(view, 0), 16 / view.canvas.devicePixelRatioF())
    first = cv2.resize(photos["coffee"], SIZE_A, interpolation=cv2.INTER_AREA)
    image = view.canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    column, row = (round(float(value)) for value in state.view(0).point(middle_of(view, 0)))
    x, y = state.view(0).place((column, row))
    for shift in (-6, 0, 6):
        color = image.pixelColor(int((x + shift / ratio) * ratio), int(y * ratio))
        assert (color.red(), color.green(), color.blue()) == tuple(first[row, column])


# ---- modes ----


def test_keys_choose_the_modes(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("tilted")
    for key, mode in zip("1234567", Mode, strict=True):
        qtbot.keyClick(view.canvas, key)
        assert view.canvas.scene.mode is mode
        assert view.bar.modes.current() == list(Mode).index(mode)


@pytest.mark.parametrize("shape", ["turned", "quarter", "mirrored", "tilted"])
def test_the_second_picture_lies_on_the_first(view: CompareView, on_show: Callable[[str], Matrix], shape: str) -> None:
    on_show(shape)
    view.set_mode(Mode.BLEND)
    frames = []
    for share in (0.0, 1.0):
        view.canvas.set_share(share)
        frames.append(view.canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8))
    area = view.canvas.scene.area(0).center().toPoint()
    gaps = [
        abs(QColor(frames[0].pixel(x, y)).red() - QColor(frames[1].pixel(x, y)).red())
        for x in range(area.x() - 90, area.x() + 90, 4)
        for y in range(area.y() - 90, area.y() + 90, 4)
    ]
    assert np.mean(gaps) < 8


def test_the_divider_follows_the_mouse_and_the_keys(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("tilted")
    view.set_mode(Mode.SWIPE)
    x, y = (round(value) for value in middle_of(view, 0))
    before = view.canvas.scene.state.view(0)
    qtbot.mousePress(view.canvas, LEFT, pos=QPoint(x, y))
    qtbot.mouseMove(view.canvas, QPoint(x + 100, y))
    qtbot.mouseRelease(view.canvas, LEFT, pos=QPoint(x + 100, y))
    moved = view.canvas.scene.divider
    assert moved == pytest.approx(0.5 + 100 / view.canvas.width(), abs=0.01)
    assert view.canvas.scene.state.view(0) == before
    qtbot.keyClick(view.canvas, Qt.Key.Key_Left)
    assert view.canvas.scene.divider < moved


def test_blinking_shows_one_then_the_other(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("tilted")
    view.canvas.set_blink_interval(20)
    view.set_mode(Mode.BLINK)
    with qtbot.waitSignals([view.canvas.blinked] * 2, check_params_cbs=[lambda on: on, lambda on: not on]):
        pass
    qtbot.keyClick(view.canvas, Qt.Key.Key_P)
    assert view.options.pause.isChecked()
    shown_now = view.canvas.scene.second_shown
    qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert view.canvas.scene.second_shown is not shown_now


def test_the_difference_comes_with_its_numbers(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("tilted")
    view.set_mode(Mode.DIFFERENCE)
    qtbot.waitUntil(lambda: view.canvas.scene.difference is not None)
    result = view.canvas.scene.difference
    assert result is not None
    assert result.mean < 6 and result.similarity > 0.9
    assert view.canvas.scene.heat is not None


def test_without_a_homography_only_lines_are_left_and_a_tooltip_says_why(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> None:
    first, second, _ = pair("turned")
    shown(qtbot, view, first, match_of(second, evidence(None, "too few matches")))
    button = view.bar.modes.button(list(Mode).index(Mode.SWIPE))
    assert not button.isEnabled() and "no homography" in button.toolTip()
    qtbot.keyClick(view.canvas, "2")
    assert view.canvas.scene.mode is Mode.LINES
    assert "too few matches" in view.header.title.text()
    wheel(view, middle_of(view, 0), 3)
    assert not view.canvas.scene.state.fitted


def test_the_mode_stays_for_the_next_pair(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("tilted")
    view.set_mode(Mode.DIFFERENCE)
    on_show("mirrored")
    qtbot.waitUntil(lambda: view.canvas.scene.difference is not None)
    assert view.canvas.scene.mode is Mode.DIFFERENCE


# ---- evidence ----


def test_the_evidence_is_said_and_counted(view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    assert view.header.title.text() == "A copy"
    assert "120 of 150 matched keypoints agree" in view.header.detail.text()
    assert view.options.line_slider.maximum() == 120
    assert "30" in view.options.rejected.text()


def test_the_icon_of_the_evidence_follows_the_theme(
    view: CompareView, theme: Theme, on_show: Callable[[str], Matrix]
) -> None:
    on_show("turned")
    light = view.header.icon
    theme.set_mode(ThemeMode.DARK)
    assert view.header.icon != light


def test_more_lines_paint_more(view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    view.canvas.show_outlines(False)
    pictures = []
    for count in (0, 20, 120):
        view.options.line_slider.setValue(count)
        pictures.append(view.canvas.grab().toImage())
    few, many = (len(changed_pixels(pictures[0], picture)) for picture in pictures[1:])
    assert 0 < few < many
    view.options.rejected.click()
    assert len(changed_pixels(pictures[2], view.canvas.grab().toImage())) > 50


def test_a_pair_with_few_matches_does_not_lower_the_wish_for_lines(view: CompareView) -> None:
    view.options.set_counts(10, 0)
    assert view.options.line_slider.value() == 10
    view.options.set_counts(500, 0)
    assert view.options.line_slider.value() == 60


def test_the_match_next_to_the_pointer_is_picked(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("turned")
    scene = view.canvas.scene
    assert scene.proof is not None
    x, y = scene.state.view(0).place(scene.proof.points_a[scene.proof.agreeing[0]])
    qtbot.mouseMove(view.canvas, QPoint(round(x), round(y)))
    assert scene.picked is not None
    qtbot.mouseMove(view.canvas, QPoint(3, 3))
    assert scene.picked is None


def test_swapping_turns_the_evidence_round(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    matrix = on_show("cropped")
    assert view.canvas.scene.proof is not None
    old = view.canvas.scene.proof
    qtbot.keyClick(view.canvas, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: view.canvas.scene.proof is not None)
    scene = view.canvas.scene
    assert scene.names == ["cropped.png", "first.png"] and scene.letters == "BA"
    assert scene.proof is not None and scene.proof.homography is not None
    np.testing.assert_array_equal(scene.proof.points_a, old.points_b)
    there = geometry.project(geometry.facing(matrix, (320, 240)), (320, 240))
    np.testing.assert_allclose(geometry.project(scene.proof.homography, there), (320, 240), atol=1e-6)


# ---- the page ----


def test_a_pair_is_shown_before_its_evidence_is_known(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> None:
    first, second, matrix = pair("turned")
    view.show_pair(first, second)
    assert "Looking for matches" in view.header.title.text()
    qtbot.waitUntil(lambda: None not in view.canvas.scene.pictures)
    assert not view.bar.modes.button(1).isEnabled()
    picture = view.canvas.scene.pictures[0]
    shown(qtbot, view, first, match_of(second, evidence(matrix)))
    assert view.canvas.scene.pictures[0] is picture
    assert view.bar.modes.button(1).isEnabled()


def test_the_query_is_not_decoded_again_for_the_next_match(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix], team: InlineTeam
) -> None:
    on_show("tilted")
    decoded = len(team.loaded)
    assert decoded == 2
    view.swap()
    qtbot.waitUntil(lambda: view.canvas.scene.proof is not None)
    assert len(team.loaded) == decoded


def test_a_picture_that_cannot_be_read_says_so(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]], tmp_path: Path
) -> None:
    first, _, _ = pair("turned")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    view.show_pair(first, broken)
    qtbot.waitUntil(lambda: view.canvas.scene.troubles[1] is not None)
    view.grab()
    assert view.canvas.scene.pictures[1] is None
    view.show_error("The pair could not be compared.")
    assert view.header.title.text() == "The pair could not be compared."


def test_answers_about_an_earlier_pair_are_dropped(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> None:
    first, second, _ = pair("quarter")
    view.show_pair(first, second)
    view.show_pair(second, first)
    qtbot.waitUntil(lambda: None not in view.canvas.scene.pictures)
    sizes = [picture.size for picture in view.canvas.scene.pictures if picture is not None]
    assert sizes == [(480, 640), SIZE_A]


def test_clearing_gives_the_empty_page(qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    view.clear()
    assert not view.canvas.isVisible()
    assert view.canvas.scene.pictures == [None, None]


def test_keys_and_buttons_lead_to_other_pairs_and_back(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("turned")
    keys = {
        Qt.Key.Key_PageUp: view.previous_requested,
        Qt.Key.Key_BracketLeft: view.previous_requested,
        Qt.Key.Key_PageDown: view.next_requested,
        Qt.Key.Key_BracketRight: view.next_requested,
        Qt.Key.Key_Escape: view.back_requested,
    }
    for key, signal in keys.items():
        with qtbot.waitSignal(signal):
            qtbot.keyClick(view.canvas, key)
    for name, signal in (
        ("back", view.back_requested),
        ("previous", view.previous_requested),
        ("next", view.next_requested),
    ):
        with qtbot.waitSignal(signal):
            view.header.buttons[name].click()


def test_every_control_has_a_name_and_a_tooltip(view: CompareView, on_show: Callable[[str], Matrix]) -> None:
    on_show("turned")
    controls: list[QWidget] = [*view.findChildren(QAbstractButton), *view.findChildren(QAbstractSlider)]
    shown_controls = [control for control in controls if control.objectName() != "qt_spinbox_lineedit"]
    own = [control for control in shown_controls if view.options.isAncestorOf(control)]
    own += [control for control in shown_controls if view.bar.isAncestorOf(control)]
    own += list(view.header.buttons.values())
    assert len(own) > 20
    for control in own:
        assert control.accessibleName(), control
        assert control.toolTip(), control.accessibleName()


@pytest.mark.parametrize("size", [(560, 480), (1600, 900)])
def test_narrow_pages_show_icons_and_wide_ones_words(
    view: CompareView, on_show: Callable[[str], Matrix], size: Size
) -> None:
    on_show("turned")
    view.resize(*size)
    view.grab()
    style = view.bar.modes.button(0).toolButtonStyle()
    with_words = style is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    assert with_words is (size[0] > 1000)
    assert view.width() == size[0]


# ---- large pictures and real workers ----


def test_the_full_size_is_loaded_only_when_zoomed_into(
    qtbot: QtBot, view: CompareView, tmp_path: Path, photos: Mapping[str, Pixels], team: InlineTeam
) -> None:
    large = tmp_path / "large.jpg"
    Image.fromarray(cv2.resize(photos["china"], (4000, 2600))).save(large, quality=80)
    view.show_pair(large, large)
    qtbot.waitUntil(lambda: None not in view.canvas.scene.pictures)
    assert [arguments[1] for arguments in team.loaded] == [2048, 2048]
    view.canvas.zoom_to_pixels()
    pictures = view.canvas.scene.pictures
    qtbot.waitUntil(lambda: all(picture is not None and picture.exact for picture in pictures))
    assert [arguments[1] for arguments in team.loaded[2:]] == [None, None]
    assert not view.canvas.scene.state.fitted


def test_real_worker_processes_load_the_pair(qtbot: QtBot, pair: Callable[[str], tuple[Path, Path, Matrix]]) -> None:
    first, second, matrix = pair("turned")
    page = CompareView()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    try:
        page.show_match(first, match_of(second, evidence(matrix)))
        qtbot.waitUntil(lambda: page.canvas.scene.proof is not None, timeout=30_000)
        assert None not in page.canvas.scene.pictures
    finally:
        page.shutdown()


def test_each_level_of_a_pyramid_is_half_the_one_before(photos: Mapping[str, Pixels]) -> None:
    picture = Pyramid.of(photos["china"], (640, 427))
    widths = [image.width() for image in picture.images]
    assert widths == [640, 320, 160]
    assert picture.image_for(1.0).width() == 640
    assert picture.image_for(0.5).width() == 320
    assert picture.image_for(0.01).width() == 160
    np.testing.assert_array_equal(picture.pixels(2000), photos["china"])


def test_only_a_perspective_that_shows_is_kept() -> None:
    picture = Pyramid.of(np.zeros((480, 640, 3), np.uint8), SIZE_A)
    frame = edge_transform(np.eye(3)).mapRect(picture.images[0].rect())
    hardly = edge_transform(np.array([(0.9, 0.1, 5), (-0.1, 0.9, 7), (1e-9, -1e-9, 1)]))
    strongly = edge_transform(SHAPES["tilted"][0])
    assert near_affine(hardly, frame.toRectF(), 0.5).isAffine()
    assert near_affine(strongly, frame.toRectF(), 0.5) == strongly


# ---------------------------------------------------------------------- inspecting


def test_both_files_are_compared_and_the_better_one_is_named(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> None:
    first, second, matrix = pair("cropped")
    shown(qtbot, view, first, match_of(second, evidence(matrix), Relation.CROP))
    view.set_mode(Mode.INSPECT)
    qtbot.waitUntil(lambda: bool(view.inspect.verdict))
    assert view.inspect.isVisible() and not view.canvas.isVisible()
    assert view.inspect.verdict.startswith("A is better: shows more: the other is")
    assert view.inspect.likeness.startswith("Pixels laid over each other: MSE ")
    rows = {row.name: row for row in view.inspect.rows}
    assert rows["Dimensions"].differs and not rows["Folder"].differs
    assert rows["Compression"].values == ("without loss", "without loss")
    view.set_mode(Mode.BESIDE)
    assert view.canvas.isVisible()


def test_inspecting_goes_on_with_the_next_pair(
    qtbot: QtBot, view: CompareView, pair: Callable[[str], tuple[Path, Path, Matrix]]
) -> None:
    first, second, matrix = pair("cropped")
    view.set_mode(Mode.INSPECT)
    shown(qtbot, view, first, match_of(second, evidence(matrix), Relation.CROP))
    qtbot.waitUntil(lambda: "shows more" in view.inspect.verdict)
    _, other, _ = pair("mirrored")
    view.show_pair(first, other)
    qtbot.waitUntil(lambda: "shows more" not in view.inspect.verdict)
    assert view.inspect.rows[2].values[0] == view.inspect.rows[2].values[1]


def test_the_context_menu_searches_with_either_picture(
    qtbot: QtBot, view: CompareView, on_show: Callable[[str], Matrix]
) -> None:
    on_show("turned")
    assert view._paths is not None
    menu = view.menu.build(view._paths[1], "B", view)
    actions = {action.text(): action for action in menu.actions()}
    with qtbot.waitSignal(view.menu.search_requested) as asked:
        actions["Search with B"].trigger()
    assert asked.args == [view._paths[1]]
    with qtbot.waitSignal(view.menu.part_requested) as part:
        actions["Search with a part of B …"].trigger()
    assert part.args is not None and part.args[0].path == view._paths[1]
