"""Kinds of files that most readers leave out: floats, planes, big files, old and rare ways to store a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import picture_files as files
import pytest
from numpy.typing import NDArray
from picture_files import distance, encode, refusal

from core.images import Limits, decode
from core.records import ImageError

Pixels = NDArray[np.uint8]


@pytest.fixture
def exr(tmp_path: Path) -> Any:
    """Makes an OpenEXR file from planes by name."""
    openexr = pytest.importorskip("OpenEXR")

    def make(channels: dict[str, NDArray[Any]], compression: str = "ZIP") -> bytes:
        path = tmp_path / "made.exr"
        header = {
            "compression": getattr(openexr, f"{compression}_COMPRESSION"),
            "type": openexr.scanlineimage,
        }
        with openexr.File(header, channels) as file:
            file.write(str(path))
        return path.read_bytes()

    return make


@pytest.mark.parametrize("compression", ["NO", "RLE", "ZIP", "PIZ", "DWAA"])
def test_radiance_of_any_range_becomes_visible(scene: Pixels, exr: Any, compression: str) -> None:
    light = (scene.astype(np.float32) / 255.0) ** 2.2
    dim = decode(exr({"RGB": light}, compression))
    bright = decode(exr({"RGB": light * 300.0}, compression))
    assert (dim.width, dim.height, dim.format) == (200, 120, "EXR")
    # Tone mapping adapts to the light: the same scene, the same picture.
    assert distance(dim.pixels, bright.pixels) < 6.0
    assert np.corrcoef(dim.pixels.ravel(), scene.ravel())[0, 1] > 0.85


def test_radiance_is_read_from_layers_gray_and_over_gray(scene: Pixels, exr: Any) -> None:
    light = (scene.astype(np.float32) / 255.0) ** 2.2
    planes = {f"Layer.Combined.{name}": np.ascontiguousarray(light[..., place]) for place, name in enumerate("RGB")}
    assert distance(decode(exr(planes)).pixels, decode(exr({"RGB": light})).pixels) < 1.0
    gray = decode(exr({"Y": np.ascontiguousarray(light[..., 1].astype(np.float16))})).pixels
    assert (gray[..., 0] == gray[..., 2]).all()
    opacity = np.zeros((120, 200), np.float32)
    opacity[:, :100] = 1.0
    shown = decode(exr({"RGBA": np.dstack([light * opacity[..., None], opacity])})).pixels
    assert (shown[:, 100:] == 128).all()
    assert shown[:, :100].std() > 20


def test_a_damaged_exr_has_a_reason_and_a_huge_one_is_refused_unread(scene: Pixels, exr: Any) -> None:
    data = exr({"RGB": scene.astype(np.float32)})
    assert "EXR" in refusal(data[: len(data) // 3])
    window = data.index(b"dataWindow") + len(b"dataWindow\0box2i\0") + 4
    lie = data[: window + 8] + (59_999).to_bytes(4, "little") * 2 + data[window + 16 :]
    assert refusal(lie).startswith("too large: 60000 x 60000")
    assert refusal(data, limits=Limits(pixels=20_000)).startswith("too large")


def test_portable_arbitrary_maps_are_read(scene: Pixels) -> None:
    assert np.array_equal(decode(files.pam(scene)).pixels, scene)
    alpha = np.full((120, 200, 1), 255, np.uint8)
    alpha[:, 100:] = 0
    shown = decode(files.pam(np.concatenate([scene, alpha], axis=2))).pixels
    assert np.array_equal(shown[:, :100], scene[:, :100])
    assert (shown[:, 100:] == 128).all()
    gray = decode(files.pam(np.ascontiguousarray(scene[..., :1]))).pixels
    assert np.array_equal(gray[..., 2], scene[..., 0])


@pytest.mark.parametrize("order", [">", "<"])
def test_big_tiffs_are_read_in_both_byte_orders(scene: Pixels, order: str) -> None:
    picture = decode(files.big_tiff(scene, order))
    assert (picture.width, picture.height, picture.format) == (200, 120, "TIFF")
    assert np.array_equal(picture.pixels, scene)
    assert refusal(files.big_tiff(scene, order), limits=Limits(pixels=20_000)).startswith("too large")


def test_planes_of_16_bits_are_a_picture_and_no_noise(scene: Pixels) -> None:
    assert np.array_equal(decode(files.deep_planes(scene)).pixels, scene)


def test_a_jpeg_with_arithmetic_coding_is_read() -> None:
    pixels = decode(files.ARITHMETIC_JPEG).pixels
    assert pixels.shape == (24, 32, 3)
    assert np.abs(pixels[:, :, 0].mean(axis=0) - np.arange(0, 255, 8)).max() < 8


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_an_orientation_that_only_xmp_states_counts_unless_exif_states_one(scene: Pixels, name: str) -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    options: dict[str, Any] = {"quality": 95} if name != "PNG" else {}
    if name == "PNG":
        from PIL.PngImagePlugin import PngInfo

        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", packet.decode())
    else:
        options["xmp"] = packet
    stored = files.stored_as(scene, 6)
    assert distance(decode(encode(stored, name, **options)).pixels, scene) < 4.0
    told = encode(stored, name, exif=b"Exif\0\0" + files.exif(1), **options)
    assert distance(decode(told).pixels, stored) < 4.0


def test_a_palette_may_hold_the_opacity(scene: Pixels) -> None:
    from PIL import Image

    image = Image.fromarray(scene).quantize(8)
    colours = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)[:8]
    palette = np.concatenate([colours, np.array([[0], [0], [0], [0], [255], [255], [255], [255]], np.uint8)], axis=1)
    image.putpalette(palette.tobytes(), "RGBA")
    from core.decoding.pillow import _samples

    shown = _samples(image)
    hidden = np.asarray(image) < 4
    assert (shown[hidden] == 128).all()
    assert np.array_equal(shown[~hidden], colours[np.asarray(image)[~hidden]])


def test_damage_to_rare_kinds_gives_a_picture_or_a_reason(scene: Pixels) -> None:
    rng = np.random.default_rng(3)
    small = np.ascontiguousarray(scene[::4, ::4])
    for data in (files.pam(small), files.big_tiff(small), files.deep_planes(small), files.ARITHMETIC_JPEG):
        for _ in range(60):
            broken = np.frombuffer(data, np.uint8).copy()
            places = rng.integers(0, min(len(broken), 300), 3)
            broken[places] = rng.integers(0, 256, 3)
            try:
                decode(broken.tobytes(), side=16, limits=Limits(pixels=1_000_000))
            except ImageError as error:
                assert error.reason
