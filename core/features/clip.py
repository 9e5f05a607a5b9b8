"""CLIP (Radford 2021): pictures and words in one space, through any model of open_clip.

Twinsight ships none of the weights: they are safetensors files in the user's models folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from core import models
from core._open_clip import import_open_clip, quietly
from core.features._onnx_global import square
from core.features._weight_files import weight_files
from core.features.base import Kind, MethodInfo, Metric, Pixels
from core.records import ModelError

if TYPE_CHECKING:
    import torch


def _info(name: str, title: str, dimension: int) -> MethodInfo:
    return MethodInfo(
        name=name,
        version=1,
        kind=Kind.GLOBAL,
        title=title,
        source="Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021",
        dimension=dimension,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=dimension * 4,
        family="deep",
    )


class Clip:
    """A model of open_clip.

    Args:
        weights: Where its weights are; see ``core.models.find_weights``.
        random_weights: Take none at all: descriptors without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: The weights are missing or of another model, or open_clip is not installed.
    """

    info: ClassVar[MethodInfo]
    model: ClassVar[str]

    def __init__(self, weights: Path | None = None, random_weights: bool = False, threads: int = 1) -> None:
        path = None if random_weights else models.find_weights(self.model, weights)
        import torch

        torch.set_num_threads(threads)
        self._network = _build(self.model)
        if path is not None:
            models.load_weights(self._network, path)
        self._network.eval()

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture: (D,) float32 of unit L2 norm."""
        import torch

        with torch.inference_mode():
            found = self._network.encode_image(_prepare(pixels, self._network.visual), normalize=True)  # type: ignore[operator]
        return np.asarray(found[0].float().numpy(), np.float32)

    def describe_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Describe texts, to be compared with pictures by cosine.

        Args:
            texts: N texts; what exceeds the model's context of 77 tokens is cut off.

        Returns:
            (N, D) float32, rows of unit L2 norm.

        Raises:
            ModelError: The model's tokenizer does not come with open_clip.
        """
        import torch

        tokens = _tokenizer(self.model)(list(texts))
        with torch.inference_mode():
            found = self._network.encode_text(tokens, normalize=True)  # type: ignore[operator]
        return np.asarray(found.float().numpy(), np.float32)


def _build(model: str) -> torch.nn.Module:
    open_clip = import_open_clip()
    if model not in open_clip.list_models():
        raise ModelError(f"open_clip has no model that is called {model!r}")
    with quietly():  # It warns that there are no weights; they follow, or were not asked for.
        network: torch.nn.Module = open_clip.create_model(model, pretrained=None)
    return network


def _tokenizer(model: str) -> Callable[[list[str]], torch.Tensor]:
    open_clip = import_open_clip()
    text: dict[str, object] = open_clip.get_model_config(model)["text_cfg"]
    if "hf_tokenizer_name" in text or "hf_model_name" in text:
        raise ModelError(f"{model} reads texts with a tokenizer that would have to be downloaded")
    tokenize: Callable[[list[str]], torch.Tensor] = open_clip.get_tokenizer(model)
    return tokenize


def _prepare(pixels: Pixels, visual: object) -> torch.Tensor:
    """(1, 3, S, S) float32, normalised as the model was trained."""
    import torch

    side = np.max(visual.image_size)  # type: ignore[attr-defined]
    mean = visual.image_mean or import_open_clip().OPENAI_DATASET_MEAN  # type: ignore[attr-defined]
    deviation = visual.image_std or import_open_clip().OPENAI_DATASET_STD  # type: ignore[attr-defined]
    squared = square(pixels, int(side)).astype(np.float32) / 255
    normal = (squared - np.array(mean, np.float32)) / np.array(deviation, np.float32)
    return torch.from_numpy(np.ascontiguousarray(normal.transpose(2, 0, 1)[None]))


def clip_method(model: str) -> type[Clip]:
    """Make a method of any model of open_clip.

    Args:
        model: open_clip's name of it ("ViT-L-14").

    Raises:
        ModelError: open_clip has no such model, or is not installed.
    """
    config = import_open_clip().get_model_config(model)
    if config is None:
        raise ModelError(f"open_clip has no model that is called {model!r}")
    return _made(model, int(config["embed_dim"]))


def _made(model: str, dimension: int) -> type[Clip]:
    name = re.sub(r"[^a-z0-9]+", "-", f"clip-{model}".lower()).strip("-")
    info = _info(name, f"CLIP {model}", dimension)
    return cast(type[Clip], type("ClipMethod", (Clip,), {"info": info, "model": model}))


def found_methods() -> tuple[type[Clip], ...]:
    """A method for each file of weights of a CLIP that none of the methods below reads."""
    named = {method.model for method in (ClipVitB32, ClipVitB32QuickGelu, ClipResNet50)}
    files = weight_files(models.user_models_folder())
    return tuple(
        _made(file.network, file.dimension)
        for file in files
        if file.network not in named and file.is_clip and file.dimension is not None
    )


def methods_with_weights() -> tuple[str, ...]:
    """Names of the methods here whose weights are in the user's models folder; loads nothing."""
    named = (method for method in (ClipVitB32QuickGelu, ClipVitB32, ClipResNet50) if _has_weights(method.model))
    return tuple(method.info.name for method in (*named, *found_methods()))


def _has_weights(model: str) -> bool:
    try:
        models.find_weights(model)
    except ModelError:
        return False
    return True


class ClipVitB32(Clip):
    """CLIP with ViT-B/32."""

    model = "ViT-B-32"
    info = _info("clip-vit-b-32", "CLIP ViT-B/32", 512)


class ClipVitB32QuickGelu(Clip):
    """CLIP with ViT-B/32 as OpenAI trained it."""

    model = "ViT-B-32-quickgelu"
    info = _info("clip-vit-b-32-openai", "CLIP ViT-B/32 (OpenAI)", 512)


class ClipResNet50(Clip):
    """CLIP with ResNet-50 as OpenAI trained it."""

    model = "RN50-quickgelu"
    info = _info("clip-resnet50-openai", "CLIP ResNet-50 (OpenAI)", 1024)
