"""Depth, transparency, inks and profiles end in 8-bit sRGB."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import distance, encode
from PIL import Image, ImageCms

from core._cv import cv2
from core.images import decode, shrink

Pixels = NDArray[np.uint8]
GRAY = 128


def test_gray_becomes_three_equal_channels(scene: Pixels) -> None:
    for name in ("JPEG", "PNG", "TIFF", "WEBP"):
        pixels = decode(encode(scene, name, mode="L")).pixels
        assert pixels.shape == scene.shape
        assert int(np.ptp(pixels, axis=2).max()) <= 1


@pytest.mark.parametrize("name", ["PNG", "TIFF", "PPM"])
def test_16_bits_are_scaled_and_not_clipped(scene: Pixels, name: str) -> None:
    gray = scene[..., 0]
    data = encode(gray.astype(np.uint16) * 257, name)
    assert distance(decode(data).pixels[..., 0], gray) <= 1.0


def test_16_bit_colour_and_alpha_are_scaled(scene: Pixels) -> None:
    deep = scene[..., ::-1].astype(np.uint16) * 257
    assert distance(decode(cv2.imencode(".png", deep)[1].tobytes()).pixels, scene) <= 1.0
    assert distance(decode(cv2.imencode(".tiff", deep)[1].tobytes()).pixels, scene) <= 1.0
    half = np.dstack([deep, np.full(deep.shape[:2], 32896, np.uint16)])
    expected = ((scene.astype(int) + GRAY) // 2).astype(np.uint8)
    assert distance(decode(cv2.imencode(".png", half)[1].tobytes()).pixels, expected) <= 1.0


@pytest.mark.parametrize("full", [1.0, 255.0, 65535.0])
def test_floats_are_scaled(scene: Pixels, full: float) -> None:
    gray = scene[..., 0].astype(np.float32)
    data = encode(gray / gray.max() * np.float32(full), "TIFF")
    expected = (gray / gray.max() * 255).astype(np.uint8)
    assert distance(decode(data).pixels[..., 0], expected) <= 1.0


def test_floats_of_any_range_are_stretched_and_nan_does_no_harm(scene: Pixels) -> None:
    values = scene[..., 0].astype(np.float32) * 10 - 500
    values[0, 0] = np.nan
    pixels = decode(encode(values, "TIFF")).pixels
    assert int(pixels.min()) == 0
    assert int(pixels.max()) == 255


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP", "AVIF"])
def test_transparent_parts_show_mid_gray(scene: Pixels, name: str) -> None:
    alpha = np.full(scene.shape[:2], 255, np.uint8)
    alpha[:, 100:] = 0
    alpha[:, 80:100] = 51
    pixels = decode(encode(np.dstack([scene, alpha]), name, lossless=True, quality=100)).pixels
    assert distance(pixels[:, :80], scene[:, :80]) < 3.0
    assert np.abs(pixels[:, 100:].astype(int) - GRAY).max() <= 3
    part = np.round(scene[:, 80:100] * 0.2 + GRAY * 0.8).astype(np.uint8)
    assert distance(pixels[:, 80:100], part) < 3.0


def test_blending_is_rounded_exactly() -> None:
    levels, alphas = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    pixels = decode(encode(np.dstack([levels] * 3 + [alphas]), "PNG")).pixels[..., 0]
    exact = (levels.astype(float) * alphas + GRAY * (255.0 - alphas)) / 255
    assert np.abs(pixels - exact).max() <= 0.501


def test_an_alpha_of_zero_everywhere_is_a_broken_channel(scene: Pixels) -> None:
    alpha = np.zeros(scene.shape[:2], np.uint8)
    assert distance(decode(encode(np.dstack([scene, alpha]), "PNG")).pixels, scene) == 0
    dark = np.zeros_like(scene)
    assert decode(encode(np.dstack([dark, alpha]), "PNG")).pixels.max() == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_transparent_colour_shows_mid_gray(mode: str) -> None:
    pixels = np.full((40, 60, 3), 255, np.uint8)
    pixels[:20] = 0
    image = Image.fromarray(pixels).convert(mode)
    key: Any = {"P": image.getpixel((0, 0)), "RGB": (0, 0, 0)}.get(mode, 0)
    stream = io.BytesIO()
    image.save(stream, "PNG", transparency=key)
    decoded = decode(stream.getvalue()).pixels
    assert np.unique(decoded[:20]).tolist() == [GRAY]
    assert np.unique(decoded[20:]).tolist() == [255]


@pytest.mark.parametrize(("mode", "name"), [("1", "PNG"), ("1", "TIFF"), ("1", "BMP"), ("P", "BMP"), ("P", "GIF")])
def test_few_colours_are_read(scene: Pixels, mode: str, name: str) -> None:
    image = Image.fromarray(scene).convert(mode)
    stream = io.BytesIO()
    image.save(stream, name)
    assert distance(decode(stream.getvalue()).pixels, np.asarray(image.convert("RGB"))) == 0


def test_gray_with_alpha_is_blended(scene: Pixels) -> None:
    image = Image.fromarray(scene).convert("LA")
    image.putalpha(Image.new("L", image.size, 0).point(lambda _: 128))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    expected = (np.asarray(image)[..., 0].astype(int) * 128 + GRAY * 127) / 255
    assert np.abs(decode(stream.getvalue()).pixels[..., 1] - expected).max() <= 1


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
@pytest.mark.parametrize("side", [None, 50])
def test_inks_become_light(scene: Pixels, name: str, side: int | None) -> None:
    picture = decode(encode(scene, name, mode="CMYK", quality=95), side=side)
    assert (picture.width, picture.height) == (200, 120)
    assert distance(picture.pixels, scene if side is None else shrink(scene, side)) < 4.0


def test_lab_is_converted(scene: Pixels) -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.applyTransform(Image.fromarray(scene), ImageCms.buildTransform(srgb, lab, "RGB", "LAB"))
    assert image is not None
    stream = io.BytesIO()
    image.save(stream, "TIFF")
    assert distance(decode(stream.getvalue()).pixels, scene) < 4.0


def _swapped_profile() -> bytes:
    """An sRGB profile with red and green exchanged, so that converting cannot be missed."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = data.index(b"rXYZ", 128), data.index(b"gXYZ", 128)
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_colour_profile_is_applied(scene: Pixels, name: str) -> None:
    data = encode(scene, name, quality=95, icc_profile=_swapped_profile())
    expected = scene[..., [1, 0, 2]]
    assert distance(decode(data).pixels, expected) < 6.0
    assert distance(decode(data, side=50).pixels, shrink(np.ascontiguousarray(expected), 50)) < 6.0


def test_a_profile_of_srgb_changes_nothing(scene: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain, marked = encode(scene, "JPEG"), encode(scene, "JPEG", icc_profile=profile)
    assert np.array_equal(decode(plain).pixels, decode(marked).pixels)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 200, _swapped_profile()[:140]])
def test_a_broken_profile_counts_as_none(scene: Pixels, profile: bytes) -> None:
    assert distance(decode(encode(scene, "PNG", icc_profile=profile)).pixels, scene) == 0


def test_the_same_bytes_give_the_same_pixels_and_a_png_of_them_too(scene: Pixels) -> None:
    data = encode(scene, "JPEG", quality=80)
    pixels = decode(data).pixels
    assert np.array_equal(pixels, decode(data).pixels)
    assert np.array_equal(pixels, decode(encode(pixels, "PNG")).pixels)
    assert np.array_equal(pixels, decode(encode(pixels, "TIFF")).pixels)
