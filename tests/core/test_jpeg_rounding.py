"""JPEGs of one picture, each stored another way up, are the same pixels; what was edited or recompressed is not."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core._cv import cv2
from core.decoding.jpeg_coding import read_jpeg_coding
from core.events import Summary
from core.images import decode
from core.jpeg_rounding import are_one_picture
from core.records import Relation

Pixels = NDArray[np.uint8]

_ORIENTATION = 0x0112
_STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels),
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, -1),
}
"""How a picture is stored so that a reader that heeds the EXIF orientation shows it upright."""


def stored(upright: Pixels, orientation: int, quality: int = 92, subsampling: int = 2) -> bytes:
    """A JPEG file that shows ``upright``."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    target = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(_STORED[orientation](upright)))
    picture.save(target, "JPEG", quality=quality, subsampling=subsampling, exif=exif.tobytes())
    return target.getvalue()


def opened(data: bytes) -> tuple[bytes, Pixels]:
    """A file and what it shows."""
    return data, decode(data).pixels


@pytest.fixture(scope="module")
def picture(photos: Mapping[str, Pixels]) -> Pixels:
    """A photograph of whole blocks, as cameras take them."""
    return np.ascontiguousarray(photos["china"][:416, :640])


def test_eight_orientations_are_one_picture(picture: Pixels) -> None:
    files = [opened(stored(picture, orientation)) for orientation in range(1, 9)]

    pairs = list(itertools.combinations(files, 2))
    unequal = [pair for pair in pairs if not np.array_equal(pair[0][1], pair[1][1])]
    assert len(unequal) > len(pairs) / 2, "each was compressed anew, so their pixels are not all equal"
    assert all(are_one_picture(first, second) for first, second in unequal)


def test_a_scan_calls_eight_orientations_the_same_pixels(
    scan: Callable[..., Summary], tmp_path: Path, picture: Pixels
) -> None:
    folder = tmp_path / "turned"
    folder.mkdir()
    for orientation in range(1, 9):
        (folder / f"{orientation}.jpg").write_bytes(stored(picture, orientation))
    (folder / "coarse.jpg").write_bytes(stored(picture, 6, quality=60))

    (group,) = scan(folder, preset="balanced").groups

    assert len(group.members) == 9
    relations = {member.record.path.name: member.relation for member in group.members[1:]}
    assert relations.pop("coarse.jpg") is Relation.RE_ENCODED
    assert set(relations.values()) == {Relation.SAME_PIXELS}
    words = {member.words for member in group.members[1:]}
    assert "same pixels but for the rounding of JPEG" in words


@pytest.mark.parametrize("orientation", [2, 6])
def test_edits_are_no_rounding(picture: Pixels, orientation: int) -> None:
    bright = np.clip(picture.astype(np.int16) + 1, 0, 255).astype(np.uint8)
    healed = picture.copy()
    healed[100:112, 200:212] = picture[120:132, 230:242]
    softer = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4), np.uint8)
    warmer = np.clip(picture + np.array([1, 0, -1]), 0, 255).astype(np.uint8)
    moved = np.roll(picture, 1, axis=1)
    captioned = cv2.putText(picture.copy(), "1", (30, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255))

    original = opened(stored(picture, 1))
    for edited in (bright, healed, softer, warmer, moved, np.asarray(captioned, np.uint8)):
        assert not are_one_picture(original, opened(stored(edited, orientation)))


def test_a_second_compression_the_same_way_up_stays_a_second_compression(picture: Pixels) -> None:
    original = opened(stored(picture, 1))
    again = opened(stored(original[1], 1))

    assert not np.array_equal(original[1], again[1])
    assert not are_one_picture(original, again)


@pytest.mark.parametrize("quality", [60, 85, 97])
def test_another_quality_is_a_recompression(picture: Pixels, quality: int) -> None:
    assert not are_one_picture(opened(stored(picture, 1)), opened(stored(picture, 6, quality)))


def test_coarse_files_can_be_told_apart_and_are_not_the_same(picture: Pixels) -> None:
    assert not are_one_picture(opened(stored(picture, 1, 40)), opened(stored(picture, 6, 40)))


@pytest.mark.parametrize(("subsampling", "shared"), [(0, (1, 1)), (2, (2, 2))])
def test_tables_are_read_as_pillow_reads_them(picture: Pixels, subsampling: int, shared: tuple[int, int]) -> None:
    data = stored(picture, 6, 88, subsampling)

    coding = read_jpeg_coding(data)

    assert coding is not None
    with Image.open(io.BytesIO(data)) as image:
        tables = image.quantization  # type: ignore[attr-defined]  # of JPEG files only
    assert coding.luma.ravel().tolist() == list(tables[0])
    assert coding.chroma.ravel().tolist() == list(tables[1])
    assert (coding.subsampling, coding.orientation) == (shared, 6)


def test_damaged_tables_are_no_coding(picture: Pixels) -> None:
    data = stored(picture, 1)
    place = data.index(b"\xff\xdb")

    for length in (2, 3, 20):
        assert read_jpeg_coding(data[: place + 2] + length.to_bytes(2, "big") + data[place + 4 :]) is None
    assert read_jpeg_coding(data[: place + 30]) is None
    assert read_jpeg_coding(b"no picture") is None
