"""Pictures of every format are read, and all their frames are counted."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import picture_files as files
import pytest
from numpy.typing import NDArray
from picture_files import distance, encode, refusal
from PIL import Image

from core.images import EXTENSIONS, decode, formats, load, shrink
from core.records import ImageError

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95}, 2.0),
        ("JPEG", {"quality": 95, "progressive": True}, 2.0),
        ("MPO", {"quality": 95}, 2.0),
        ("PNG", {}, 0.0),
        ("WEBP", {"lossless": True}, 0.0),
        ("WEBP", {"quality": 95}, 4.0),
        ("BMP", {}, 0.0),
        ("TIFF", {}, 0.0),
        ("TIFF", {"compression": "tiff_lzw"}, 0.0),
        ("GIF", {}, 8.0),
        ("AVIF", {"quality": 95}, 4.0),
        ("JPEG2000", {}, 1.0),
        ("ICO", {"sizes": [(200, 120)]}, 0.0),
        ("TGA", {}, 0.0),
        ("PPM", {}, 0.0),
        ("PCX", {}, 0.0),
        ("SGI", {}, 0.0),
        ("DDS", {}, 0.0),
        ("QOI", {}, 0.0),
    ],
)
def test_every_common_format_is_read(scene: Pixels, name: str, options: dict[str, Any], tolerance: float) -> None:
    picture = decode(encode(scene, name, **options))
    assert (picture.width, picture.height, picture.frames) == (200, 120, 1)
    assert picture.exact
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert picture.pixels.flags.writeable
    assert distance(picture.pixels, scene) <= tolerance


@pytest.mark.parametrize("kind", ["HEIF", "JXL"])
def test_formats_of_plug_ins_are_read(scene: Pixels, kind: str) -> None:
    module = {"HEIF": "pillow_heif", "JXL": "pillow_jxl"}[kind]
    pytest.importorskip(module)
    if kind == "HEIF":
        sys.modules[module].register_heif_opener()
    picture = decode(encode(scene, kind, quality=95), side=100)
    assert (picture.width, picture.height, picture.format) == (200, 120, kind)
    assert distance(picture.pixels, shrink(scene, 100)) < 5.0


@pytest.mark.parametrize("kind", ["HEIF", "JXL"])
def test_a_missing_plug_in_is_named(scene: Pixels, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.decoding import pillow

    monkeypatch.setattr(pillow, "plugins", lambda: {"HEIF": False, "JXL": False})
    data = {"HEIF": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "JXL": b"\xff\x0a" + bytes(40)}[kind]
    package = {"HEIF": "pillow-heif", "JXL": "pillow-jxl-plugin"}[kind]
    assert refusal(data) == f"reading {kind} needs the package {package}"


def test_camera_raw_is_developed_upright(scene: Pixels, tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    mosaic = np.kron(np.linspace(2000, 60000, 64).astype(np.uint16), np.ones((96, 2), np.uint16))
    path = tmp_path / "photo.dng"
    path.write_bytes(files.dng(mosaic))
    picture = load(path)
    assert (picture.width, picture.height, picture.format) == (128, 96, "RAW")
    assert picture.exact
    assert picture.pixels[:, 100:].mean() > picture.pixels[:, :28].mean() + 50
    turned = decode(files.dng(mosaic, orientation=6), side=48)
    assert (turned.width, turned.height) == (96, 128)
    assert turned.pixels.shape == (48, 36, 3)
    assert turned.pixels[36:].mean() > turned.pixels[:12].mean() + 50


def test_a_tiff_that_is_called_raw_is_read_all_the_same(scene: Pixels, tmp_path: Path) -> None:
    for name in ("photo.dng", "photo.nef"):
        path = tmp_path / name
        path.write_bytes(encode(scene, "TIFF"))
        assert load(path).format == "TIFF"
        assert distance(load(path).pixels, scene) == 0


def test_radiance_is_tone_mapped(scene: Pixels) -> None:
    picture = decode(files.radiance(scene))
    assert (picture.width, picture.height, picture.format) == (200, 120, "HDR")
    assert 60 < picture.pixels.mean() < 200
    gray = picture.pixels.mean(axis=2).ravel()
    assert np.corrcoef(gray, scene.mean(axis=2).ravel())[0, 1] > 0.85


def test_the_content_decides_and_not_the_name(scene: Pixels, tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(encode(scene, "PNG"))
    assert load(path).format == "PNG"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_names_may_be_any_bytes(scene: Pixels, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"latin1_\xe9\xff\n.jpg")
    path.write_bytes(encode(scene, "JPEG"))
    assert load(path).width == 200
    path.write_bytes(b"")
    with pytest.raises(ImageError) as caught:
        load(path)
    assert caught.value.path == path


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_the_first_frame_is_shown_and_all_are_counted(scene: Pixels, name: str) -> None:
    first, *others = [Image.fromarray(np.roll(scene, 40 * step, axis=1)) for step in range(3)]
    stream = io.BytesIO()
    first.save(stream, name, save_all=True, append_images=others, quality=95)
    picture = decode(stream.getvalue())
    assert picture.frames == 3
    assert distance(picture.pixels, scene) < 8.0


@pytest.mark.parametrize(("kind", "frames"), [(0x020002, 2), (0x010001, 1), (0, 1)])
def test_a_stereo_pair_has_two_frames_and_a_photo_with_a_preview_one(scene: Pixels, kind: int, frames: int) -> None:
    stream = io.BytesIO()
    Image.fromarray(scene).save(stream, "MPO", save_all=True, append_images=[Image.fromarray(scene[::-1])])
    data = bytearray(stream.getvalue())
    # The entry of the second picture follows that of the first, which says "primary".
    entry = data.index((0x030000).to_bytes(4, "little"), data.index(b"MPF\0") + 20) + 16
    data[entry : entry + 4] = kind.to_bytes(4, "little")
    picture = decode(bytes(data))
    assert (picture.frames, picture.format) == (frames, "MPO" if frames > 1 else "JPEG")
    assert distance(picture.pixels, scene) < 4.0


def test_formats_say_what_this_install_reads() -> None:
    found = {info.name: info for info in formats()}
    assert found["JPEG"].available
    assert ".jpg" in found["JPEG"].extensions
    assert found["HEIC"].available == (importlib.util.find_spec("pillow_heif") is not None)
    assert found["Camera RAW"].available == (importlib.util.find_spec("rawpy") is not None)
    assert {extension for info in found.values() for extension in info.extensions} == EXTENSIONS
    assert all(extension == extension.lower() and extension.startswith(".") for extension in EXTENSIONS)


def test_extensions_include_what_cameras_and_phones_write() -> None:
    assert {
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".heic",
        ".avif",
        ".jxl",
        ".gif",
        ".tif",
        ".dng",
        ".cr3",
    } <= EXTENSIONS
    assert not EXTENSIONS & {".txt", ".pdf", ".eps", ".svg", ".mp4", ""}
