"""DISK (Tyszkiewicz 2020): a network that learned by reinforcement which keypoints get matched."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from core.features import _kornia
from core.features.base import Kind, MethodInfo, Metric

if TYPE_CHECKING:
    import torch


class Disk(_kornia.KorniaKeypoints):
    """DISK, trained with depth. See the base for its arguments."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="disk",
        version=1,
        kind=Kind.LOCAL,
        title="DISK keypoints",
        source="Tyszkiewicz et al., DISK: Learning local features with policy gradient, NeurIPS 2020",
        dimension=_kornia.LENGTH,
        metric=Metric.L2,
        side=640,
        bytes_per_image=_kornia.KEYPOINTS * (_kornia.LENGTH + 16),
        family="keypoints",
    )

    file: ClassVar[str] = "disk-depth-save.pth"

    def _made(self, kornia: ModuleType) -> Any:
        return kornia.DISK(_kornia.LENGTH)

    def _found(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        (found,) = self._network(picture, self._keypoints, pad_if_not_divisible=True)
        return found.keypoints, found.detection_scores, found.descriptors
