"""What is too large, damaged or no picture is refused with a reason, before it costs anything."""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import picture_files as files
import pytest
from numpy.typing import NDArray
from picture_files import encode, refusal
from PIL import Image

from core.images import Limits, decode, load
from core.records import ImageError

Pixels = NDArray[np.uint8]


@pytest.mark.parametrize("side", [None, 100])
def test_a_claim_of_a_huge_size_is_refused_unread(side: int | None) -> None:
    reason = "too large: 60000 x 60000 pixels (limit 500 megapixels)"
    assert refusal(files.claim_png(60_000, 60_000), side=side) == reason


def test_limits_are_checked_for_every_decoder(scene: Pixels) -> None:
    limits = Limits(pixels=20_000)
    for name in ("JPEG", "PNG", "WEBP", "BMP", "TIFF"):
        assert refusal(encode(scene, name), limits=limits).startswith("too large: 200 x 120 pixels")
    for name in ("GIF", "AVIF", "JPEG2000", "TGA"):
        assert refusal(encode(scene, name), limits=limits) == "too large (limit 0.02 megapixels)"
    assert refusal(encode(scene, "PNG"), limits=Limits(side=199)) == (
        "too large: 200 x 120 pixels (limit 199 on a side)"
    )
    assert refusal(encode(scene, "PNG"), limits=Limits(bytes=1000)).startswith("too large: 0 MB")
    assert refusal(files.radiance(scene), limits=limits).startswith("too large")


@pytest.mark.parametrize("kind", ["HEIF", "JXL"])
def test_limits_are_checked_for_plug_ins(scene: Pixels, kind: str) -> None:
    pytest.importorskip({"HEIF": "pillow_heif", "JXL": "pillow_jxl"}[kind])
    from core.decoding import pillow

    pillow.plugins()
    assert refusal(encode(scene, kind), limits=Limits(pixels=20_000)).startswith("too large")
    assert refusal(encode(scene, kind), limits=Limits(side=199)).startswith("too large: 200 x 120")


def test_a_large_picture_inside_an_icon_is_refused(scene: Pixels) -> None:
    icon = bytearray(encode(scene, "ICO", sizes=[(200, 120)]))
    place = icon.index(b"\x89PNG")
    bomb = files.claim_png(30_000, 30_000)
    icon[14:18] = len(bomb).to_bytes(4, "little")
    assert refusal(bytes(icon[:place]) + bomb) == "too large (limit 500 megapixels)"


def test_a_jpeg_that_lies_about_its_size_is_refused(scene: Pixels) -> None:
    data = encode(scene, "JPEG")
    assert refusal(files.claim_jpeg(data, 65_535, 65_535)).startswith("too large")
    assert "no pixels" in refusal(files.claim_jpeg(data, 0, 100))
    assert refusal(files.claim_png(0, 0)).startswith("has no pixels")


def test_our_limits_hold_and_not_those_of_pillow(scene: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(scene, "GIF")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    # A warning would be an error in these tests.
    assert decode(data).exact
    assert decode(data, limits=Limits(pixels=24_000)).exact
    assert refusal(data, limits=Limits(pixels=23_999)).startswith("too large")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize(("name", "options"), [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {})])
@pytest.mark.parametrize("side", [None, 40])
def test_a_truncated_file_is_no_picture(
    photos: Mapping[str, Pixels], name: str, options: dict[str, Any], share: float, side: int | None
) -> None:
    data = encode(photos["china"], name, **options)
    assert refusal(data[: int(len(data) * share)], side=side) == f"truncated {name}"


@pytest.mark.parametrize("name", ["WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "TGA"])
def test_truncated_files_of_other_formats_are_refused(photos: Mapping[str, Pixels], name: str) -> None:
    data = encode(photos["china"], name)
    reason = refusal(data[: len(data) // 2])
    assert reason.startswith(("truncated ", "damaged "))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"once upon a time" * 20, "not a picture"),
        (b"<html><body>404</body></html>", "not a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", "damaged JPEG"),
        (b"\x89PNG\r\n\x1a\n", "damaged PNG"),
        (b"\0" * 5000, "not a picture"),
        (bytes(range(256)) * 16, "not a picture"),
        (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n",
            "a PostScript program, which is not run here",
        ),
        (b"%PDF-1.7\n", "a PDF document, not a picture"),
        (
            b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
            "an SVG drawing, which is not drawn here",
        ),
        (b"v/1\x01\x02\0\0\0", "damaged EXR"),
        (b"P7\nWIDTH 4\nHEIGHT 4\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n", "truncated PAM"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


def test_damage_anywhere_gives_a_picture_or_a_reason(scene: Pixels) -> None:
    rng = np.random.default_rng(7)
    small = np.ascontiguousarray(scene[::2, ::2])
    for name in (
        "JPEG",
        "PNG",
        "WEBP",
        "GIF",
        "TIFF",
        "BMP",
        "ICO",
        "TGA",
        "PPM",
        "DDS",
        "QOI",
        "PCX",
        "SGI",
    ):
        data = encode(small, name)
        for _ in range(25):
            broken = np.frombuffer(data, np.uint8).copy()
            places = rng.integers(0, min(len(broken), 400), 4)
            broken[places] = rng.integers(0, 256, 4)
            try:
                decode(broken.tobytes(), side=32, limits=Limits(pixels=1_000_000))
            except ImageError as error:
                assert error.reason
                assert "\n" not in error.reason


def test_what_follows_a_picture_does_no_harm(scene: Pixels) -> None:
    data = encode(scene, "JPEG")
    assert np.array_equal(decode(data + b"trailer" * 100).pixels, decode(data).pixels)
    assert np.array_equal(decode(data + encode(scene[::-1], "JPEG")).pixels, decode(data).pixels)


def test_errors_carry_the_file(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_bytes(b"dear reader")
    with pytest.raises(ImageError) as caught:
        load(path)
    assert caught.value.path == path
    assert str(caught.value) == f"{path}: not a picture"


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    def why(path: Path) -> str:
        with pytest.raises(ImageError) as caught:
            load(path)
        return caught.value.reason

    assert why(tmp_path) == "is a folder"
    assert why(tmp_path / "gone.jpg") == "vanished"
    (tmp_path / "empty.jpg").touch()
    assert why(tmp_path / "empty.jpg") == "empty file"
    assert why(tmp_path / "nul\0.jpg").startswith("cannot be read")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.jpg")
        assert why(tmp_path / "pipe.jpg") == "not a regular file"
        assert why(Path("/dev/zero")) == "not a regular file"
        (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
        assert why(tmp_path / "loop.jpg").startswith("cannot be read")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in folders")
def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.jpg")
        with pytest.raises(ImageError, match="not a regular file"):
            load(tmp_path / "socket.jpg")


def test_a_file_without_permission_is_said_to_be(scene: Pixels, tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "private.png"
    path.write_bytes(encode(scene, "PNG"))
    path.chmod(0)
    if not stat.S_IMODE(path.stat().st_mode) and os.access(path, os.R_OK):
        # The superuser reads all the same.
        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ImageError, match="permission denied"):
        load(path)
