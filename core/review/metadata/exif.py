"""Adding to an EXIF block (CIPA DC-008) without moving what is in it.

New directories are appended and the old bytes stay where they are, so that what cameras wrote in ways of their own,
with offsets that only they know, remains readable.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.review.metadata.values import Metadata, MetadataError

_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_BYTE = 1
_DETAILS, _PLACE = 0x8769, 0x8825
_DESCRIPTION, _RATING, _TAKEN = 0x010E, 0x4746, 0x9003
_FRESH = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
_HEADER = {b"II*\0": "<", b"MM\0*": ">"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a directory; ``value`` is the four bytes of its value or of the offset to it."""

    tag: int
    kind: int
    count: int
    value: bytes


def add_exif(block: bytes | None, extra: Metadata) -> bytes:
    """An EXIF block with date, place, rating and caption added; tags have no place in EXIF.

    Args:
        block: The block as it is, from its byte order on; None to begin a new one.
        extra: What to add; fields that are None are left as they are.

    Returns:
        The new block, which begins with the old one but for the offset of its first directory.

    Raises:
        MetadataError: The block is damaged.
    """
    writer = _Writer(block or _FRESH)
    try:
        return writer.add(extra)
    except struct.error as error:
        raise MetadataError("its EXIF block is damaged") from error


class _Writer:
    def __init__(self, block: bytes) -> None:
        order = _HEADER.get(block[:4])
        if order is None:
            raise MetadataError("its EXIF block is damaged")
        self._order = order
        self._data = bytearray(block)

    def add(self, extra: Metadata) -> bytes:
        (start,) = self._unpack("I", 4)
        main, following = self._directory(start)
        if extra.caption:
            self._set(main, _DESCRIPTION, _ASCII, extra.caption.encode("utf-8") + b"\0")
        if extra.rating:
            self._set(main, _RATING, _SHORT, self._pack("H", extra.rating))
        if extra.date:
            details = self._below(main, _DETAILS)
            self._set(details, _TAKEN, _ASCII, extra.date.encode("ascii", "replace") + b"\0")
            self._set(main, _DETAILS, _LONG, self._pack("I", self._append_directory(details, 0)))
        if extra.place:
            place = self._append_directory(self._place(*extra.place), 0)
            self._set(main, _PLACE, _LONG, self._pack("I", place))
        self._data[4:8] = self._pack("I", self._append_directory(main, following))
        return bytes(self._data)

    # ------------------------------------------------------------------ directories

    def _directory(self, start: int) -> tuple[dict[int, _Entry], int]:
        (count,) = self._unpack("H", start)
        entries = {}
        for number in range(count):
            place = start + 2 + 12 * number
            tag, kind, length = self._unpack("HHI", place)
            entries[tag] = _Entry(tag, kind, length, bytes(self._data[place + 8 : place + 12]))
        (following,) = self._unpack("I", start + 2 + 12 * count)
        return entries, following

    def _below(self, entries: dict[int, _Entry], tag: int) -> dict[int, _Entry]:
        if tag not in entries:
            return {}
        return self._directory(struct.unpack(f"{self._order}I", entries[tag].value)[0])[0]

    def _set(self, entries: dict[int, _Entry], tag: int, kind: int, data: bytes) -> None:
        size = {_ASCII: 1, _BYTE: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}[kind]
        value = data.ljust(4, b"\0") if len(data) <= 4 else self._pack("I", self._append(data))
        entries[tag] = _Entry(tag, kind, len(data) // size, value)

    def _append(self, data: bytes) -> int:
        # Values and directories begin at even offsets.
        if len(self._data) % 2:
            self._data += b"\0"
        self._data += data
        return len(self._data) - len(data)

    def _append_directory(self, entries: dict[int, _Entry], following: int) -> int:
        ordered = [entries[tag] for tag in sorted(entries)]
        packed = b"".join(self._pack("HHI", item.tag, item.kind, item.count) + item.value for item in ordered)
        return self._append(self._pack("H", len(ordered)) + packed + self._pack("I", following))

    def _place(self, latitude: float, longitude: float) -> dict[int, _Entry]:
        entries: dict[int, _Entry] = {}
        self._set(entries, 0, _BYTE, b"\2\3\0\0")
        self._set(entries, 1, _ASCII, b"N\0" if latitude >= 0 else b"S\0")
        self._set(entries, 2, _RATIONAL, self._angle(latitude))
        self._set(entries, 3, _ASCII, b"E\0" if longitude >= 0 else b"W\0")
        self._set(entries, 4, _RATIONAL, self._angle(longitude))
        return entries

    def _angle(self, degrees: float) -> bytes:
        """Degrees, minutes and seconds to a ten-thousandth, about 3 mm."""
        ticks = round(abs(degrees) * 36_000_000)
        whole, rest = divmod(ticks, 36_000_000)
        minutes, seconds = divmod(rest, 600_000)
        return self._pack("IIIIII", whole, 1, minutes, 1, seconds, 10_000)

    # ------------------------------------------------------------------ bytes

    def _unpack(self, form: str, start: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + form, self._data, start)

    def _pack(self, form: str, *values: int) -> bytes:
        return struct.pack(self._order + form, *values)
