"""Pictures to soak, kill and break with: made from numbers, so that they are the same everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core._cv import cv2


def texture(seed: int, width: int = 480, height: int = 360) -> np.ndarray:
    """(H, W, 3) uint8 with structure at every scale."""
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8), (width, height), interpolation=2)
        for cells in (5, 11, 24, 60)
    ]
    return np.asarray(np.clip((np.mean(layers, axis=0) - 128) * 2 + 128, 0, 255), np.uint8)


def make_library(folder: Path, pictures: int) -> Path:
    """A folder of pictures, each third of them with a smaller copy, each fifth with an exact one, and one broken."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pictures):
        pixels = texture(number)
        write(folder / f"{number:03}.jpg", pixels)
        if number % 3 == 0:
            write(folder / f"{number:03} small.jpg", cv2.resize(pixels, (240, 180), interpolation=cv2.INTER_AREA))
        if number % 5 == 0:
            write(folder / f"{number:03} again.jpg", pixels)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff this is no picture")
    return folder


def write(path: Path, pixels: np.ndarray) -> None:
    """Save a picture as JPEG."""
    path.write_bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
