"""A small benchmark: photos, shrunk and turned copies of them, and a truth."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Benchmark:
    """Where the parts of a benchmark are."""

    dataset: Path
    queries: Path
    truth: Path


@pytest.fixture
def benchmark_of_copies(
    tmp_path: Path, small: Mapping[str, Pixels], texture: Callable[..., Pixels], save: Callable[..., Path]
) -> Benchmark:
    """Eight photos and eight textures; a darker, smaller copy and a crop of every photo."""
    names = sorted(small)[:8]
    rows = []
    for name in names:
        save(small[name], tmp_path / "dataset" / f"{name}.png")
        height, width = small[name].shape[:2]
        dark = cv2.resize(small[name], (width // 2, height // 2), interpolation=cv2.INTER_AREA) // 2
        crop = small[name][height // 8 : -height // 8, width // 8 : -width // 8]
        for kind, pixels in (("dark", dark), ("crop", crop)):
            save(np.asarray(pixels, np.uint8), tmp_path / "queries" / f"{name}-{kind}.png")
            rows.append((f"queries/{name}-{kind}.png", f"dataset/{name}.png"))
    for seed in range(8):
        save(texture(seed), tmp_path / "dataset" / f"texture-{seed}.png")
    with (tmp_path / "truth.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("copy", "original"), *rows])
    return Benchmark(tmp_path / "dataset", tmp_path / "queries", tmp_path / "truth.csv")
