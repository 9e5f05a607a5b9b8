"""A folder of files that break decoders."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from picture_files import distance

from core.images import load
from core.records import ImageError

Pixels = NDArray[np.uint8]
ODD = Path(__file__).parents[4] / "shared" / "data" / "odd"


@pytest.fixture(scope="module")
def odd() -> Callable[[str], Path]:
    if not (ODD / "manifest.csv").exists():
        pytest.skip("the folder of odd files is not here")
    return lambda name: ODD / name


def test_odd_files_are_read_as_their_manifest_says(odd: Callable[[str], Path]) -> None:
    # Refused on purpose: EPS would start Ghostscript; the others are damaged or would be read as noise.
    refused = ("broken_data_stream.png", "truncated_end_chunk.png", "bad_crc.png", "-planar-16.tif", ".eps")
    text = odd("manifest.csv").read_bytes().decode("utf-8", "surrogateescape")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    wrong = []
    read = 0
    for row in rows:
        path = odd(row["path"])
        if row["verdict"] != "ok" or path.name.endswith(refused) or not path.is_file():
            continue
        try:
            picture = load(path, side=64)
        except ImageError as error:
            wrong.append((row["path"], error.reason))
            continue
        size = int(row["width"]), int(row["height"])
        turned = row["format"] != "TIFF" and row["orientation"] in ("5", "6", "7", "8")
        if (picture.width, picture.height) != (size[::-1] if turned else size):
            wrong.append((row["path"], f"{picture.width} x {picture.height}"))
        read += 1
    assert wrong == []
    assert read > 1000


def test_odd_files_that_are_made_up_are_read_or_refused_as_expected(odd: Callable[[str], Path]) -> None:
    text = odd("made/expect.csv").read_text("utf-8", "surrogateescape")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        path = odd("made") / row["path"]
        if not path.is_file():
            continue
        try:
            load(path, side=64)
            assert row["expect"] in ("ok", "partial"), row
        except ImageError as error:
            assert row["expect"] in ("error", "partial", "bomb"), (row, error.reason)


def test_all_orientations_of_a_photo_agree(odd: Callable[[str], Path]) -> None:
    for shape in ("Landscape", "Portrait"):
        pictures = [load(odd(f"exif_orientation/{shape}_{number}.jpg"), side=300) for number in range(1, 9)]
        assert len({(picture.width, picture.height) for picture in pictures}) == 1
        for picture in pictures[1:]:
            # Each has its number painted on it.
            assert distance(picture.pixels, pictures[0].pixels) < 12.0
