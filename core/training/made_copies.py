"""A benchmark of copies made from any pictures: some are edited in every way there is, the others are distractors.

The folder that comes out has the layout that ``core.training.benchmark`` and ``twinsight evaluate`` read: refs/,
distractors/, copies/ and truth.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from core._cv import cv2
from core.edits import EDITS, apply
from core.events import Progress
from core.features.base import Pixels
from core.images import load
from core.records import ImageError, ModelError
from core.stopwatch import Stage

_SIDE = 512
_QUALITY = 92


def make_copies(
    originals: Sequence[Path], distractors: Sequence[Path], guests: Sequence[Path], target: Path, seed: int = 1
) -> Iterator[Progress]:
    """Write the benchmark.

    Args:
        originals: Pictures that are copied, by every edit of ``core.edits`` once.
        distractors: Pictures among which they must be found.
        guests: Pictures that composites bring in; not among the distractors, for finding those would be right.
        target: A new folder.
        seed: Draws the edits.

    Yields:
        Progress, by originals.

    Raises:
        ModelError: The folder is there already, or cannot be written.
        ImageError: A picture cannot be read.
    """
    try:
        for name in ("refs", "copies", "distractors"):
            (target / name).mkdir(parents=True)
    except OSError as error:
        raise ModelError(f"{target}: no new folder can be made there ({error.strerror})") from error
    for number, path in enumerate(distractors):
        _save(load(path, _SIDE).pixels, target / "distractors" / f"other-{number:05d}.jpg")
    stage = Stage("Editing")
    rows = [("copy", "original", "transform", "family")]
    for number, path in enumerate(originals):
        pixels = load(path, _SIDE).pixels
        reference = f"refs/{number:05d}.jpg"
        _save(pixels, target / reference)
        for place, edit in enumerate(EDITS.values()):
            rng = np.random.default_rng([seed, number, place])
            invited = [load(guests[int(one)], _SIDE).pixels for one in rng.choice(len(guests), edit.needs)]
            copy = f"copies/{number:05d}-{edit.name}.jpg"
            _save(apply(edit.name, pixels, rng, invited).pixels, target / copy)
            rows.append((copy, reference, edit.name, edit.family))
        yield stage.progress(number + 1, len(originals))
    with (target / "truth.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _save(pixels: Pixels, path: Path) -> None:
    done, data = cv2.imencode(".jpg", pixels[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    if not done:
        raise ImageError("cannot be written", path)
    path.write_bytes(data.tobytes())
