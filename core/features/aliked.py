"""ALIKED (Zhao 2023): learned keypoints whose descriptors sample the features where they deform with the picture."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from core.features import _kornia
from core.features.base import Kind, MethodInfo, Metric

if TYPE_CHECKING:
    import torch

_MODEL = "aliked-n16"


class Aliked(_kornia.KorniaKeypoints):
    """ALIKED, the model n16. See the base for its arguments."""

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
        bytes_per_image=_kornia.KEYPOINTS * (_kornia.LENGTH + 16),
        family="keypoints",
    )

    file: ClassVar[str] = f"{_MODEL}.pth"

    def _made(self, kornia: ModuleType) -> Any:
        return kornia.ALIKED(_MODEL, self._keypoints, detection_threshold=0.0)

    def _found(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        (found,) = self._network(picture)
        return found.keypoints, found.keypoint_scores, found.descriptors
