"""What the compare page computes of a pair in the background; no widgets here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from app.pair_facts import PairFacts
from app.pair_loader import Pair
from core import overlay
from core.difference import SIDE, Difference, difference
from core.features.base import Pixels
from core.geometry import Matrix
from core.records import Evidence

Drawing = Callable[[Pair], QImage]

_QUICK_PNG = 75
"""Qt's number for a light and quick compression."""


def prove(pair: Pair, evidence: Evidence) -> overlay.Proof:
    """Works out what there is to draw of the evidence."""
    return overlay.prepare(evidence, pair[0].size, pair[1].size)


def subtract(pair: Pair, homography: Matrix) -> Difference | None:
    """The difference of the pair, None where it shares too little.

    Args:
        pair: The pictures.
        homography: (3, 3) float64, first to second in full-size pixels, facing the right way.
    """
    first, second = pair
    # The second may show a small part of the first, so it takes all the pixels that its screen copy has.
    pixels = first.pixels(SIDE), second.pixels(2 * SIDE)
    return difference(*pixels, homography, first.size, second.size)


def inspect(pair: Pair, paths: tuple[Path, Path], homography: Matrix | None, cropped: bool) -> PairFacts:
    """Measures the pair, and reads what is written in its files.

    Args:
        pair: The pictures.
        paths: Their files.
        homography: (3, 3) float64, first to second in full-size pixels, facing the right way, or None.
        cropped: Whether one is a crop of the other.

    Raises:
        OSError: A file is gone.
    """
    from core.appraisal import SIDE as MEASURED
    from core.appraisal import appraise
    from core.file_facts import read_facts
    from core.pixel_measures import measure

    first, second = pair
    states = paths[0].stat(), paths[1].stat()
    shown = first.pixels(MEASURED), second.pixels(MEASURED)
    appraisal = appraise(
        shown,
        (first.size, second.size),
        (read_facts(paths[0]), read_facts(paths[1])),
        homography,
        cropped,
    )
    sizes = states[0].st_size, states[1].st_size
    likeness = measure(*shown, homography, first.size, second.size)
    return PairFacts(paths, sizes, (states[0].st_mtime, states[1].st_mtime), appraisal, likeness)


def save(image: QImage, path: Path) -> Path:
    """Writes a picture as PNG, whole or not at all.

    Raises:
        ExportError: The file cannot be written.
    """
    from core import export

    def write(temporary: Path) -> None:
        if not image.save(str(temporary), "PNG", _QUICK_PNG):  # type: ignore[call-overload]
            raise OSError("the picture cannot be encoded, or the disk is full")

    export.check_writable(path)
    export.save(path, write)
    return path


def as_image(pixels: Pixels) -> QImage:
    """(H, W, 3) uint8 RGB as an image that owns its pixels."""
    plane = np.ascontiguousarray(pixels)
    height, width = plane.shape[:2]
    return QImage(plane.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
