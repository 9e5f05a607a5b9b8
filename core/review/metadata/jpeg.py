"""The segments of a JPEG file (ITU T.81, Annex B): taken apart and put together again, pixels left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.review.metadata.values import MetadataError

EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
_SOI = b"\xff\xd8"
_APP0, _APP1, _APP13, _SOS = 0xE0, 0xE1, 0xED, 0xDA
_MOST = 0xFFFF - 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment before the pixels.

    Attributes:
        marker: Its second byte.
        data: What follows its length.
    """

    marker: int
    data: bytes

    def pack(self) -> bytes:
        """The segment as it stands in the file.

        Raises:
            MetadataError: It is too long for one.
        """
        if len(self.data) > _MOST:
            raise MetadataError("its metadata would be too long for a JPEG")
        return bytes((0xFF, self.marker)) + (len(self.data) + 2).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A JPEG file in parts.

    Attributes:
        segments: The segments before the pixels, in order.
        rest: Everything from the start of the pixels on, to the end of the file.
    """

    segments: tuple[Segment, ...]
    rest: bytes

    @classmethod
    def parse(cls, data: bytes) -> Jpeg:
        """Take a file apart.

        Raises:
            MetadataError: It is no JPEG, or damaged before the pixels.
        """
        if not data.startswith(_SOI):
            raise MetadataError("it is no JPEG")
        segments: list[Segment] = []
        place = 2
        while place + 4 <= len(data):
            if data[place] != 0xFF:
                break
            marker = data[place + 1]
            if marker == _SOS:
                return cls(tuple(segments), data[place:])
            length = int.from_bytes(data[place + 2 : place + 4], "big")
            end = place + 2 + length
            if marker < 0xC0 or length < 2 or end > len(data):
                break
            segments.append(Segment(marker, data[place + 4 : end]))
            place = end
        raise MetadataError("its JPEG structure is damaged")

    def pack(self) -> bytes:
        """The file.

        Raises:
            MetadataError: A segment is too long.
        """
        return b"".join([_SOI, *(segment.pack() for segment in self.segments), self.rest])

    def block(self, name: bytes) -> bytes | None:
        """What the segment with this name holds, or None: ``EXIF``, ``XMP`` or ``PHOTOSHOP``."""
        for segment in self.segments:
            if segment.marker == _marker(name) and segment.data.startswith(name):
                return segment.data[len(name) :]
        return None

    def with_block(self, name: bytes, block: bytes) -> Jpeg:
        """The file with another content of that segment, or with it added where it belongs."""
        fresh = Segment(_marker(name), name + block)
        for place, segment in enumerate(self.segments):
            if segment.marker == fresh.marker and segment.data.startswith(name):
                return Jpeg((*self.segments[:place], fresh, *self.segments[place + 1 :]), self.rest)
        place = _after(self.segments, (b"JFIF\0",) if name == EXIF else (b"JFIF\0", EXIF))
        return Jpeg((*self.segments[:place], fresh, *self.segments[place:]), self.rest)

    def without_metadata(self) -> bytes:
        """All that makes up the pixels; equal for two files that differ in their metadata only."""
        names = (EXIF, XMP, PHOTOSHOP)
        kept = (segment for segment in self.segments if not segment.data.startswith(names))
        return b"".join([*(segment.pack() for segment in kept), self.rest])


def _marker(name: bytes) -> int:
    return _APP13 if name == PHOTOSHOP else _APP1


def _after(segments: Sequence[Segment], names: tuple[bytes, ...]) -> int:
    """The place behind the leading segments of these names."""
    place = 0
    while place < len(segments) and segments[place].data.startswith(names):
        place += 1
    return place
