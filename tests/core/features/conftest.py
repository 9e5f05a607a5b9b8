"""Pictures for the tests of the methods: photos that scikit-image and scikit-learn bring, and made ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage
import sklearn

from core._cv import cv2
from core.features.base import Pixels

_FOLDERS = (
    Path(skimage.__file__).parent / "data",
    Path(sklearn.__file__).parent / "datasets" / "images",
)
_NAMES = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "china.jpg",
    "flower.jpg",
)


def _read(name: str) -> Pixels:
    path = next(folder / name for folder in _FOLDERS if (folder / name).is_file())
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None
    scale = min(1.0, 512 / max(pixels.shape))
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="session")
def photos() -> dict[str, Pixels]:
    """Seven colour photos with a long side of at most 512 pixels, by file name without the ending."""
    return {name.partition(".")[0]: _read(name) for name in _NAMES}


@pytest.fixture(scope="session")
def photo(photos: dict[str, Pixels]) -> Pixels:
    """One of them: 512 x 512, a portrait with texture all over."""
    return photos["astronaut"]


@pytest.fixture(scope="session")
def tiles() -> Pixels:
    """384 x 512 x 3: twelve by sixteen tiles of colours that follow a formula, the same on every machine."""
    row, column = np.mgrid[0:12, 0:16]
    channels = [(row * 37 + column * 91 + row * column * factor) % 256 for factor in (13, 29, 53)]
    return np.kron(np.stack(channels, axis=-1), np.ones((32, 32, 1), np.int64)).astype(np.uint8)
