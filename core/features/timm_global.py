"""Global descriptors from the networks of timm: ResNet, ViT, DINO and a thousand others.

Twinsight ships none of their weights: they are safetensors files in the user's models folder. The methods
below are the ones with a name of their own; a file of any other network there is a method as well.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from core import models
from core._open_clip import import_timm
from core.features._onnx_global import square
from core.features._pooling import average, gem, r_mac
from core.features._weight_files import weight_files
from core.features.base import Kind, MethodInfo, Metric, Pixels
from core.records import ModelError

if TYPE_CHECKING:
    import torch


class Pooling(StrEnum):
    """How a feature map, or the tokens of a transformer, become one descriptor."""

    GEM = "gem"
    RMAC = "r-mac"
    AVERAGE = "average"
    CLS = "cls"


_SOURCES = {
    Pooling.GEM: "Radenovic et al., Fine-tuning CNN Image Retrieval with No Human Annotation, TPAMI 2018",
    Pooling.RMAC: "Tolias et al., Particular Object Retrieval with Integral Max-Pooling, ICLR 2016",
    Pooling.AVERAGE: "Babenko and Lempitsky, Aggregating Deep Convolutional Features, ICCV 2015",
    Pooling.CLS: "Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021",
}


def _info(name: str, title: str, pooling: Pooling, dimension: int, source: str = "") -> MethodInfo:
    return MethodInfo(
        name=name,
        version=1,
        kind=Kind.GLOBAL,
        title=title,
        source=f"{source}; {_SOURCES[pooling]}" if source else _SOURCES[pooling],
        dimension=dimension,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=dimension * 4,
        family="deep",
    )


class TimmGlobal:
    """A network of timm and a pooling.

    Args:
        weights: Where its weights are; see ``core.models.find_weights``.
        random_weights: Take none at all: descriptors without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: The weights are missing or of another network, or timm is not installed.
    """

    info: ClassVar[MethodInfo]
    model: ClassVar[str]
    pooling: ClassVar[Pooling]

    def __init__(self, weights: Path | None = None, random_weights: bool = False, threads: int = 1) -> None:
        path = None if random_weights else models.find_weights(self.model, weights)
        import torch

        torch.set_num_threads(threads)
        self._network = _build(self.model)
        if path is not None:
            models.load_weights(self._network, path, _classifier_prefixes(self._network))
        self._network.eval()

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture: (D,) float32 of unit L2 norm."""
        import torch

        with torch.inference_mode():
            features = self._network.forward_features(_prepare(pixels, self._network.pretrained_cfg))  # type: ignore[operator]
            pooled = _pool(features, self._network, self.pooling)
            unit = torch.nn.functional.normalize(pooled, dim=1)[0]
        return np.asarray(unit.numpy(), np.float32)


def _build(model: str) -> torch.nn.Module:
    timm = import_timm()
    try:
        network: torch.nn.Module = timm.create_model(model, pretrained=False, num_classes=0, global_pool="")
    except RuntimeError as error:
        raise ModelError(f"timm has no network that is called {model!r}") from error
    return network


def _classifier_prefixes(network: torch.nn.Module) -> tuple[str, ...]:
    """What the entries of the classifier, which is left out, begin with."""
    classifier = network.pretrained_cfg["classifier"]  # type: ignore[index]
    names = (classifier,) if isinstance(classifier, str) else tuple(classifier or ())
    return tuple(f"{name}." for name in names)


def _prepare(pixels: Pixels, config: object) -> torch.Tensor:
    """(1, 3, S, S) float32, normalised as the network was trained."""
    import torch

    settings: dict[str, tuple[float, ...]] = config  # type: ignore[assignment]
    squared = square(pixels, int(settings["input_size"][-1])).astype(np.float32) / 255
    normal = (squared - np.array(settings["mean"], np.float32)) / np.array(settings["std"], np.float32)
    return torch.from_numpy(np.ascontiguousarray(normal.transpose(2, 0, 1)[None]))


def _pool(features: torch.Tensor, network: torch.nn.Module, pooling: Pooling) -> torch.Tensor:
    """(1, D) from the (1, C, H, W) of a convolutional network or the (1, T, C) of a transformer."""
    if pooling is Pooling.CLS:
        if features.ndim != 3:
            raise ModelError("only a transformer has a class token: choose another pooling")
        return features[:, 0]
    return {Pooling.GEM: gem, Pooling.RMAC: r_mac, Pooling.AVERAGE: average}[pooling](_as_map(features, network))


def _as_map(features: torch.Tensor, network: torch.nn.Module) -> torch.Tensor:
    """(1, C, H, W), also from the tokens of a transformer, without those that stand for no patch."""
    if features.ndim == 4:
        return features
    prefix = int(getattr(network, "num_prefix_tokens", 1))
    patches = features[:, prefix:]
    side = round(patches.shape[1] ** 0.5)
    return patches.transpose(1, 2).reshape(1, -1, side, side)


def timm_method(model: str, pooling: Pooling) -> type[TimmGlobal]:
    """Make a method of any network of timm.

    Args:
        model: timm's name of it ("efficientnet_b0").
        pooling: CLS for transformers only.

    Raises:
        ModelError: timm has no such network, or is not installed.
    """
    import torch

    with torch.device("meta"):
        dimension = int(_build(model).num_features)  # type: ignore[arg-type]
    return _made(model, pooling, dimension)


def _made(model: str, pooling: Pooling, dimension: int) -> type[TimmGlobal]:
    name = re.sub(r"[^a-z0-9]+", "-", f"timm-{model}-{pooling}".lower()).strip("-")
    info = _info(name, f"{model}, {pooling}", pooling, dimension)
    members = {"info": info, "model": model, "pooling": pooling}
    return cast(type[TimmGlobal], type("TimmMethod", (TimmGlobal,), members))


def found_methods() -> tuple[type[TimmGlobal], ...]:
    """Two methods for each file of weights that none of the methods below reads: one for each pooling that suits it."""
    named = {method.model for method in (ResNet18, ResNet50, VitBase, DinoVitSmall)}
    files = weight_files(models.user_models_folder())
    return tuple(
        _made(file.network, pooling, file.dimension)
        for file in files
        if file.network not in named and not file.is_clip and file.dimension is not None
        for pooling in (Pooling.CLS if file.is_transformer else Pooling.RMAC, Pooling.GEM)
    )


class ResNet18(TimmGlobal):
    """ResNet-18 with GeM."""

    model = "resnet18"
    pooling = Pooling.GEM
    info = _info("resnet18", "ResNet-18, GeM", pooling, 512, "He et al., Deep Residual Learning, CVPR 2016")


class ResNet50(TimmGlobal):
    """ResNet-50 with GeM."""

    model = "resnet50"
    pooling = Pooling.GEM
    info = _info("resnet50", "ResNet-50, GeM", pooling, 2048, "He et al., Deep Residual Learning, CVPR 2016")


class ResNet50Rmac(TimmGlobal):
    """ResNet-50 with R-MAC."""

    model = "resnet50"
    pooling = Pooling.RMAC
    info = _info("resnet50-rmac", "ResNet-50, R-MAC", pooling, 2048, "He et al., Deep Residual Learning, CVPR 2016")


class VitBase(TimmGlobal):
    """ViT-B/16 with its class token."""

    model = "vit_base_patch16_224"
    pooling = Pooling.CLS
    info = _info("vit-base", "ViT-B/16, class token", pooling, 768)


class DinoVitSmall(TimmGlobal):
    """ViT-S/16 trained by DINO, with its class token."""

    model = "vit_small_patch16_224.dino"
    pooling = Pooling.CLS
    info = _info(
        "dino-vit-small",
        "DINO ViT-S/16, class token",
        pooling,
        384,
        "Caron et al., Emerging Properties in Self-Supervised Vision Transformers, ICCV 2021",
    )
