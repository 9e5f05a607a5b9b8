"""A file that stays takes over what its copies know, keeps every pixel, and undo brings its bytes back."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from core.review.merging import difference, undifference
from core.review.metadata.exif import add_exif
from core.review.metadata.jpeg import PHOTOSHOP, Jpeg
from core.review.metadata.reading import read_metadata
from core.review.metadata.values import Metadata, MetadataError
from core.review.metadata.writing import with_metadata

ALL = Metadata("2019:05:01 12:30:00", (48.137154, -11.576124), 4, ("Sea & sun", "Ämrum"), "Low < tide")


def a_picture(form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(3).integers(0, 255, (40, 60, 3), np.uint8)
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def a_camera_block() -> bytes:
    """EXIF as cameras write it, with notes of their own."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = b"notes of the maker, twenty bytes and more"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] = IFDRational(1, 250)
    return exif.tobytes()


def close(found: Metadata, wanted: Metadata) -> bool:
    assert found.place is not None and wanted.place is not None
    assert found.place == pytest.approx(wanted.place, abs=1e-6)
    return (found.date, found.rating, found.tags, found.caption) == (
        wanted.date,
        wanted.rating,
        wanted.tags,
        wanted.caption,
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_without_metadata_takes_over_all(form: str) -> None:
    before = a_picture(form)

    after = with_metadata(before, ALL)

    assert close(read_metadata(after), ALL)
    assert np.array_equal(pixels(before), pixels(after))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_a_camera_wrote_stays_readable(form: str) -> None:
    before = a_picture(form, exif=a_camera_block())

    after = with_metadata(before, ALL)

    assert close(read_metadata(after), ALL)
    with Image.open(io.BytesIO(after)) as image:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.Make] == "Maker"
    assert exif[ExifTags.Base.Orientation] == 6
    assert details[ExifTags.Base.MakerNote] == b"notes of the maker, twenty bytes and more"
    assert details[ExifTags.Base.ExposureTime] == IFDRational(1, 250)


def test_the_old_exif_block_is_not_moved() -> None:
    block = a_camera_block()[6:]

    assert add_exif(block, ALL)[8 : len(block)] == block[8:]


def test_adding_twice_keeps_both() -> None:
    once = with_metadata(a_picture("JPEG"), Metadata(tags=("one",), rating=3))

    twice = with_metadata(once, Metadata(tags=("two",), caption="Both"))

    found = read_metadata(twice)
    assert (found.tags, found.rating, found.caption) == (("one", "two"), 3, "Both")


def test_an_iptc_block_is_kept_up_to_date_where_there_is_one() -> None:
    record = b"\x1c\x02\x19\x00\x03old"
    block = b"8BIM\x04\x04\0\0" + len(record).to_bytes(4, "big") + record
    before = Jpeg.parse(a_picture("JPEG")).with_block(PHOTOSHOP, block).pack()

    after = with_metadata(before, Metadata(tags=("new",), caption="Caption"))

    photoshop = Jpeg.parse(after).block(PHOTOSHOP)
    assert photoshop is not None
    assert b"\x1c\x02\x19\x00\x03new" in photoshop and b"\x1c\x02\x78\x00\x07Caption" in photoshop
    assert read_metadata(after).tags == ("new", "old")


@pytest.mark.parametrize("form", ["WEBP", "GIF", "TIFF", "BMP"])
def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(MetadataError, match="JPEG and PNG"):
        with_metadata(a_picture(form), ALL)


@pytest.mark.parametrize("cut", [3, 30, 200])
def test_damaged_files_are_refused(cut: int) -> None:
    for form in ("JPEG", "PNG"):
        with pytest.raises(MetadataError):
            with_metadata(a_picture(form)[: max(cut, 9)], ALL)


def test_what_is_there_already_is_not_taken_over() -> None:
    own = Metadata(rating=5, tags=("sea",))

    extra = own.lacking([Metadata(rating=1, tags=("sea", "sun")), Metadata(caption="Tide", date="2001:01:01 00:00:00")])

    assert extra == Metadata("2001:01:01 00:00:00", None, None, ("sun",), "Tide")


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=20), st.binary(max_size=20))
def test_the_backup_brings_back_every_byte(head: bytes, tail: bytes, old: bytes, new: bytes) -> None:
    first, second = head + old + tail, head + new + tail

    assert undifference(second, difference(first, second)) == first
