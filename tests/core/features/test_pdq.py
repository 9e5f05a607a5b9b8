"""PDQ agrees with the published implementation, in all eight orientations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels
from core.features.pdq import ORIENTATIONS, Pdq, hash_all


def turned(pixels: Pixels, turns: int, mirrored: bool) -> Pixels:
    return np.ascontiguousarray(np.rot90(np.fliplr(pixels) if mirrored else pixels, turns))


def distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    return int(np.unpackbits(first ^ second).sum())


def published(pixels: Pixels) -> tuple[NDArray[np.uint8], int]:
    pdqhash = pytest.importorskip("pdqhash", reason="the published implementation is not installed")
    bits, quality = pdqhash.compute(pixels)
    # It counts its bits from the highest frequency down.
    return np.packbits(bits[::-1]), quality


def samples(photos: dict[str, Pixels], tiles: Pixels) -> list[Pixels]:
    odd_sizes = [cv2.resize(photos["coffee"], size, interpolation=cv2.INTER_AREA) for size in ((301, 200), (90, 63))]
    return [*photos.values(), tiles, *(np.asarray(pixels, np.uint8) for pixels in odd_sizes)]


def test_hashes_and_quality_are_those_of_the_published_implementation(photos: dict[str, Pixels], tiles: Pixels) -> None:
    distances = []
    for pixels in samples(photos, tiles):
        expected, quality = published(pixels)
        ours = hash_all(pixels)
        distances.append(distance(ours.hashes[0], expected))
        assert abs(ours.quality - quality) <= 1
    assert np.median(distances) <= 2
    assert max(distances) <= 6


@pytest.mark.parametrize("row", range(8))
def test_each_orientation_is_the_hash_of_the_turned_picture(row: int, photos: dict[str, Pixels]) -> None:
    distances = [
        distance(hash_all(pixels).hashes[row], published(turned(pixels, *ORIENTATIONS[row]))[0])
        for pixels in photos.values()
    ]
    assert np.median(distances) <= 2
    assert max(distances) <= 6


@pytest.mark.parametrize("row", range(8))
def test_orientations_hold_without_the_published_implementation(row: int, photo: Pixels) -> None:
    seen_turned = hash_all(turned(photo, *ORIENTATIONS[row])).hashes[0]
    assert distance(hash_all(photo).hashes[row], seen_turned) <= 6


def test_reference_hashes_of_pictures_made_by_formula(tiles: Pixels) -> None:
    blurred = np.asarray(cv2.blur(tiles, (41, 41)), np.uint8)
    assert distance(hash_all(tiles).hashes[0], np.frombuffer(bytes.fromhex(TILES), np.uint8)) <= 4
    assert distance(hash_all(blurred).hashes[0], np.frombuffer(bytes.fromhex(BLURRED), np.uint8)) <= 4


def test_half_of_the_bits_are_set(photo: Pixels) -> None:
    assert np.unpackbits(hash_all(photo).hashes, axis=1).sum(axis=1).tolist() == [128] * 8


def test_a_recompressed_and_shrunk_photo_keeps_its_hash(photo: Pixels) -> None:
    small = cv2.resize(photo, (300, 300), interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
    copy = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), np.uint8)
    assert distance(hash_all(photo).hashes[0], hash_all(copy).hashes[0]) <= 16


def test_different_photos_are_far_apart(photos: dict[str, Pixels]) -> None:
    hashes = [Pdq().describe(pixels) for pixels in photos.values()]
    distances = [distance(a, b) for index, a in enumerate(hashes) for b in hashes[:index]]
    assert min(distances) > 80


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (64, 64)])
def test_a_picture_without_content_has_no_quality(shape: tuple[int, int]) -> None:
    result = hash_all(np.full((*shape, 3), 90, np.uint8))
    assert result.quality == 0
    assert result.hashes.shape == (8, 32)


TILES = "3223133900a065bf54bc0e3fcb74f1bb28342f0ff6acf6bd093bd0f0d3cb0e44"
BLURRED = "32231b3900a065bf54bc0e3fcb74f1bb28342f0ff6a4fea5095bd0f0d3cb0e45"
