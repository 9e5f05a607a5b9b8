"""The comparison as a picture for a report: both pictures whole, in the mode that is on, the evidence under them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette

from app import compare_tasks
from app.compare_modes import paint_captions, paint_pictures
from app.compare_overlaid import divider_place
from app.compare_scene import CAPTION, Mode, Scene
from app.pair_loader import Pair
from app.pair_view_state import PairViewState, Pane
from app.picture_painter import mix
from core.geometry import Size

LEAST_SIDE, MOST_SIDE = 1200, 2048
"""Pixels of the long side of each picture: small ones are enlarged, so that lines stay apart."""

_SIDE = 1000.0
_MARGIN, _GUTTER, _LEAST_WIDTH = 20.0, 20.0, 480.0
_TITLE_PIXELS, _DETAIL_PIXELS = 19, 15
_STACKED_FROM = 4.0
_GROUND, _INK = QColor(30, 31, 33), QColor(232, 232, 234)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What is to be drawn.

    Attributes:
        scene: A copy of what is on the canvas that nobody else changes.
        title: The evidence in one line.
        detail: The facts under it.
        divider: Where the swipe divider is, a share of the first picture's width.
    """

    scene: Scene
    title: str
    detail: str
    divider: float


def report_of(scene: Scene, title: str, detail: str) -> Report:
    """Take down what the canvas shows; what blinks is kept side by side. In the GUI thread."""
    view, (width, _) = scene.state.view(0), scene.state.size(0)
    across = float(view.point((divider_place(scene), view.y))[0] + 0.5) / width
    mode = Mode.BESIDE if scene.mode in (Mode.BLINK, Mode.INSPECT) else scene.mode
    kept = replace(scene, state=PairViewState(), mode=mode, troubles=[None, None], notice="", hasty=False)
    kept.pointer = kept.picked = None
    return Report(kept, title, detail, min(1.0, max(0.0, across)))


def draw(report: Report, pair: Pair) -> QImage:
    """Draw a report. In any thread: only images are used.

    Args:
        report: What to draw.
        pair: The pictures; their largest copies are drawn.
    """
    scene = _with_difference(replace(report.scene, pictures=list(pair)), pair)
    width, height = _lay_out(scene, (pair[0].size, pair[1].size))
    scene.divider = _divider(scene, report.divider)
    scene.ratio = min(MOST_SIDE, max(LEAST_SIDE, *pair[0].size, *pair[1].size)) / _SIDE
    foot = QRectF(_MARGIN, height, width - 2 * _MARGIN, 0)
    texts = _texts(report, foot)
    height = texts[-1][2].bottom() + _MARGIN if texts else height
    image = QImage(round(width * scene.ratio), round(height * scene.ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scene.ratio)
    image.fill(_GROUND)
    painter = QPainter(image)
    painter.setFont(_font(_DETAIL_PIXELS))
    paint_pictures(painter, scene, _palette())
    paint_captions(painter, scene, _palette(), with_zoom=False)
    for text, font, place in texts:
        painter.setFont(font)
        painter.setPen(_INK if font.bold() else mix(_INK, _GROUND, 0.3))
        painter.drawText(place, Qt.TextFlag.TextWordWrap, text)
    painter.end()
    return image


def _with_difference(scene: Scene, pair: Pair) -> Scene:
    """The scene with its heat map, which may not be there yet."""
    if scene.mode is not Mode.DIFFERENCE or scene.difference is not None or scene.trouble:
        return scene
    if scene.proof is None or scene.proof.homography is None:
        return scene
    found = compare_tasks.subtract(pair, scene.proof.homography)
    return scene if found is None else replace(scene, difference=found, heat=compare_tasks.as_image(found.heat))


def _lay_out(scene: Scene, sizes: tuple[Size, Size]) -> tuple[float, float]:
    """Give each picture a pane just large enough; the width of the sheet, and where the panes and captions end."""
    for side, size in enumerate(sizes):
        scene.state.set_size(side, size)
    scene.state.set_homography(scene.proof.homography if scene.proof is not None else None)
    (wide_a, high_a), (wide_b, high_b) = (_shown(size) for size in sizes)
    first, second = max(wide_a, _LEAST_WIDTH), max(wide_b, _LEAST_WIDTH)
    if scene.mode.overlaid:
        panes = Pane(_MARGIN, _MARGIN, first, high_a), Pane(_MARGIN, _MARGIN, first, high_a)
    elif first + second > _STACKED_FROM * max(high_a, high_b):
        both, below = max(first, second), _MARGIN + high_a + CAPTION + _GUTTER
        panes = Pane(_MARGIN, _MARGIN, both, high_a), Pane(_MARGIN, below, both, high_b)
    else:
        both, beside = max(high_a, high_b), _MARGIN + first + _GUTTER
        panes = Pane(_MARGIN, _MARGIN, first, both), Pane(beside, _MARGIN, second, both)
    scene.state.set_panes(panes)
    scene.state.fit()
    width = max(pane.x + pane.width for pane in panes) + _MARGIN
    return width, max(pane.y + pane.height for pane in panes) + CAPTION + _MARGIN / 2


def _shown(size: Size) -> tuple[float, float]:
    scale = _SIDE / max(size)
    return size[0] * scale, size[1] * scale


def _divider(scene: Scene, share: float) -> float:
    """Where the divider is on the pane, which may be wider than the picture."""
    view, pane = scene.state.view(0), scene.state.pane(0)
    return (view.x + share * scene.state.size(0)[0] * view.scale - pane.x) / pane.width


def _texts(report: Report, foot: QRectF) -> list[tuple[str, QFont, QRectF]]:
    """Each line of the evidence with its font and its place, one under the other."""
    placed, top = [], foot.top()
    for text, font in ((report.title, _font(_TITLE_PIXELS, bold=True)), (report.detail, _font(_DETAIL_PIXELS))):
        if text:
            room = QRectF(foot.left(), top, foot.width(), 10_000)
            place = QFontMetricsF(font).boundingRect(room, Qt.TextFlag.TextWordWrap, text)
            placed.append((text, font, QRectF(foot.left(), top, foot.width(), place.height())))
            top += place.height() + 4
    return placed


def _font(pixels: int, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def _palette() -> QPalette:
    """Dark in both schemes, since a report is looked at elsewhere."""
    palette = QPalette(_GROUND)
    palette.setColor(QPalette.ColorRole.Window, _GROUND)
    palette.setColor(QPalette.ColorRole.Base, _GROUND)
    palette.setColor(QPalette.ColorRole.WindowText, _INK)
    return palette
