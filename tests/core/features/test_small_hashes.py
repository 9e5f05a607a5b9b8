"""The 64-bit hashes are those of the package that most programs use."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core._cv import cv2
from core.features._hash_bits import BitHash
from core.features.average_hash import AverageHash
from core.features.base import Pixels
from core.features.difference_hash import DifferenceHash
from core.features.perceptual_hash import PerceptualHash
from core.features.wavelet_hash import WaveletHash

ORACLES = {
    "average_hash": AverageHash,
    "dhash": DifferenceHash,
    "phash": PerceptualHash,
    "whash": WaveletHash,
}


def samples(photos: dict[str, Pixels], tiles: Pixels) -> list[Pixels]:
    sizes = ((301, 200), (90, 63), (9, 11), (64, 64))
    resized = [cv2.resize(photos["coffee"], size, interpolation=cv2.INTER_AREA) for size in sizes]
    return [*photos.values(), tiles, *(np.asarray(pixels, np.uint8) for pixels in resized)]


@pytest.mark.parametrize("oracle", ORACLES)
def test_hashes_are_those_of_imagehash(oracle: str, photos: dict[str, Pixels], tiles: Pixels) -> None:
    imagehash = pytest.importorskip("imagehash", reason="the package to compare with is not installed")
    distances = []
    for pixels in samples(photos, tiles):
        expected = getattr(imagehash, oracle)(Image.fromarray(pixels)).hash
        distances.append(int((expected != ORACLES[oracle]().bits(pixels)).sum()))
    assert max(distances) <= 2
    assert np.median(distances) == 0


def test_the_hash_in_hex_is_what_imagehash_prints(photo: Pixels) -> None:
    imagehash = pytest.importorskip("imagehash", reason="the package to compare with is not installed")
    assert PerceptualHash().describe(photo).tobytes().hex() == str(imagehash.phash(Image.fromarray(photo)))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (AverageHash, "1f1a38c5c2727bfe"),
        (DifferenceHash, "b5b2e30d8ea6d754"),
        (PerceptualHash, "841f9d04b7aa07ed"),
        (WaveletHash, "2d1e7987c2503b76"),
    ],
)
def test_hashes_of_a_picture_made_by_formula(method: type[BitHash], expected: str, tiles: Pixels) -> None:
    differing = np.bitwise_count(method().describe(tiles) ^ np.frombuffer(bytes.fromhex(expected), np.uint8))
    assert differing.sum() <= 2


@pytest.mark.parametrize("method", ORACLES.values())
def test_a_recompressed_and_shrunk_photo_keeps_its_hash(method: type[BitHash], photos: dict[str, Pixels]) -> None:
    for pixels in photos.values():
        small = cv2.resize(pixels, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
        copy = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), np.uint8)
        assert np.bitwise_count(method().describe(pixels) ^ method().describe(copy)).sum() <= 6
