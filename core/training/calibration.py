"""What a similarity by one descriptor is worth by another: the same number says more by one than by the next.

Two descriptors are held against each other on the same pictures, none a copy of another: the similarity that equally
few pairs of them reach says equally much. That depends on the descriptor, hardly on pictures it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.model_files import read_manifest
from core.models import shipped_models_folder
from core.presets import LEVEL, OWN
from core.training.export import open_model, run_model, square_pictures

_MOST_PICTURES = 800
_FEWEST_PAIRS = 8
"""Fewer pairs than this say nothing of how rare a similarity is."""
_MOST_ALIKE = 0.25
"""Where more pairs than this reach the level, the pictures are no sample of different ones."""
_NEAR_ONE = 0.95
_PART = 64


def matched_threshold(model: Path, side: int, pictures: Sequence[Path], threads: int = 2) -> float:
    """The cosine by a model that says as much as ``LEVEL`` by Twinsight's own descriptor.

    Args:
        model: An exported descriptor.
        side: Its input side in pixels.
        pictures: Different pictures; the first 800 are used.
        threads: Threads of ONNX Runtime.

    Returns:
        A cosine in (-1, 1), or 0 where these pictures are too few or too much alike to say.

    Raises:
        ModelError: A model cannot be run.
        ImageError: A picture cannot be read.
    """
    own = shipped_models_folder() / f"{OWN}.onnx"
    manifest = read_manifest(own)
    if manifest is None or len(pictures) < _FEWEST_PAIRS:
        return 0.0
    ours = _cosines(own, manifest.side, pictures[:_MOST_PICTURES], threads)
    theirs = _cosines(model, side, pictures[:_MOST_PICTURES], threads)
    return matched(ours, theirs)


def matched(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The level in ``theirs`` that as many pass as pass ``LEVEL`` in ``ours``; (P,) cosines of the same pairs each."""
    share = max(float((ours >= LEVEL).mean()), _FEWEST_PAIRS / len(ours))
    mine, other = (float(np.quantile(cosines, 1 - share)) for cosines in (ours, theirs))
    if share > _MOST_ALIKE or other > _NEAR_ONE:
        return 0.0
    # Where few pairs reach the level at all, the one they do reach is carried over; 1 stays 1.
    return round(1 - (1 - LEVEL) * (1 - other) / (1 - mine), 4)


def _cosines(model: Path, side: int, pictures: Sequence[Path], threads: int) -> NDArray[np.float32]:
    """(P,) float32 of all pairs."""
    session = open_model(model, threads)
    parts = [
        run_model(session, square_pictures(pictures[place : place + _PART], side))[0]
        for place in range(0, len(pictures), _PART)
    ]
    described = np.concatenate(parts)
    return np.asarray((described @ described.T)[np.triu_indices(len(described), 1)], np.float32)
