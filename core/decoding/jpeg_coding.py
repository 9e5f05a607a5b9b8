"""How finely a JPEG was quantised: its tables, its subsampling, and which way up it is stored."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.decoding.headers import read_header
from core.decoding.jpeg import jpeg_segments

_TABLES = 0xDB
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_SIDE = 8


@dataclass(frozen=True, slots=True, eq=False)
class JpegCoding:
    """What a JPEG in colour was quantised with.

    Attributes:
        luma: (8, 8) int64, steps of the DCT coefficients of brightness as they are stored, rows of vertical frequency.
        chroma: (8, 8) int64, those of both colours.
        subsampling: Pixels across and down that share one sample of colour, as stored.
        orientation: EXIF orientation, 1 to 8.
    """

    luma: NDArray[np.int64]
    chroma: NDArray[np.int64]
    subsampling: tuple[int, int]
    orientation: int

    @property
    def is_turned(self) -> bool:
        """Whether rows are stored as columns."""
        return self.orientation >= 5

    def upright(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The tables of luma and chroma for the upright picture."""
        return (self.luma.T, self.chroma.T) if self.is_turned else (self.luma, self.chroma)

    def quantises_like(self, other: JpegCoding) -> bool:
        """Whether the upright pictures were quantised alike, however both are stored."""
        shared, others = (each.subsampling[::-1] if each.is_turned else each.subsampling for each in (self, other))
        tables = zip(self.upright(), other.upright(), strict=True)
        return shared == others and all(np.array_equal(one, another) for one, another in tables)


def read_jpeg_coding(data: bytes) -> JpegCoding | None:
    """Read the coding of a JPEG; None for other files and for JPEGs that are not luma and two alike chroma planes."""
    header = read_header(data) if data.startswith(b"\xff\xd8") else None
    if header is None:
        return None
    tables: dict[int, NDArray[np.int64]] = {}
    planes: list[tuple[int, int, int]] = []
    try:
        for marker, start, end in jpeg_segments(data):
            if marker == _TABLES:
                tables.update(_tables(data[start:end]))
            elif marker in _FRAMES:
                count = data[start + 5]
                entries = (data[start + 6 + 3 * index :][:3] for index in range(count))
                planes = [(sampling >> 4, sampling & 15, table) for _, sampling, table in entries]
        return _coding(tables, planes, header.orientation)
    except (IndexError, KeyError, ValueError, struct.error):
        return None


def _coding(
    tables: dict[int, NDArray[np.int64]], planes: list[tuple[int, int, int]], orientation: int
) -> JpegCoding | None:
    if len(planes) != 3 or planes[1] != planes[2] or planes[1][:2] != (1, 1):
        return None
    across, down, luma = planes[0]
    return JpegCoding(tables[luma], tables[planes[1][2]], (across, down), orientation)


def _tables(segment: bytes) -> dict[int, NDArray[np.int64]]:
    """The quantisation tables of one segment by their numbers."""
    found: dict[int, NDArray[np.int64]] = {}
    place = 0
    while place < len(segment):
        wide, number = segment[place] >> 4, segment[place] & 15
        size = _SIDE * _SIDE * (2 if wide else 1)
        values = np.frombuffer(segment[place + 1 : place + 1 + size], ">u2" if wide else "u1").astype(np.int64)
        table = np.zeros((_SIDE, _SIDE), np.int64)
        table[_zigzag()] = values
        found[number] = table
        place += 1 + size
    return found


def _zigzag() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns in the order in which a JPEG lists its coefficients."""
    rows, columns = np.divmod(np.arange(_SIDE * _SIDE), _SIDE)
    diagonal = rows + columns
    order = np.lexsort((np.where(diagonal % 2 == 0, columns, rows), diagonal))
    return rows[order], columns[order]
