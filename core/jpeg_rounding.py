"""Two JPEG files that are one picture but for the rounding of JPEG: compressed alike, stored another way up.

A program that turns a picture and saves it again, be it without loss, gives a file whose upright pixels differ from the
first one's by what the decoder rounds, or by what both were quantised with. That can be told from an edit. A step of
q says of a coefficient of the DCT (Wallace 1991) that it was within q / 2 of what is stored, so two files of one
picture differ by no more than half of both steps, in every coefficient of every block. An edit of a few levels in a
single block differs by more.

Files that lie the same way up are never taken for one picture by this: there a second compression is a second
compression.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.decoding.jpeg_coding import JpegCoding, read_jpeg_coding
from core.features.base import Pixels

_SIDE = 8
_SLACK = 4.0
"""Levels by which a coefficient may be off besides, since pixels are whole numbers: half a level of a mean."""
_COLOUR_SLACK = 10.0
"""The same for colour, which is shrunk and enlarged again across the edges of blocks."""
_SMALLEST_RATIO = 35.0
"""Signal to noise, in dB; below, files are so coarse that two of one picture can be told apart by eye."""
_BIAS = 0.1
"""Levels of the mean of a plane; rounding cancels out over a picture, a change of brightness does not."""
_STRIP = 64
"""Blocks per strip, so that a large picture needs little memory."""


def are_one_picture(first: tuple[bytes, Pixels], second: tuple[bytes, Pixels]) -> bool:
    """Whether two files are JPEGs of one picture that differ only by rounding and by the way up they are stored.

    Args:
        first: The bytes of a file, and its upright full-size pixels, (H, W, 3) uint8.
        second: The same of another one.
    """
    if first[1].shape != second[1].shape:
        return False
    codings = read_jpeg_coding(first[0]), read_jpeg_coding(second[0])
    if codings[0] is None or codings[1] is None or not _are_siblings(codings[0], codings[1], first[1].shape):
        return False
    return _differ_by_rounding(first[1], second[1], codings[0], codings[1])


def _are_siblings(first: JpegCoding, second: JpegCoding, shape: tuple[int, ...]) -> bool:
    """Whether both were compressed alike, on one grid of blocks, and are stored differently."""
    if first.orientation == second.orientation or first.subsampling != second.subsampling:
        return False
    across, down = first.subsampling
    if across != down or shape[0] % (_SIDE * down) or shape[1] % (_SIDE * across):
        return False
    return any(
        np.array_equal(first.luma, luma) and np.array_equal(first.chroma, chroma)
        for luma, chroma in ((second.luma, second.chroma), (second.luma.T, second.chroma.T))
    )


def _differ_by_rounding(first: Pixels, second: Pixels, coding: JpegCoding, other: JpegCoding) -> bool:
    shared = coding.subsampling[0]
    (luma, chroma), (other_luma, other_chroma) = coding.upright(), other.upright()
    colour = (chroma + other_chroma) / 2 + _COLOUR_SLACK
    reach = ((luma + other_luma) / 2 + _SLACK, colour, colour)
    rows = _STRIP * _SIDE
    sums, squares = np.zeros(3), 0.0
    for start in range(0, len(first), rows):
        difference = first[start : start + rows].astype(np.float32) - second[start : start + rows]
        squares += float(np.square(difference).sum(dtype=np.float64))
        planes = np.asarray(difference @ _TO_YCC.T, np.float32)
        sums += planes.sum(axis=(0, 1), dtype=np.float64)
        for number, size in enumerate((1, shared, shared)):
            if (np.abs(_coefficients(_averaged(planes[..., number], size))) > reach[number]).any():
                return False
    noise = max(squares / first.size, 1e-9)
    biased = (np.abs(sums) / (first.shape[0] * first.shape[1]) > _BIAS).any()
    return bool(not biased and 10 * np.log10(255**2 / noise) >= _SMALLEST_RATIO)


def _averaged(plane: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The mean of every ``size`` by ``size`` pixels."""
    height, width = plane.shape
    return np.asarray(plane.reshape(height // size, size, width // size, size).mean(axis=(1, 3)), np.float32)


def _coefficients(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H / 8, W / 8, 8, 8) orthonormal DCT of every block of 8 x 8."""
    height, width = plane.shape
    blocks = plane.reshape(height // _SIDE, _SIDE, width // _SIDE, _SIDE).swapaxes(1, 2)
    return np.asarray(_DCT @ blocks @ _DCT.T)


def _cosines() -> NDArray[np.float32]:
    place = np.arange(_SIDE)
    waves = np.cos((2 * place[None, :] + 1) * place[:, None] * np.pi / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
    waves[0] /= np.sqrt(2)
    return np.asarray(waves, np.float32)


_DCT = _cosines()
_TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]],
    np.float32,
)
