"""DELF (Noh 2017): dense features of a network, attention that says which of them matter, and few numbers each.

The features are those of EfficientNet-Lite0 at 1/8 of the picture's side: its fine ones beside coarser ones of twice
the stride, for the paper's own, at 1/16, say too little about where a keypoint is.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from core.training.network import EfficientNetLite0, load_published, start_random

STRIDE = 8
OFFSET = 7.0
"""Pixels: the place (x, y) of a feature map looks at the pixel (8 x + 7, 8 y + 7)."""

DIMENSION = 64

_FINE, _COARSE = 4, 10
_FINE_WIDTH, _COARSE_WIDTH = 40, 112
_HIDDEN = 128
WIDTH = _FINE_WIDTH + _COARSE_WIDTH


class DelfNetwork(nn.Module):
    """Pixels (N, 3, H, W) in [0, 255], sides multiples of 16, to descriptors (N, 64, H / 8, W / 8) and attention.

    Args:
        published: Whether to start from the ImageNet weights.
    """

    def __init__(self, published: bool) -> None:
        super().__init__()
        whole = EfficientNetLite0()
        start_random(whole)
        if published:
            load_published(whole)
        self.stem = whole.stem
        self.blocks = nn.ModuleList(whole.blocks[: _COARSE + 1])
        self.requires_grad_(False)
        self.reduction = nn.Conv2d(WIDTH, DIMENSION, 1)
        self.attention = nn.Sequential(nn.Conv2d(WIDTH, _HIDDEN, 1), nn.ReLU(), nn.Conv2d(_HIDDEN, 1, 1), nn.Softplus())

    def trained(self) -> Iterator[nn.Parameter]:
        """What is trained: the reduction and the attention; the features stay as they are."""
        yield from self.reduction.parameters()
        yield from self.attention.parameters()

    def features(self, pixels: Tensor) -> Tensor:
        """(N, 152, H / 8, W / 8) features, of unit length on average."""
        with torch.no_grad():
            values = functional.relu6(self.stem(functional.pad((pixels - 127.5) / 127.5, (0, 1, 0, 1))))
            fine = values
            for place, block in enumerate(self.blocks):
                values = block(values)
                fine = values if place == _FINE else fine
        return torch.cat([fine, _doubled(values)], dim=1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Unit descriptors (N, 64, h, w) and attention (N, 1, h, w), not negative."""
        features = self.features(pixels)
        return functional.normalize(self.reduction(features), dim=1), self.attention(features)


def _doubled(values: Tensor) -> Tensor:
    """A map of half the resolution, looking at the same pixels as the fine one.

    A place of the coarse map looks at pixel 16 x + 15, one of the fine map at 8 x + 7: odd places of the fine one
    coincide with coarse ones, even ones lie half-way between two.
    """
    before = functional.pad(values, (1, 0, 0, 0), mode="replicate")[..., :-1]
    values = torch.stack([(before + values) / 2, values], dim=4).flatten(3)
    above = functional.pad(values, (0, 0, 1, 0), mode="replicate")[:, :, :-1]
    return torch.stack([(above + values) / 2, values], dim=3).flatten(2, 3)
