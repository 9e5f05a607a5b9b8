"""What the compare canvas shows, as one value that the painting functions read, and how its panes lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPalette, QTransform

from app.pair_view_state import PairViewState, Pane
from app.picture_painter import mix
from app.pyramid import Pyramid
from core.difference import Difference
from core.geometry import Size
from core.overlay import Proof

GUTTER = 8.0
CAPTION = 28.0

# How much larger pictures must get for panes above each other rather than side by side.
_STACKED_FROM = 1.25


class Mode(StrEnum):
    """The ways to look at a pair; the order is that of the keys 1 to 7."""

    LINES = "lines"
    SWIPE = "swipe"
    BLINK = "blink"
    BLEND = "blend"
    DIFFERENCE = "difference"
    BESIDE = "beside"
    INSPECT = "inspect"

    @property
    def overlaid(self) -> bool:
        """Whether the second picture is laid over the first, which takes a homography."""
        return self in (Mode.SWIPE, Mode.BLINK, Mode.BLEND, Mode.DIFFERENCE)


@dataclass(slots=True, eq=False)
class Scene:
    """Everything that is on the canvas.

    Attributes:
        state: Where the pictures are.
        pictures: The two pictures, None while they load.
        troubles: Why a picture cannot be shown.
        names: File names.
        letters: What the pictures are called for short; they change places when the sides are swapped.
        notice: Something to say for a moment.
        proof: The evidence, None while it is looked for.
        mode: How the pair is shown.
        line_count: Lines at most.
        rejected: Whether rejected matches are drawn too.
        outlines: Whether footprints are drawn.
        divider: Where the swipe divider is, a share of the width.
        share: Opacity of the second picture in blend mode.
        second_shown: Which picture blink mode shows now.
        difference: The result of difference mode, None while it is computed.
        heat: Its heat map as an image.
        trouble: Why there is no difference to show.
        pointer: Side and position of the pointer on the canvas.
        picked: The match next to the pointer, an index into the proof's points.
        ratio: Device pixels for each logical pixel.
        hasty: Whether to paint in a hurry, while the view moves on a canvas too large for every refinement.
    """

    state: PairViewState = field(default_factory=PairViewState)
    pictures: list[Pyramid | None] = field(default_factory=lambda: [None, None])
    troubles: list[str | None] = field(default_factory=lambda: [None, None])
    names: list[str] = field(default_factory=lambda: ["", ""])
    letters: str = "AB"
    notice: str = ""
    proof: Proof | None = None
    mode: Mode = Mode.LINES
    line_count: int = 60
    rejected: bool = False
    outlines: bool = True
    divider: float = 0.5
    share: float = 0.5
    second_shown: bool = False
    difference: Difference | None = None
    heat: QImage | None = None
    trouble: str | None = None
    pointer: tuple[int, tuple[float, float]] | None = None
    picked: int | None = None
    ratio: float = 1.0
    hasty: bool = False

    def area(self, side: int) -> QRectF:
        """The pane of a picture."""
        pane = self.state.pane(side)
        return QRectF(pane.x, pane.y, pane.width, pane.height)

    def transform(self, side: int) -> QTransform:
        """A picture's own coordinates, corner at (0, 0), to the canvas."""
        view = self.state.view(side)
        return QTransform(view.scale, 0, 0, view.scale, view.x, view.y)


def lay_out(width: float, height: float, sizes: tuple[Size, Size], mode: Mode) -> tuple[Pane, Pane]:
    """The panes: one for both in the overlaid modes, else two, whichever way shows the pair larger.

    Args:
        width: Of the canvas, logical pixels.
        height: Of the canvas, logical pixels; captions are taken off it.
        sizes: Width and height of the full-size pictures.
        mode: How the pair is shown.
    """
    if mode.overlaid:
        whole = Pane(0, 0, max(1.0, width), max(1.0, height - CAPTION))
        return whole, whole
    half_width, half_height = (width - GUTTER) / 2, (height - GUTTER) / 2
    beside = _panes(half_width, height - CAPTION, half_width + GUTTER, 0)
    above = _panes(width, half_height - CAPTION, 0, half_height + GUTTER)
    return above if _fit(above, sizes) > _STACKED_FROM * _fit(beside, sizes) else beside


def _panes(width: float, height: float, right: float, down: float) -> tuple[Pane, Pane]:
    width, height = max(1.0, width), max(1.0, height)
    return Pane(0, 0, width, height), Pane(right, down, width, height)


def _fit(panes: tuple[Pane, Pane], sizes: tuple[Size, Size]) -> float:
    """How large both pictures get, as a product so that neither counts more."""
    product = 1.0
    for pane, (width, height) in zip(panes, sizes, strict=True):
        product *= min(pane.width / width, pane.height / height)
    return float(product**0.5)


def ground(palette: QPalette) -> QColor:
    """The neutral colour behind pictures, a little darker than the frame in both schemes."""
    base = palette.color(QPalette.ColorRole.Base)
    shade = mix(palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText), 0.07)
    return min(base, shade, key=QColor.lightness)


def as_point(position: tuple[float, float]) -> QPointF:
    """A canvas position as Qt wants it."""
    return QPointF(position[0], position[1])
