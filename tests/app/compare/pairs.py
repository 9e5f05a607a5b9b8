"""Pairs of pictures with known evidence, and a compare page without processes, for the tests of the page."""

from __future__ import annotations

import math
from collections.abc import Hashable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.compare_view import CompareView
from core import geometry
from core.images import load
from core.records import Evidence, ImageError, ImageRecord, Match, Relation
from core.workers import Outcome

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Size = tuple[int, int]

SIZE_A: Size = (640, 480)


class InlineTeam:
    """Loads pictures without processes, so that a test takes milliseconds."""

    def __init__(self) -> None:
        self.loaded: list[tuple[object, ...]] = []
        self._done: list[Outcome[object]] = []

    def __enter__(self) -> InlineTeam:
        return self

    def __exit__(self, *_: object) -> None:
        self._done.clear()

    @property
    def pending(self) -> int:
        return len(self._done)

    def submit(self, key: Hashable, *arguments: object) -> None:
        self.loaded.append(arguments)
        try:
            self._done.append(Outcome(key, load(*arguments), None))  # type: ignore[arg-type]
        except ImageError as error:
            self._done.append(Outcome(key, None, error))

    def collect(self, timeout: float | None = None) -> list[Outcome[object]]:
        done, self._done = self._done, []
        return done

    def cancel_waiting(self) -> list[Hashable]:
        return []


def turned(degrees: float, scale: float = 0.7) -> Matrix:
    angle = math.radians(degrees)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    middle = np.array([(c, -s), (s, c)]) @ geometry.centre(SIZE_A)
    x, y = geometry.centre(SIZE_A) - middle
    return np.array([(c, -s, x), (s, c, y), (0, 0, 1)])


SHAPES: dict[str, tuple[Matrix, Size]] = {
    "turned": (turned(37), SIZE_A),
    "quarter": (np.array([(0.0, -1, 479), (1, 0, 0), (0, 0, 1)]), (480, 640)),
    "mirrored": (np.array([(-1.0, 0, 639), (0, 1, 0), (0, 0, 1)]), SIZE_A),
    "cropped": (np.array([(1.5, 0, -180), (0, 1.5, -120), (0, 0, 1)]), (480, 360)),
    "tilted": (np.array([(0.9, 0.08, 12), (-0.04, 0.93, 20), (1.5e-4, 1e-4, 1)]), SIZE_A),
}


def evidence(matrix: Matrix | None, reason: str = "ok") -> Evidence:
    rng = np.random.default_rng(3)
    points_a = rng.uniform((200, 150), (440, 330), (150, 2))
    plain = np.eye(3) if matrix is None else matrix
    points_b = geometry.project(geometry.facing(plain, (320, 240)), points_a) + rng.normal(0, 0.4, (150, 2))
    inliers = np.arange(150) >= 30
    points_b[~inliers] += 40
    count = int(inliers.sum())
    return Evidence(points_a.astype(np.float32), points_b.astype(np.float32), inliers, count, matrix, reason=reason)


def match_of(path: Path, proof: Evidence, relation: Relation = Relation.EDITED) -> Match:
    with Image.open(path) as picture:
        width, height = picture.size
    record = ImageRecord(path, "ab" * 32, width, height, path.stat().st_size, 0.0, "PNG")
    accepted = proof.accepted
    return Match(record, 0.93 if accepted else 0.2, relation if accepted else None, proof, "a copy")


def shown(qtbot: QtBot, view: CompareView, first: Path, match: Match) -> None:
    view.show_match(first, match)
    qtbot.waitUntil(lambda: view.canvas.scene.proof is not None)


def changed_pixels(before: QImage, after: QImage) -> NDArray[np.float64]:
    planes = []
    for image in (before, after):
        plain = image.convertToFormat(QImage.Format.Format_RGB32)
        data = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1, 4)
        planes.append(data[:, : plain.width(), :3].astype(int))
    y, x = np.nonzero(np.abs(planes[0] - planes[1]).max(axis=2) > 8)
    return np.column_stack([x, y]) + 0.5
