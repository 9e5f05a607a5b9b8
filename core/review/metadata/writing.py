"""Giving a picture file more metadata; what makes up its pixels stays the same to the last byte."""

from __future__ import annotations

from core.review.metadata.exif import add_exif
from core.review.metadata.iptc import add_iptc, has_iptc
from core.review.metadata.jpeg import EXIF, PHOTOSHOP, XMP, Jpeg
from core.review.metadata.png import Png, is_png
from core.review.metadata.values import Metadata, MetadataError
from core.review.metadata.xmp import add_xmp

_JPEG = b"\xff\xd8\xff"


def with_metadata(data: bytes, extra: Metadata) -> bytes:
    """A picture file with more metadata.

    Args:
        data: The file; JPEG or PNG.
        extra: What to add.

    Raises:
        MetadataError: The file is of another format, or damaged.
    """
    if data.startswith(_JPEG):
        return _in_jpeg(data, extra)
    if is_png(data):
        return _in_png(data, extra)
    raise MetadataError("metadata can be added to JPEG and PNG files only")


def _in_jpeg(data: bytes, extra: Metadata) -> bytes:
    old = Jpeg.parse(data)
    new = old
    if extra.without_tags().fields:
        new = new.with_block(EXIF, add_exif(old.block(EXIF), extra))
    new = new.with_block(XMP, add_xmp(old.block(XMP), extra))
    photoshop = old.block(PHOTOSHOP)
    if photoshop is not None and has_iptc(photoshop):
        new = new.with_block(PHOTOSHOP, add_iptc(photoshop, extra))
    if new.without_metadata() != old.without_metadata():
        raise MetadataError("its pixels would not stay as they are")
    return new.pack()


def _in_png(data: bytes, extra: Metadata) -> bytes:
    old = Png.parse(data)
    new = old.with_exif(add_exif(old.exif(), extra)) if extra.without_tags().fields else old
    new = new.with_xmp(add_xmp(old.xmp(), extra))
    if new.without_metadata() != old.without_metadata():
        raise MetadataError("its pixels would not stay as they are")
    return new.pack()
