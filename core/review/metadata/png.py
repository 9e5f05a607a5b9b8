"""The chunks of a PNG file (W3C PNG, third edition): taken apart and put together again, pixels left as they are."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from core.review.metadata.values import MetadataError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"XML:com.adobe.xmp\0"


def is_png(data: bytes) -> bool:
    """Whether a file is a PNG."""
    return data.startswith(_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Png:
    """A PNG file in parts: its chunks, each with its name, and whatever follows the last one."""

    chunks: tuple[tuple[bytes, bytes], ...]
    rest: bytes

    @classmethod
    def parse(cls, data: bytes) -> Png:
        """Take a file apart.

        Raises:
            MetadataError: It is damaged.
        """
        chunks, place = [], len(_SIGNATURE)
        while place + 12 <= len(data):
            (length,) = struct.unpack_from(">I", data, place)
            name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
            end = place + 12 + length
            if end > len(data) or data[end - 4 : end] != _check(name + body):
                break
            chunks.append((name, body))
            place = end
            if name == b"IEND":
                return cls(tuple(chunks), data[place:])
        raise MetadataError("its PNG structure is damaged")

    def pack(self) -> bytes:
        """The file."""
        packed = (struct.pack(">I", len(body)) + name + body + _check(name + body) for name, body in self.chunks)
        return b"".join([_SIGNATURE, *packed, self.rest])

    def exif(self) -> bytes | None:
        """The EXIF block, or None."""
        return next((body for name, body in self.chunks if name == b"eXIf"), None)

    def with_exif(self, block: bytes) -> Png:
        """The file with another EXIF block."""
        return self._with(b"eXIf", b"", block)

    def xmp(self) -> bytes | None:
        """The XMP packet, or None.

        Raises:
            MetadataError: It is compressed, or marked in a language.
        """
        for name, body in self.chunks:
            if name == b"iTXt" and body.startswith(_KEYWORD):
                flags = body[len(_KEYWORD) : len(_KEYWORD) + 4]
                if flags != b"\0\0\0\0":
                    raise MetadataError("its XMP is stored in an unusual form")
                return body[len(_KEYWORD) + 4 :]
        return None

    def with_xmp(self, packet: bytes) -> Png:
        """The file with another XMP packet."""
        return self._with(b"iTXt", _KEYWORD, _KEYWORD + b"\0\0\0\0" + packet)

    def without_metadata(self) -> bytes:
        """All that makes up the pixels; equal for two files that differ in their metadata only."""
        kept = tuple(
            (name, body)
            for name, body in self.chunks
            if name != b"eXIf" and not (name == b"iTXt" and body.startswith(_KEYWORD))
        )
        return Png(kept, self.rest).pack()

    def _with(self, name: bytes, start: bytes, body: bytes) -> Png:
        chunks = list(self.chunks)
        for place, (each, old) in enumerate(chunks):
            if each == name and old.startswith(start):
                chunks[place] = (name, body)
                return Png(tuple(chunks), self.rest)
        pixels = next((place for place, (each, _) in enumerate(chunks) if each == b"IDAT"), len(chunks))
        return Png((*chunks[:pixels], (name, body), *chunks[pixels:]), self.rest)


def _check(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))
