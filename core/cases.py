"""A pair to be judged, as it is handed to a worker process, and what comes back of a batch of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.verdict import Verdict

Source: TypeAlias = tuple[Path, int]
"""A file, and which of its frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One picture of a pair, as a judge needs it.

    Attributes:
        content: The number by which the asker knows it.
        path: A file that carries it.
        width: Pixels of the upright picture.
        height: Pixels of the upright picture.
        keypoints: Packed keypoints of the first verifier, or None to detect them.
        frame: Which frame of an animation, from 0.
    """

    content: int
    path: Path
    width: int
    height: int
    keypoints: bytes | None = None
    frame: int = 0

    @property
    def source(self) -> Source:
        """Where its pixels are."""
        return self.path, self.frame

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A pair to be judged.

    Attributes:
        first: Picture A.
        second: Picture B.
        orientation: Quarter turns and mirroring that make A look like B, where hashes say so.
        guess: The nine elements of a homography from A to B, where other pairs imply one.
        likeness: How likely the pair is before anything is compared, [0, 1]; stronger keypoints are worth their time
            only where this or the cheap ones promise something.
    """

    first: Side
    second: Side
    orientation: tuple[int, bool] | None = None
    guess: tuple[float, ...] | None = None
    likeness: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What came of a batch of pairs.

    Attributes:
        verdicts: One for each pair, in order.
        keypoints: Packed keypoints that were found on the way, by the asker's number of the picture.
    """

    verdicts: tuple[Verdict, ...]
    keypoints: dict[int, bytes]
