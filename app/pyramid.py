"""A picture as a stack of ever smaller copies, so that drawing it costs the same at every zoom.

Made off the GUI thread; only QImage and NumPy are used, which is safe there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from core._cv import cv2
from core.features.base import Pixels
from core.geometry import Size

Bgra = NDArray[np.uint8]

_SMALLEST_SIDE = 128
# From two device pixels a picture pixel on, pixels are shown as squares.
_EXACT_FROM = 2.0


class Pyramid:
    """Copies of one picture, the largest first, each half the size of the one before.

    Attributes:
        size: Width and height of the full-size picture.
        exact: Whether the largest copy is the full-size picture.
    """

    def __init__(self, size: Size, planes: Sequence[Bgra]) -> None:
        """Wraps the copies.

        Args:
            size: Width and height of the full-size picture.
            planes: (H, W, 4) uint8 BGRA each, contiguous, the largest first; kept alive by this object.
        """
        self.size = size
        self.exact = planes[0].shape[1] >= size[0] and planes[0].shape[0] >= size[1]
        self._planes = tuple(planes)
        self._images = tuple(_image(plane) for plane in planes)

    @classmethod
    def of(cls, pixels: Pixels, size: Size) -> Pyramid:
        """Builds the stack of a decoded picture.

        Args:
            pixels: (H, W, 3) uint8 RGB, at full size or smaller.
            size: Width and height of the full-size picture.
        """
        return cls(size, _halvings(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA), np.uint8)))

    @property
    def scale(self) -> float:
        """Pixels of the largest copy for each pixel of the full-size picture."""
        return float(self._planes[0].shape[1] / self.size[0])

    @property
    def images(self) -> tuple[QImage, ...]:
        """The copies, the largest first."""
        return self._images

    def image_for(self, scale: float) -> QImage:
        """The smallest copy that has at least one pixel for each device pixel.

        Args:
            scale: Device pixels for each pixel of the full-size picture.
        """
        wanted = self.size[0] * scale * 0.999
        return next((image for image in reversed(self._images) if image.width() >= wanted), self._images[0])

    def pixels(self, side: int) -> Pixels:
        """A copy as RGB.

        Args:
            side: The long side wanted; the smallest copy that is no smaller, or else the largest.

        Returns:
            (H, W, 3) uint8 RGB.
        """
        fitting = [plane for plane in self._planes if max(plane.shape[:2]) >= side]
        plane = fitting[-1] if fitting else self._planes[0]
        return np.asarray(cv2.cvtColor(plane, cv2.COLOR_BGRA2RGB), np.uint8)

    def draw(self, painter: QPainter, scale: float, clip: QRectF | None = None, smooth: bool = True) -> None:
        """Draws the picture in its own coordinates: its top left corner at (0, 0), one unit a pixel.

        Args:
            painter: Already transformed.
            scale: Device pixels for each unit, which chooses the copy and whether it is smoothed.
            clip: The part that can be seen, for a picture that stands upright: only that much is drawn,
                and pixels as squares far in. None for a picture that is warped.
            smooth: Whether to interpolate where pixels are not to be shown as squares.
        """
        image = self.image_for(scale)
        whole = QRectF(0, 0, self.size[0], self.size[1])
        source_scale = image.width() / self.size[0], image.height() / self.size[1]
        exact = clip is not None and self.exact and scale >= _EXACT_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth and not exact)
        if clip is None or scale < _EXACT_FROM:
            painter.drawImage(whole, image)
            return
        # Far in, the target of the whole picture would be larger than the rasteriser's coordinates allow.
        seen = QTransform.fromScale(*source_scale).mapRect(clip.intersected(whole)).toAlignedRect()
        seen = seen.adjusted(-1, -1, 1, 1).intersected(image.rect())
        back = QTransform.fromScale(1 / source_scale[0], 1 / source_scale[1])
        painter.drawImage(back.mapRect(QRectF(seen)), image, QRectF(seen))


def _image(plane: Bgra) -> QImage:
    height, width = plane.shape[:2]
    return QImage(plane.data, width, height, plane.strides[0], QImage.Format.Format_RGB32)


def _halvings(plane: Bgra) -> list[Bgra]:
    """The plane and its halves, area-averaged, down to a long side of about 128 pixels."""
    planes = [np.ascontiguousarray(plane)]
    while max(planes[-1].shape[:2]) >= 2 * _SMALLEST_SIDE:
        height, width = planes[-1].shape[:2]
        size = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
        planes.append(np.asarray(cv2.resize(planes[-1], size, interpolation=cv2.INTER_AREA), np.uint8))
    return planes


def edge_transform(rows: NDArray[np.float64]) -> QTransform:
    """A homography between pixel centres as a transform between pixel corners, which is what Qt draws by.

    Args:
        rows: (3, 3) float64, such as from :func:`core.geometry.facing`.
    """
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1.0)])
    m = half @ rows @ np.linalg.inv(half)
    return QTransform(m[0, 0], m[1, 0], m[2, 0], m[0, 1], m[1, 1], m[2, 1], m[0, 2], m[1, 2], m[2, 2])


def near_affine(transform: QTransform, area: QRectF, tolerance: float) -> QTransform:
    """The transform without its perspective where nobody could see that; Qt paints it three times faster.

    Args:
        transform: Any.
        area: What is drawn, in the coordinates before.
        tolerance: How far a corner may move in the coordinates after.
    """
    if transform.isAffine():
        return transform
    middle = area.center()
    step = QPointF(area.width() / 4, area.height() / 4)
    right, below = QPointF(step.x(), 0), QPointF(0, step.y())
    across = (transform.map(middle + right) - transform.map(middle - right)) / (2 * step.x())
    down = (transform.map(middle + below) - transform.map(middle - below)) / (2 * step.y())
    flat = QTransform(across.x(), across.y(), down.x(), down.y(), 0, 0)
    moved = transform.map(middle) - flat.map(middle)
    flat *= QTransform.fromTranslate(moved.x(), moved.y())
    corners = (area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft())
    worst = max((transform.map(corner) - flat.map(corner)).manhattanLength() for corner in corners)
    return flat if worst <= tolerance else transform
