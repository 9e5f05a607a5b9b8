"""LIFT (Yi 2016): a learned detector, an orientation estimator and a descriptor, joined by spatial transformers.

The detector is the paper's: one convolution whose responses are joined by maxima and a signed sum (piecewise linear,
Verdie 2015). The descriptor is smaller than the paper's and ends in a convolution over what is left, as in HardNet
(Mishchuk 2017).
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

PATCH = 32
DIMENSION = 128

_SUMS, _MAXIMA = 4, 4
_DETECTOR_SIDE = 13
_AROUND = 21


def _block(channels: int, out: int, side: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, out, side, stride, side // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
    )


class Detector(nn.Module):
    """(N, 1, H, W) grey pixels in [0, 255] to (N, 1, H, W) scores in (0, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.filters = nn.Conv2d(1, _SUMS * _MAXIMA, _DETECTOR_SIDE)
        nn.init.normal_(self.filters.weight, std=2.0 / _DETECTOR_SIDE)
        signs = torch.tensor([1.0, -1.0] * (_SUMS // 2)).reshape(1, _SUMS, 1, 1)
        self.signs: Tensor
        self.register_buffer("signs", signs, persistent=False)

    def forward(self, grey: Tensor) -> Tensor:
        """Scores; contrast is made even first, so that light does not decide."""
        margin = _DETECTOR_SIDE // 2
        filtered = self.filters(functional.pad(_even(grey), (margin,) * 4, mode="replicate"))
        count, _, height, width = filtered.shape
        largest = filtered.reshape(count, _SUMS, _MAXIMA, height, width).amax(2)
        return torch.sigmoid((largest * self.signs).sum(1, keepdim=True) - 2.0)


def _even(grey: Tensor) -> Tensor:
    """Local mean and contrast taken out."""
    mean = _local_mean(grey)
    square = _local_mean(grey * grey)
    return (grey - mean) / ((square - mean * mean).clamp(min=0) + 64.0).sqrt()


def _local_mean(values: Tensor) -> Tensor:
    """The mean of a square around each pixel, by rows and then by columns, which is ten times faster."""
    padded = functional.pad(values, (_AROUND // 2,) * 4, mode="replicate")
    return functional.avg_pool2d(functional.avg_pool2d(padded, (1, _AROUND), 1), (_AROUND, 1), 1)


class Orientation(nn.Module):
    """(N, 1, 32, 32) patches to (N, 2): cosine and sine of their orientation."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(1, 16, 5, 2), _block(16, 32, 3, 2), _block(32, 48, 3, 2), nn.Flatten(), nn.Linear(48 * 16, 2)
        )

    def forward(self, patches: Tensor) -> Tensor:
        """Unit vectors."""
        return functional.normalize(self.layers(patches).float(), dim=1)


class Descriptor(nn.Module):
    """(N, 1, 32, 32) patches, upright, to (N, 128) of unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(1, 32, 5, 2),
            _block(32, 48, 3, 1),
            _block(48, 64, 3, 2),
            _block(64, 64, 3, 1),
            nn.Conv2d(64, DIMENSION, 8, bias=False),
        )

    def forward(self, patches: Tensor) -> Tensor:
        """Unit vectors."""
        return functional.normalize(self.layers(patches).flatten(1).float(), dim=1)


class LiftNetwork(nn.Module):
    """The three parts.

    ``forward`` is what is exported: grey pixels (1, 1, H, W), points (N, 2), sizes (N,) to scores (1, 1, H, W),
    angles (N,) in radians and descriptors (N, 128).
    """

    def __init__(self) -> None:
        super().__init__()
        self.detector = Detector()
        self.orientation = Orientation()
        self.descriptor = Descriptor()

    def forward(self, pixels: Tensor, points: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the picture, and orientation and descriptor of its keypoints."""
        upright, descriptors = self.describe(pixels, points[None], sizes[None])
        return self.detector(pixels), torch.atan2(upright[:, 1], upright[:, 0]), descriptors

    def describe(self, pixels: Tensor, points: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        """Orientation and descriptor of keypoints.

        Args:
            pixels: (B, 1, H, W) grey.
            points: (B, M, 2), (x, y) in pixels.
            sizes: (B, M), side of the square that is described, in pixels.

        Returns:
            (B * M, 2) unit vectors and (B * M, 128) unit descriptors.
        """
        straight = torch.zeros_like(points) + points.new_tensor([1.0, 0.0])
        upright = self.orientation(crop(pixels, points, sizes, straight))
        turned = crop(pixels, points, sizes, upright.reshape(points.shape))
        return upright, self.descriptor(turned)


def crop(pixels: Tensor, points: Tensor, sizes: Tensor, directions: Tensor) -> Tensor:
    """The spatial transformer (Jaderberg 2015): squares around keypoints, turned upright, with even contrast.

    Args:
        pixels: (B, 1, H, W).
        points: (B, M, 2).
        sizes: (B, M), in pixels.
        directions: (B, M, 2) cosine and sine of the orientations.

    Returns:
        (B * M, 1, 32, 32).
    """
    height, width = pixels.shape[2], pixels.shape[3]
    steps = (torch.arange(PATCH, device=pixels.device, dtype=torch.float32) + 0.5) / PATCH - 0.5
    across, down = steps[None, :].expand(PATCH, PATCH), steps[:, None].expand(PATCH, PATCH)
    cosine, sine = directions[..., 0, None, None], directions[..., 1, None, None]
    sides = sizes[..., None, None]
    x = points[..., 0, None, None] + sides * (cosine * across - sine * down)
    y = points[..., 1, None, None] + sides * (sine * across + cosine * down)
    grid = torch.stack([2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1], dim=-1)
    count, many = points.shape[0], points.shape[1]
    flat = grid.reshape(count, many * PATCH, PATCH, 2)
    patches = functional.grid_sample(pixels, flat, mode="bilinear", padding_mode="border", align_corners=True)
    patches = patches.reshape(count * many, 1, PATCH, PATCH)
    mean = patches.mean((2, 3), keepdim=True)
    # Added before the root, which has no slope at 0, where a patch of one colour would be.
    deviation = (((patches - mean) ** 2).mean((2, 3), keepdim=True) + 4.0).sqrt()
    return (patches - mean) / deviation
