"""Pictures are upright, whatever the camera was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import picture_files as files
import pytest
from numpy.typing import NDArray
from picture_files import distance, encode, stored_as
from PIL import Image

from core.images import decode, load, shrink

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_pictures_are_upright(scene: Pixels, name: str, orientation: int) -> None:
    if name == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    block = files.exif(orientation)
    options = {"exif": block if name in ("PNG", "WEBP", "TIFF") else b"Exif\0\0" + block}
    if name == "TIFF":
        tags = Image.Exif()
        tags[0x0112] = orientation
        options = {"exif": tags.tobytes()}
    data = encode(stored_as(scene, orientation), name, quality=95, **options)
    for side in (None, 60):
        picture = decode(data, side=side)
        assert (picture.width, picture.height) == (200, 120)
        assert distance(picture.pixels, scene if side is None else shrink(scene, side)) < 6.0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_packed_as_jpeg_xl_is_upright(scene: Pixels, orientation: int, tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    exif = b"Exif\0\0" + files.exif(orientation)
    jpeg = encode(stored_as(scene, orientation), "JPEG", quality=95, exif=exif)
    (tmp_path / "photo.jpg").write_bytes(jpeg)
    with Image.open(tmp_path / "photo.jpg") as image:
        image.save(tmp_path / "photo.jxl", lossless_jpeg=True)
    picture = load(tmp_path / "photo.jxl")
    assert (picture.width, picture.height, picture.format) == (200, 120, "JXL")
    assert distance(picture.pixels, scene) < 4.0


@pytest.mark.parametrize("orientation", [0, 9, 99, 65535])
def test_a_senseless_orientation_counts_as_none(scene: Pixels, orientation: int) -> None:
    data = encode(scene, "JPEG", exif=b"Exif\0\0" + files.exif(orientation))
    assert decode(data).pixels.shape == scene.shape


@pytest.mark.parametrize("block", [b"", b"II*\0", b"garbage" * 9, files.exif(6)[:12], files.exif(6, ">")[:9]])
def test_a_broken_exif_block_does_no_harm(scene: Pixels, block: bytes) -> None:
    assert decode(encode(scene, "JPEG", exif=b"Exif\0\0" + block)).pixels.shape == scene.shape


def test_big_endian_exif_is_read(scene: Pixels) -> None:
    data = encode(stored_as(scene, 8), "JPEG", exif=b"Exif\0\0" + files.exif(8, ">"))
    assert decode(data).pixels.shape == scene.shape
