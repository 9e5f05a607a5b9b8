"""DISK (Tyszkiewicz 2020): a network that learned by reinforcement which keypoints get matched."""

from __future__ import annotations

from typing import ClassVar

from core.features import _kornia
from core.features._keypoints import none
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_KEYPOINTS = 600
_LEAST_SIDE = 32


class Disk:
    """DISK, trained with depth.

    Args:
        keypoints: How many to keep at most.
        random_weights: Take none at all: keypoints without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: kornia or the weights are missing, or the weights are of another network.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="disk",
        version=1,
        kind=Kind.LOCAL,
        title="DISK keypoints",
        source="Tyszkiewicz et al., DISK: Learning local features with policy gradient, NeurIPS 2020",
        dimension=_kornia.LENGTH,
        metric=Metric.L2,
        side=640,
        bytes_per_image=_KEYPOINTS * (_kornia.LENGTH + 16),
        family="keypoints",
    )

    def __init__(self, keypoints: int = _KEYPOINTS, random_weights: bool = False, threads: int = 1) -> None:
        path = None if random_weights else _kornia.find_weights("disk", "disk-depth-save.pth")
        kornia = _kornia.import_kornia()
        import torch

        torch.set_num_threads(threads)
        self._keypoints = keypoints
        self._network = kornia.DISK(_kornia.LENGTH)
        if path is not None:
            entries = _kornia.read_weights(path)
            _kornia.fill(self._network, entries.get("extractor", entries), path)
        self._network.eval()

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        import torch

        if min(pixels.shape[:2]) < _LEAST_SIDE:
            return none(_kornia.LENGTH)
        with torch.inference_mode():
            (found,) = self._network(_kornia.as_tensor(pixels), self._keypoints, pad_if_not_divisible=True)
        return _kornia.as_keypoints(found.keypoints, found.detection_scores, found.descriptors, self._keypoints)
