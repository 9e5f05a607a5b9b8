"""The protocols that every method in this folder follows: global, local, and global but trained first.

A method is one file that defines one or more classes with an ``info`` attribute. The registry finds them by
looking into the folder, so a new file is a new method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) uint8, upright RGB."""


REGIONS = "/regions"
"""Behind the name of a regional method: the descriptors of its regions as well."""


class Metric(StrEnum):
    """How two descriptors of a method are compared.

    The last four compare histograms, whose descriptors are the square roots of their shares: so their L2 norm
    is 1 as that of other descriptors, their cosine is the Bhattacharyya coefficient, and squaring them gives
    the histogram back.
    """

    COSINE = "cosine"
    HAMMING = "hamming"
    L2 = "l2"
    CORRELATION = "correlation"
    CHI_SQUARE = "chi-square"
    INTERSECTION = "intersection"
    BHATTACHARYYA = "bhattacharyya"


class Kind(StrEnum):
    """What a method computes of a picture: one descriptor, or keypoints with a descriptor each."""

    GLOBAL = "global"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class MethodInfo:
    """What a method is.

    Attributes:
        name: Stable name at the command line and in the catalog ("gray-histogram").
        version: Raised when the output changes; stored work of another version is recomputed.
        kind: Global or local.
        title: A few words for people.
        source: The paper and its year.
        dimension: Length of one descriptor (bytes for Hamming).
        metric: How descriptors are compared.
        side: Long side in pixels of the picture it wants; the caller shrinks, never enlarges.
        bytes_per_image: Stored size, the usual one for local methods.
        family: The shelf it stands on ("hash", "colour", "keypoints", "deep").
        whiten: Whether its descriptors compare better after PCA whitening on the library.
        regions: Whether it describes regions of a picture too.
        threshold: Cosine similarity that says as much as ``core.presets.LEVEL`` by Twinsight's own descriptor; 0 where
            nobody has measured it.
    """

    name: str
    version: int
    kind: Kind
    title: str
    source: str
    dimension: int
    metric: Metric
    side: int
    bytes_per_image: int
    family: str
    whiten: bool = False
    regions: bool = False
    threshold: float = 0.0

    @property
    def key(self) -> str:
        """The key of stored work: ``name@version``."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Keypoints of one picture.

    Attributes:
        points: (N, 2) float32, (x, y) pixels of the picture they were found in, centres at integers.
        sizes: (N,) float32, diameter of the described neighbourhood in the same pixels.
        angles: (N,) float32, orientation in degrees [0, 360), clockwise as the y axis points down.
        descriptors: (N, D) uint8, binary for Hamming, quantised for L2.
    """

    points: NDArray[np.float32]
    sizes: NDArray[np.float32]
    angles: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.points)


@runtime_checkable
class GlobalMethod(Protocol):
    """One descriptor for a whole picture."""

    info: ClassVar[MethodInfo]

    def describe(self, pixels: Pixels) -> NDArray[np.float32] | NDArray[np.uint8]:
        """Describe a picture.

        Args:
            pixels: (H, W, 3) uint8 upright RGB, at most ``info.side`` long; at least 1 x 1.

        Returns:
            (D,) float32 of unit L2 norm (all zeros for a picture with nothing to describe), or (D,)
            uint8 bits for Hamming methods.
        """
        ...


@runtime_checkable
class RegionalMethod(GlobalMethod, Protocol):
    """A whole picture and its regions, from one pass."""

    def describe_regions(self, pictures: Sequence[Pixels]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Describe pictures and their regions.

        Args:
            pictures: N pictures, (H, W, 3) uint8 upright RGB.

        Returns:
            (N, D) float32 of the whole pictures and (N, R, D) float32 of their regions, all of unit L2 norm.
        """
        ...


@runtime_checkable
class TrainableMethod(GlobalMethod, Protocol):
    """One descriptor for a whole picture, aggregated from its keypoints by what was learned from a library.

    Until ``fit`` or ``loads`` was called ``describe`` and ``aggregate`` raise ModelError.
    """

    local: ClassVar[str]
    """Name of the local method whose keypoints are aggregated."""

    def fit(self, sample: Sequence[NDArray[np.uint8]]) -> None:
        """Learn from a sample of a library; the same sample gives the same result.

        Args:
            sample: For each of some pictures its (N, D) uint8 local descriptors; some thousand in all.

        Raises:
            ModelError: There are no descriptors at all.
        """
        ...

    def dumps(self) -> bytes:
        """What was learned, to be stored."""
        ...

    def loads(self, data: bytes) -> None:
        """Take what ``dumps`` gave.

        Raises:
            ModelError: The bytes are damaged, or of another method or version.
        """
        ...

    def aggregate(self, descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe a picture by its local descriptors.

        Args:
            descriptors: (N, D) uint8 descriptors of the local method; may be empty.

        Returns:
            (``info.dimension``,) float32 of unit L2 norm, or all zeros when there are no descriptors.
        """
        ...


@runtime_checkable
class LocalMethod(Protocol):
    """Keypoints with a descriptor each."""

    info: ClassVar[MethodInfo]

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; none is a valid answer.

        Args:
            pixels: (H, W, 3) uint8 upright RGB, at most ``info.side`` long; at least 1 x 1.
        """
        ...


@runtime_checkable
class MirroringMethod(LocalMethod, Protocol):
    """Keypoints that need not be looked for again in the mirrored picture."""

    def detect_mirrored(self, pixels: Pixels, keypoints: Keypoints) -> Keypoints:
        """The keypoints of the mirrored picture, in its pixels.

        Args:
            pixels: (H, W, 3) uint8, the picture as it is.
            keypoints: What ``detect`` found in it.
        """
        ...
