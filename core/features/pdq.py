"""PDQ, the perceptual hash of Facebook (2019), in all eight orientations from one pass over the picture.

The published algorithm: luma, two passes of a box filter in each direction (Jarosz), decimation to 64 x 64,
the 16 x 16 lowest frequencies of its DCT without the constant one, and one bit for each that is above their
median.

All eight orientations come from the one filtered picture. Turning by a quarter transposes the frequencies.
Mirroring would flip the sign of every second one, were the published filter and samples not a pixel or two
off centre: that alone costs about 12 bits. So the four mirrorings are sampled where the published algorithm
would sample the mirrored picture, and every hash is that of the turned picture itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Kind, MethodInfo, Metric, Pixels

LEAST_QUALITY = 50
"""Hashes of a lower quality are noise."""
_GRID = 64
_FREQUENCIES = 16

ORIENTATIONS: tuple[tuple[int, bool], ...] = tuple((turn, mirror) for mirror in (False, True) for turn in range(4))
"""What each row of ``PdqHashes.hashes`` is the hash of, as (quarter turns, mirrored).

Row ``i`` belongs to ``numpy.rot90(numpy.fliplr(pixels) if mirrored else pixels, quarter turns)``; numpy.rot90
turns counter-clockwise. In words: 0 as it is, 1 turned by 90, 2 by 180, 3 by 270 degrees counter-clockwise,
4 mirrored left to right, 5 to 7 mirrored left to right and then turned by 90, 180, 270 degrees
counter-clockwise.
"""


def _dct_matrix() -> NDArray[np.float32]:
    """(16, 64) float32, the cosines of frequencies 1 to 16."""
    frequency = np.arange(1, _FREQUENCIES + 1)[:, None]
    position = 2 * np.arange(_GRID)[None, :] + 1
    cosines = np.sqrt(2 / _GRID) * np.cos(np.pi / (2 * _GRID) * frequency * position)
    return np.asarray(cosines, np.float32)


_DCT = _dct_matrix()

# For each of ORIENTATIONS: rows mirrored, columns mirrored, then transposed.
_STEPS = (
    (False, False, False),
    (False, True, True),
    (True, True, False),
    (True, False, True),
    (False, True, False),
    (False, False, True),
    (True, False, False),
    (True, True, True),
)


@dataclass(frozen=True, slots=True, eq=False)
class PdqHashes:
    """The hashes of one picture.

    Attributes:
        hashes: (8, 32) uint8, one row for each of ``ORIENTATIONS``. Bit ``16 i + j``, counted from the most
            significant bit of byte 0, is that of vertical frequency i + 1 and horizontal frequency j + 1.
        quality: 0 to 100, how much there is to hash; below 50 the hash should not be trusted.
    """

    hashes: NDArray[np.uint8]
    quality: int


class Pdq:
    """PDQ as a method: 256 bits."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="pdq",
        version=1,
        kind=Kind.GLOBAL,
        title="PDQ perceptual hash",
        source="Facebook, The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm, 2019",
        dimension=32,
        metric=Metric.HAMMING,
        side=512,
        bytes_per_image=32,
        family="hash",
    )

    def describe(self, pixels: Pixels) -> NDArray[np.uint8]:
        """Hash a picture as it stands: (32,) uint8."""
        descriptor: NDArray[np.uint8] = hash_all(pixels).hashes[0]
        return descriptor


def hash_all(pixels: Pixels) -> PdqHashes:
    """Hash a picture in all eight orientations.

    Args:
        pixels: (H, W, 3) uint8 RGB, best with a long side of at most 512 pixels.
    """
    luma = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
    grids = _decimate(_jarosz(luma))
    spectra = np.asarray(_DCT @ grids @ _DCT.T, np.float32)
    return PdqHashes(_bits(_orientations(spectra)), _quality(grids[0, 0]))


def _jarosz(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Two passes of a box filter in each direction, as one filter with their convolution."""
    height, width = luma.shape
    # The published filter reaches one pixel further to the right of an even window than to its left.
    anchor = (2 * ((_window(width) - 1) // 2), 2 * ((_window(height) - 1) // 2))
    filtered = cv2.sepFilter2D(luma, cv2.CV_32F, _kernel(width), _kernel(height), anchor=anchor)
    return np.asarray(filtered, np.float32)


@lru_cache(maxsize=64)
def _kernel(length: int) -> NDArray[np.float32]:
    box = np.full(_window(length), 1 / _window(length), np.float32)
    return np.convolve(box, box)


def _window(length: int) -> int:
    """Side of the box filter: 1/128 of the picture's, rounded up."""
    return (length + 2 * _GRID - 1) // (2 * _GRID)


def _decimate(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """(2, 2, 64, 64) float32: samples of the picture, [rows mirrored, columns mirrored]."""
    rows = np.stack(_samples(luma.shape[0]))
    columns = np.stack(_samples(luma.shape[1]))
    return luma[rows[:, None, :, None], columns[None, :, None, :]]


@lru_cache(maxsize=64)
def _samples(length: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where to sample one axis, as it is and mirrored: the middle of each of 64 cells."""
    forward = ((np.arange(_GRID) + 0.5) * length / _GRID).astype(np.intp)
    # Mirroring an even window moves its overhang to the other side, by one pixel in each of the two passes.
    overhang = 0 if _window(length) % 2 else 2
    return forward, np.maximum(length - 1 - forward - overhang, 0)


def _quality(grid: NDArray[np.float32]) -> int:
    """The sum of the visible steps between neighbours, scaled as published and capped at 100."""
    down = np.trunc(np.diff(grid, axis=0) * (100 / 255))
    across = np.trunc(np.diff(grid, axis=1) * (100 / 255))
    return min(100, int(np.abs(down).sum() + np.abs(across).sum()) // 90)


def _orientations(spectra: NDArray[np.float32]) -> NDArray[np.float32]:
    """(8, 256) float32, the spectra of the picture in each of ``ORIENTATIONS``."""
    turned = [
        spectra[int(rows), int(columns)].T if transpose else spectra[int(rows), int(columns)]
        for rows, columns, transpose in _STEPS
    ]
    return np.stack(turned).reshape(len(_STEPS), -1)


def _bits(spectra: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One bit for each frequency above the lower median of its row."""
    # Frequencies a picture does not have come out as rounding errors: call them the zeros they are.
    spectra = spectra.round(3)
    middle = spectra.shape[1] // 2 - 1
    median = np.partition(spectra, middle, axis=1)[:, middle, None]
    return np.packbits(spectra > median, axis=1)
