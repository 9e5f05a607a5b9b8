"""Adding tags and a caption to an IPTC block (IIM 4.2) inside the Photoshop segment of a JPEG, where it has one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.review.metadata.values import Metadata, MetadataError

_SIGNATURE, _IPTC = b"8BIM", 0x0404
_TAG, _CAPTION = 25, 120
_LONGEST = {_TAG: 64, _CAPTION: 2000}
_UTF8 = b"\x1c\x01\x5a\0\x03\x1b%G"


def add_iptc(block: bytes, extra: Metadata) -> bytes:
    """A Photoshop block with tags and caption added to its IPTC part; the same block where it has no such part.

    Args:
        block: The resources of the segment, one after the other.
        extra: What to add.

    Raises:
        MetadataError: The block is damaged.
    """
    parts = []
    for number, name, data in _resources(block):
        grown = data + _records(data, extra) if number == _IPTC else data
        padding = b"\0" * (len(grown) % 2)
        parts.append(_SIGNATURE + struct.pack(">H", number) + name + struct.pack(">I", len(grown)) + grown + padding)
    return b"".join(parts)


def has_iptc(block: bytes) -> bool:
    """Whether a Photoshop block has an IPTC part."""
    return any(number == _IPTC for number, _, _ in _resources(block))


def _resources(block: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    place = 0
    while place + 12 <= len(block):
        if block[place : place + 4] != _SIGNATURE:
            raise MetadataError("its Photoshop block is damaged")
        (number,) = struct.unpack_from(">H", block, place + 4)
        end = place + 6 + 1 + block[place + 6]
        end += (end - place) % 2
        name = block[place + 6 : end]
        if end + 4 > len(block):
            raise MetadataError("its Photoshop block is damaged")
        (length,) = struct.unpack_from(">I", block, end)
        yield number, name, block[end + 4 : end + 4 + length]
        place = end + 4 + length + length % 2


def _records(data: bytes, extra: Metadata) -> bytes:
    # What was written in another alphabet must stay readable in it, so only such text is added.
    encoding = "utf-8" if data.startswith(_UTF8) else "ascii"
    records = [(_TAG, tag) for tag in extra.tags]
    records += [(_CAPTION, extra.caption)] if extra.caption else []
    packed = b""
    for number, text in records:
        value = text.encode(encoding, "replace")[: _LONGEST[number]]
        packed += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    return packed
