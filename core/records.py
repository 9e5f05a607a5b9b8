"""The value types that every room of the house shares, and the tree of errors.

The errors::

    TwinsightError            one clear sentence: what, which file, what to do
        LibraryError          a folder is missing, unreadable or not a folder
        ImageError            a picture cannot be read; carries its path and reason
        CatalogError          the catalog is locked, damaged, full or too new
        ModelError            weights are missing or wrong
        MethodError           a method or preset by that name does not exist
        ExportError           a result cannot be written
        ReviewError           a plan cannot be read or applied, or another clean-up is at work
        TruthError            the truth of an evaluation cannot be read, or fits no picture

Coordinates are (x, y) in pixels of the upright full-size picture, pixel centres at integers.
Scores are in [0, 1], larger is closer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class TwinsightError(Exception):
    """The root of all errors that a person can act on; ``str(error)`` is one clear sentence."""


class LibraryError(TwinsightError):
    """A library folder is missing, unreadable or not a folder."""


class ImageError(TwinsightError):
    """A picture cannot be read.

    Attributes:
        path: The file, or None when the picture came as bytes.
        reason: Why, in words that fit behind a file name ("truncated JPEG").
    """

    def __init__(self, reason: str, path: Path | None = None) -> None:
        super().__init__(f"{path}: {reason}" if path is not None else reason)
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type[ImageError], tuple[str, Path | None]]:
        return type(self), (self.reason, self.path)


class CatalogError(TwinsightError):
    """The catalog is locked, damaged, written by a newer Twinsight, or its disk is full."""


class ModelError(TwinsightError):
    """Model weights are missing, unreadable or of another architecture."""


class MethodError(TwinsightError):
    """No method or preset has that name."""


class ExportError(TwinsightError):
    """A result cannot be written where it was asked for."""


class ReviewError(TwinsightError):
    """A plan or a list of decisions cannot be read or applied, or another clean-up is at work."""


class TruthError(TwinsightError):
    """The truth of an evaluation cannot be read, or names none of the pictures."""


class Relation(StrEnum):
    """What one picture is to another; stable strings in CSV and JSON, closest first."""

    SAME_FILE = "same-file"
    SAME_PIXELS = "same-pixels"
    RE_ENCODED = "re-encoded"
    EDITED = "edited"
    CROP = "crop"
    COMPOSITE = "composite"
    SAME_SCENE = "same-scene"
    SIMILAR = "similar"

    @property
    def is_copy(self) -> bool:
        """Whether the two pictures share one source; same-scene and similar do not."""
        return self not in (Relation.SAME_SCENE, Relation.SIMILAR)


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One file of a library.

    Attributes:
        path: Where it is.
        content: Hex digest of its bytes; everything learned of a picture belongs to this.
        width: Pixels of the upright picture.
        height: Pixels of the upright picture.
        size: Bytes on disk.
        modified: Seconds since the epoch.
        format: The decoder's name of the format ("JPEG").
        frames: 1 for a still picture.
    """

    path: Path
    content: str
    width: int
    height: int
    size: int
    modified: float
    format: str
    frames: int = 1


def _no_points() -> NDArray[np.float32]:
    return np.zeros((0, 2), np.float32)


def _no_flags() -> NDArray[np.bool_]:
    return np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The proof that ties picture A to picture B; overlay, words and relation know nothing else.

    Attributes:
        points_a: (N, 2) float32, matched keypoints in A, full-size pixels.
        points_b: (N, 2) float32, the keypoint of B that each row of ``points_a`` was matched with.
        inliers: (N,) bool, which correspondences agree with the homography.
        inlier_count: How many agree; kept when the points are dropped to save memory.
        homography: (3, 3) float64, A to B in full-size pixels with the last element 1, or None.
        mirrored: Whether B shows A mirrored.
        coverage_a: Share of A's area that is visible in B, in [0, 1].
        coverage_b: Share of B's area that A accounts for, in [0, 1].
        similarity: Likeness of the pixels under the homography (correlation, [-1, 1]), or None.
        reason: "ok", or why the pair was rejected ("too few matches").
        basis: What decided: "bytes", "pixels", "hash", "keypoints", "descriptor" or "person".
    """

    points_a: NDArray[np.float32] = field(default_factory=_no_points)
    points_b: NDArray[np.float32] = field(default_factory=_no_points)
    inliers: NDArray[np.bool_] = field(default_factory=_no_flags)
    inlier_count: int = 0
    homography: NDArray[np.float64] | None = None
    mirrored: bool = False
    coverage_a: float = 0.0
    coverage_b: float = 0.0
    similarity: float | None = None
    reason: str = "ok"
    basis: str = "keypoints"

    @property
    def accepted(self) -> bool:
        """Whether the evidence ties the pair together."""
        return self.reason == "ok"


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """One picture of the library as an answer to a query picture.

    Attributes:
        record: The library's picture.
        score: [0, 1]; from 0.5 up the pair is verified, below it only looks alike.
        relation: What ``record`` is to the query, or None while nothing was verified yet.
        evidence: A is the query, B is ``record``.
        words: The evidence in one line ("a 62% crop, turned 90 degrees").
    """

    record: ImageRecord
    score: float
    relation: Relation | None
    evidence: Evidence
    words: str = ""

    @property
    def verified(self) -> bool:
        """Whether more than a descriptor speaks for this match."""
        return self.relation is not None and self.relation is not Relation.SIMILAR


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One file of a group of copies.

    Attributes:
        record: The file.
        relation: What it is to the group's representative; SAME_FILE for the representative.
        score: [0, 1]; 1 for the representative.
        evidence: A is the representative, B is ``record``; None for the representative.
        words: The evidence in one line.
        keep: Whether the keep rules would keep this file.
        why: Why it is kept, or could go.
        new: Whether it joined since a person settled this group.
        pixels: The same for files that show the same to the last pixel; empty where that is not known of any other.
    """

    record: ImageRecord
    relation: Relation
    score: float
    evidence: Evidence | None
    words: str
    keep: bool
    why: str
    new: bool = False
    pixels: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Copies of one picture; ``members[0]`` is the representative, every other is verified against it.

    Attributes:
        id: Stable for the same contents ("3f9a1c...").
        members: At least two.
    """

    id: str
    members: tuple[Member, ...]

    @property
    def representative(self) -> Member:
        """The best copy, from which the others can come."""
        return self.members[0]

    @property
    def reclaimable(self) -> int:
        """Bytes of the members that need not be kept."""
        return sum(member.record.size for member in self.members if not member.keep)

    @property
    def weakest(self) -> float:
        """The lowest score among the members."""
        return min(member.score for member in self.members)
