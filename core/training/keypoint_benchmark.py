"""How well keypoints do: how many of their matches are right, and how many copies they confirm."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.describing import detect_full_size
from core.features import registry
from core.features.base import LocalMethod
from core.images import load
from core.matching import MatchingOptions, View, correspondences, verify
from core.records import MethodError, ModelError
from core.training.views import matches_right

_SIDE = 1024
_NEAR = 3.0
_ALL = MatchingOptions()


@dataclass(frozen=True, slots=True)
class PairResult:
    """The matches of two pictures whose homography is known.

    Attributes:
        first: File name of one picture.
        second: File name of the other.
        matches: Matches that pass the ratio test and are mutual.
        right: Those that lie within three pixels of where the homography takes them.
    """

    first: str
    second: str
    matches: int
    right: int


@dataclass(frozen=True, slots=True)
class CopiesResult:
    """Copies that keypoints tie to their originals.

    Attributes:
        copies: Pairs of a copy and its original.
        confirmed: Share of these that are verified.
        wrong: Share of as many pairs of a copy and another original that are verified.
        by_edit: Share confirmed by name of the edit.
        milliseconds: To find and describe the keypoints of a picture, on average.
    """

    copies: int
    confirmed: float
    wrong: float
    by_edit: dict[str, float]
    milliseconds: float


class _Viewer:
    """Keypoints of pictures, found once."""

    def __init__(self, method: str) -> None:
        made = registry.create(method)
        if not isinstance(made, LocalMethod):
            raise MethodError(f"{method} has no keypoints")
        self._method = made
        self._views: dict[Path, View] = {}
        self.seconds = 0.0

    def view(self, path: Path) -> View:
        """A picture's size and keypoints."""
        if path not in self._views:
            picture = load(path, _SIDE)
            start = time.process_time()
            found = detect_full_size(self._method, picture)
            self.seconds += time.process_time() - start
            self._views[path] = View(picture.width, picture.height, found, self._method.info.metric)
        return self._views[path]

    @property
    def milliseconds(self) -> float:
        """Processor time for each picture."""
        return 1000 * self.seconds / max(1, len(self._views))


def match_pairs(method: str, folder: Path) -> Iterator[PairResult]:
    """Match the pairs of pictures that pairs_homography.csv of a folder names.

    Args:
        method: A local method.
        folder: Its CSV has the columns image1, image2 and h_file, a text file of nine numbers that takes the first
            picture to the second.

    Raises:
        ModelError: The folder is no such benchmark.
        MethodError: The method has no keypoints.
    """
    viewer = _Viewer(method)
    for row in _rows(folder / "pairs_homography.csv", ("image1", "image2", "h_file")):
        homography = np.loadtxt(folder / row["h_file"])
        first, second = viewer.view(folder / row["image1"]), viewer.view(folder / row["image2"])
        pairs = correspondences(first.keypoints, second.keypoints, first.metric, _ALL.ratio)
        points = first.keypoints.points[pairs[:, 0]].astype(np.float64)
        others = second.keypoints.points[pairs[:, 1]].astype(np.float64)
        right = int(matches_right(homography, points, others, _NEAR).sum())
        yield PairResult(Path(row["image1"]).name, Path(row["image2"]).name, len(pairs), right)


def confirm_copies(method: str, folder: Path, every: int = 1) -> CopiesResult:
    """Verify copies against their originals, and against other ones.

    Args:
        method: A local method.
        folder: A benchmark of copies; see ``core.training.benchmark``.
        every: Take one copy in so many.

    Raises:
        ModelError: The folder is no benchmark.
        MethodError: The method has no keypoints.
    """
    viewer = _Viewer(method)
    rows = _rows(folder / "truth.csv", ("copy", "original", "transform"))[::every]
    originals = sorted({row["original"] for row in rows})
    confirmed: dict[str, list[bool]] = {}
    wrong = 0
    for number, row in enumerate(rows):
        copy = viewer.view(folder / row["copy"])
        found = verify(viewer.view(folder / row["original"]), copy).accepted
        confirmed.setdefault(row["transform"], []).append(found)
        others = [name for name in originals if name != row["original"]]
        wrong += verify(viewer.view(folder / others[number % len(others)]), copy).accepted if others else 0
    every_one = [found for some in confirmed.values() for found in some]
    return CopiesResult(
        len(rows),
        float(np.mean(every_one)),
        wrong / len(rows),
        {name: float(np.mean(found)) for name, found in confirmed.items()},
        viewer.milliseconds,
    )


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    if not rows or any(column not in rows[0] for column in columns):
        raise ModelError(f"{path}: has not the columns {', '.join(columns)}")
    return rows
