"""What the tests of reading pictures share."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

# For picture_files.py, which is no test.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def scene() -> NDArray[np.uint8]:
    """(120, 200, 3): smooth, so that lossy formats keep it, and unlike itself in all eight orientations."""
    rows, columns = np.mgrid[0:120, 0:200].astype(np.float32)
    red, green = columns * 1.2, rows * 2.0
    blue = 127 + 100 * np.sin(columns / 25 + rows / 40)
    pixels = np.stack([red, green, blue], axis=2).astype(np.uint8)
    pixels[8:40, 10:60] = (250, 240, 20)
    return pixels
