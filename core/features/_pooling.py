"""Poolings of a feature map, (N, C, H, W) to (N, C)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_POWER = 3.0
_SMALLEST = 1e-6
_SCALES = (1, 2, 3)


def average(features: torch.Tensor) -> torch.Tensor:
    """The mean over the map (SPoC without weights, Babenko 2015)."""
    return features.mean(dim=(2, 3))


def gem(features: torch.Tensor) -> torch.Tensor:
    """The generalised mean with p = 3 (Radenovic 2018); what is negative counts as nothing."""
    return features.clamp(min=_SMALLEST).pow(_POWER).mean(dim=(2, 3)).pow(1 / _POWER)


def r_mac(features: torch.Tensor) -> torch.Tensor:
    """The sum of the L2-normalised maxima over regions of three scales (Tolias 2016).

    At scale l there are l x l regions, each with 2 / (l + 1) of the map's side, so that neighbours overlap.
    """
    import torch

    maxima = [
        features[:, :, top : top + height, left : left + width].amax(dim=(2, 3))
        for top, left, height, width in _regions(features.shape[2], features.shape[3])
    ]
    return torch.stack([torch.nn.functional.normalize(maximum, dim=1) for maximum in maxima]).sum(dim=0)


def _regions(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """Top, left, height and width of the regions of a map."""
    regions = []
    for scale in _SCALES:
        tall, wide = max(1, 2 * height // (scale + 1)), max(1, 2 * width // (scale + 1))
        tops, lefts = _starts(height, tall, scale), _starts(width, wide, scale)
        regions += [(top, left, tall, wide) for top in tops for left in lefts]
    return regions


def _starts(length: int, side: int, count: int) -> list[int]:
    """Where ``count`` regions of a side begin so that they cover a length evenly."""
    if count == 1:
        return [0]
    return [round(index * (length - side) / (count - 1)) for index in range(count)]
