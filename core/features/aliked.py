"""ALIKED (Zhao 2023): learned keypoints whose descriptors sample the features where they deform with the picture."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.features import _kornia
from core.features._keypoints import none
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_MODEL = "aliked-n16"
_KEYPOINTS = 600
_LEAST_SIDE = 32


class Aliked:
    """ALIKED, the model n16.

    Args:
        keypoints: How many to keep at most.
        random_weights: Take none at all: keypoints without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: kornia or the weights are missing, or the weights are of another network.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="aliked",
        version=1,
        kind=Kind.LOCAL,
        title="ALIKED keypoints",
        source="Zhao et al., ALIKED: A Lighter Keypoint and Descriptor Extraction Network via Deformable"
        " Transformation, IEEE TIM 2023",
        dimension=_kornia.LENGTH,
        metric=Metric.L2,
        side=640,
        bytes_per_image=_KEYPOINTS * (_kornia.LENGTH + 16),
        family="keypoints",
    )

    def __init__(self, keypoints: int = _KEYPOINTS, random_weights: bool = False, threads: int = 1) -> None:
        path = None if random_weights else _kornia.find_weights("aliked", f"{_MODEL}.pth")
        kornia = _kornia.import_kornia()
        import torch

        torch.set_num_threads(threads)
        self._keypoints = keypoints
        self._network = kornia.ALIKED(_MODEL, keypoints, detection_threshold=0.0)
        if path is not None:
            _kornia.fill(self._network, _kornia.read_weights(path), path)
        self._network.eval()

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        import torch

        if min(pixels.shape[:2]) < _LEAST_SIDE:
            return none(_kornia.LENGTH)
        with torch.inference_mode():
            (found,) = self._network(_kornia.as_tensor(pixels))
        keypoints = _kornia.as_keypoints(found.keypoints, found.keypoint_scores, found.descriptors, self._keypoints)
        keypoints.points[:] = np.clip(keypoints.points, 0, [pixels.shape[1] - 1, pixels.shape[0] - 1])
        return keypoints
