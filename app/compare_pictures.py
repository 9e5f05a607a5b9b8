"""Painting the two pictures: each on its pane, or the second where it lies in the first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from app.compare_scene import Scene
from app.pyramid import Pyramid, edge_transform, near_affine
from core import geometry

# How far a warped picture may be off on the screen, in device pixels, to be painted faster.
_UNSEEN = 0.5


def paint_picture(painter: QPainter, scene: Scene, side: int) -> None:
    """Paints one picture on its pane, within the clip that is set."""
    picture = scene.pictures[side]
    if picture is None:
        return
    transform = scene.transform(side)
    painter.save()
    painter.setClipRect(scene.area(side), Qt.ClipOperation.IntersectClip)
    painter.setTransform(transform, True)
    seen = transform.inverted()[0].mapRect(scene.area(side))
    picture.draw(painter, scene.state.view(side).scale * scene.ratio, seen, not scene.hasty)
    painter.restore()


def warp(scene: Scene) -> QTransform | None:
    """The second picture's own coordinates to the first one's, or None without a homography."""
    if scene.proof is None or scene.proof.homography is None:
        return None
    return edge_transform(geometry.inverse(scene.proof.homography))


def paint_warped(painter: QPainter, scene: Scene, opacity: float = 1.0) -> None:
    """Paints the second picture where it lies in the first."""
    picture, transform = scene.pictures[1], warp(scene)
    if picture is None or transform is None or scene.proof is None or scene.proof.homography is None:
        return
    painter.save()
    painter.setOpacity(opacity)
    frame = QRectF(0, 0, *picture.size)
    painter.setTransform(near_affine(transform * scene.transform(0), frame, _UNSEEN / scene.ratio), True)
    scale = _warped_scale(scene, picture) * scene.state.view(0).scale * scene.ratio
    picture.draw(painter, scale, smooth=not scene.hasty)
    painter.restore()


def _warped_scale(scene: Scene, picture: Pyramid) -> float:
    """Pixels of the first picture for each of the second, in the middle of what they share."""
    assert scene.proof is not None and scene.proof.homography is not None
    polygon = scene.proof.footprint_b
    middle = polygon.mean(axis=0) if len(polygon) else geometry.centre(picture.size)
    scale = geometry.local_scale(geometry.inverse(scene.proof.homography), middle)
    return scale if np.isfinite(scale) else 1.0


def covered(scene: Scene) -> bool:
    """Whether the second picture leaves nothing of the first to see."""
    polygon = scene.proof.footprint_a if scene.proof is not None else np.zeros((0, 2))
    x, y = polygon.T
    area = abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
    width, height = scene.state.size(0)
    return area >= 0.999 * width * height
