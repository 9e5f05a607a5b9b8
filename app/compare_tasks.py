"""What the compare page computes of a pair in the background; no widgets here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from app.pair_facts import PairFacts
from app.pair_loader import Pair
from core import overlay
from core.difference import SIDE, Difference, difference
from core.features.base import Pixels
from core.geometry import Matrix
from core.records import Evidence, ExportError, Match


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


def draw(pair: Pair, match: Match, limit: int) -> Pixels:
    """The pair with its lines, (H, W, 3) uint8 RGB."""
    first, second = pair
    record = replace(match.record, width=second.size[0], height=second.size[1])
    pixels = first.pixels(overlay.SIDE), second.pixels(overlay.SIDE)
    return overlay.draw_matches(*pixels, replace(match, record=record), limit, first.size)


def image(pair: Pair, match: Match, limit: int) -> QImage:
    """The pair with its lines, for the clipboard."""
    return as_image(draw(pair, match, limit))


def save(pair: Pair, match: Match, limit: int, path: Path) -> Path:
    """Writes the pair with its lines as PNG.

    Raises:
        ExportError: The file cannot be written.
    """
    data = overlay.as_png(draw(pair, match, limit))
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def as_image(pixels: Pixels) -> QImage:
    """(H, W, 3) uint8 RGB as an image that owns its pixels."""
    plane = np.ascontiguousarray(pixels)
    height, width = plane.shape[:2]
    return QImage(plane.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
