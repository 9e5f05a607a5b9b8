"""Where two pictures stand on two panes, locked together through a homography. No Qt.

Positions are in logical pixels of the canvas, points in full-size pixels of a picture with pixel
centres at integers. Side 0 is the first picture, side 1 the second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from core import geometry
from core.geometry import Matrix, Points, Size

CLOSEST = 64.0
"""Canvas pixels that one picture pixel can be enlarged to."""

_KEPT_IN_SIGHT = 48.0
_SMALLEST = 0.5


@dataclass(frozen=True, slots=True)
class Pane:
    """A part of the canvas, in logical pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The position in the middle of it."""
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, position: tuple[float, float]) -> bool:
        """Whether a position is on this pane."""
        x, y = position
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is shown: canvas pixels for each of its pixels, and where its top left corner is."""

    scale: float
    x: float
    y: float

    def place(self, points: ArrayLike) -> Points:
        """Canvas positions of (N, 2) or (2,) picture points."""
        return np.asarray((np.asarray(points, np.float64) + 0.5) * self.scale + (self.x, self.y), np.float64)

    def point(self, position: ArrayLike) -> Points:
        """Picture points at (N, 2) or (2,) canvas positions."""
        offset = np.asarray(position, np.float64) - (self.x, self.y)
        return np.asarray(offset / self.scale - 0.5, np.float64)

    def showing(self, point: ArrayLike, position: ArrayLike, scale: float) -> View:
        """The view of another scale that has `point` at `position`."""
        corner = np.asarray(position, np.float64) - (np.asarray(point, np.float64) + 0.5) * scale
        return View(scale, float(corner[0]), float(corner[1]))


class PairViewState:
    """The two views, and how one follows the other.

    While locked, the point under the pointer on one pane and the point that corresponds to it are at
    the same place of both panes, and both pictures show their common content at the same size. Without
    a homography the pictures are laid over each other corner to corner instead.
    """

    def __init__(self) -> None:
        self.locked = True
        self.fitted = True
        self._sizes: list[Size] = [(1, 1), (1, 1)]
        self._panes: list[Pane] = [Pane(0, 0, 1, 1), Pane(0, 0, 1, 1)]
        self._views: list[View] = [View(1, 0, 0), View(1, 0, 0)]
        self._links: tuple[Matrix, Matrix] = (np.eye(3), np.eye(3))
        self._homography: Matrix | None = None

    def view(self, side: int) -> View:
        """How a picture is shown now."""
        return self._views[side]

    def pane(self, side: int) -> Pane:
        """Where a picture is shown."""
        return self._panes[side]

    def size(self, side: int) -> Size:
        """Width and height of a full-size picture."""
        return self._sizes[side]

    def set_size(self, side: int, size: Size) -> None:
        """Tells how large a full-size picture is; one that had another size is fitted anew."""
        if size != self._sizes[side]:
            self._sizes[side] = size
            self._relink()
            self.fit()

    def set_homography(self, homography: Matrix | None) -> None:
        """Ties the pictures together by a matrix from :func:`core.geometry.facing`, or by their frames."""
        self._homography = homography
        self._relink()

    def _relink(self) -> None:
        there = self._homography
        if there is None:
            (width_a, height_a), (width_b, height_b) = self._sizes
            across, down = width_b / width_a, height_b / height_a
            there = np.array([(across, 0, (across - 1) / 2), (0, down, (down - 1) / 2), (0, 0, 1.0)])
        self._links = (there, geometry.inverse(there))

    def set_panes(self, panes: tuple[Pane, Pane]) -> None:
        """Moves the panes; what was in the middle of each stays there, a fitted view is fitted again."""
        if list(panes) == self._panes:
            return
        kept = [view.point(pane.middle) for view, pane in zip(self._views, self._panes, strict=True)]
        self._panes = list(panes)
        for side, pane in enumerate(panes):
            view = self._views[side]
            self._views[side] = view.showing(kept[side], pane.middle, view.scale)
        if self.fitted:
            self.fit()
        elif self.locked:
            self.follow(0, panes[0].middle)

    def fit_scale(self, side: int) -> float:
        """The scale at which the whole picture fills its pane; small ones are enlarged at most 8 times."""
        pane, (width, height) = self._panes[side], self._sizes[side]
        return max(1e-6, min(pane.width / width, pane.height / height, 8.0))

    def fit(self) -> None:
        """Shows both pictures whole, each in the middle of its pane."""
        self.fitted = True
        for side, pane in enumerate(self._panes):
            middle = geometry.centre(self._sizes[side])
            self._views[side] = self._views[side].showing(middle, pane.middle, self.fit_scale(side))

    def zoom(self, side: int, position: tuple[float, float], factor: float) -> None:
        """Zooms one picture about a canvas position; the other follows while locked."""
        self.zoom_to(side, position, self._views[side].scale * factor)

    def zoom_to(self, side: int, position: tuple[float, float], scale: float) -> None:
        """Shows one picture at `scale` with the point at `position` kept there; the other follows."""
        view = self._views[side]
        scale = min(max(scale, self.fit_scale(side) * _SMALLEST), max(CLOSEST, self.fit_scale(side)))
        self._views[side] = view.showing(view.point(position), position, scale)
        self._settle(side, position)

    def drag(self, side: int, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Moves what is at `start` to `end`; the other picture follows while locked."""
        view = self._views[side]
        moved = replace(view, x=view.x + end[0] - start[0], y=view.y + end[1] - start[1])
        self._views[side] = self._in_sight(side, moved)
        self._settle(side, end)

    def follow(self, side: int, position: tuple[float, float]) -> None:
        """Brings the other picture opposite what `side` shows at a canvas position."""
        other = 1 - side
        point = self._views[side].point(position)
        there = self.corresponding(side, point)
        shrink = geometry.local_scale(self._links[side], point)
        if np.isfinite(there).all() and np.isfinite(shrink) and shrink > 0:
            opposite = self.opposite(side, position)
            scale = self._views[side].scale / shrink
            self._views[other] = self._views[other].showing(there, opposite, scale)

    def corresponding(self, side: int, point: ArrayLike) -> Points:
        """The point of the other picture that matches a point of `side`; NaN beyond the horizon."""
        return geometry.project(self._links[side], point)

    def opposite(self, side: int, position: tuple[float, float]) -> tuple[float, float]:
        """The same place on the other pane."""
        here, there = self._panes[side], self._panes[1 - side]
        return position[0] - here.x + there.x, position[1] - here.y + there.y

    def _settle(self, side: int, position: tuple[float, float]) -> None:
        self.fitted = False
        if self.locked:
            self.follow(side, position)

    def _in_sight(self, side: int, view: View) -> View:
        """The view, pushed back where the picture would leave its pane."""
        pane, size = self._panes[side], self._sizes[side]
        x = _held(view.x, size[0] * view.scale, pane.x, pane.width)
        y = _held(view.y, size[1] * view.scale, pane.y, pane.height)
        return replace(view, x=x, y=y)


def _held(start: float, length: float, pane_start: float, pane_length: float) -> float:
    margin = min(_KEPT_IN_SIGHT, length, pane_length)
    return min(max(start, pane_start + margin - length), pane_start + pane_length - margin)
