"""Keypoints by models that were trained: where such models are, and what their methods share.

A model is a pair of files, ``NAME.onnx`` and ``NAME.json``, as in ``trained_models``; its JSON says of which kind.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core import models
from core._cv import cv2
from core.features.base import MethodInfo
from core.records import ModelError

if TYPE_CHECKING:
    import onnxruntime

_log = logging.getLogger(__name__)

_MIDDLE, _SPREAD = 128.0, 320.0


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """A model file and what is said of it.

    Attributes:
        path: The ONNX file.
        name: Of the method.
        version: Of the method.
        sha256: Of the file, or "".
    """

    path: Path
    name: str
    version: int
    sha256: str


def learned_models(kind: str) -> Iterator[LearnedModel]:
    """The models of a kind, the user's own before a shipped one of the same name."""
    seen: set[str] = set()
    for folder in (models.user_models_folder(), models.shipped_models_folder()):
        for manifest in sorted(folder.glob("*.json")):
            model = _model(manifest, kind)
            if model is not None and model.name not in seen:
                seen.add(model.name)
                yield model


def _model(manifest: Path, kind: str) -> LearnedModel | None:
    path = manifest.with_suffix(".onnx")
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        if said.get("kind") != kind or not path.is_file():
            return None
        return LearnedModel(path, str(said["name"]), int(said["version"]), str(said.get("sha256", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.debug("%s does not describe keypoints: %r", manifest, error)
        return None


def methods_of(kind: str, base: type[Any], info: MethodInfo) -> tuple[type, ...]:
    """A method for each model of a kind.

    Args:
        kind: "delf" or "lift".
        base: The class that runs such a model; gets ``info`` and ``model``.
        info: What all of them are; name, version and title are each model's own.
    """
    found = []
    for model in learned_models(kind):
        title = info.title if model.name == info.name else f"{info.title}, model {model.name}"
        named = replace(info, name=model.name, version=model.version, title=title)
        found.append(type(base.__name__, (base,), {"info": named, "model": model}))
    return tuple(found)


def open_checked(model: LearnedModel, threads: int) -> onnxruntime.InferenceSession:
    """Open a model that is the file its JSON describes.

    Raises:
        ModelError: It is another file, or cannot be run.
    """
    if model.sha256 and hashlib.sha256(model.path.read_bytes()).hexdigest() != model.sha256:
        raise ModelError(f"{model.path}: is not the file that {model.path.stem}.json describes; import it again")
    return models.onnx_session(model.path, threads)


def as_bytes(descriptors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Unit vectors as (N, D) uint8; distances keep their proportions, as few numbers of a unit vector pass 0.4."""
    return np.asarray(np.clip(np.rint(_MIDDLE + _SPREAD * descriptors), 0, 255), np.uint8)


def from_bytes(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, D) float32 unit vectors of what ``as_bytes`` made."""
    vectors = (descriptors.astype(np.float32) - _MIDDLE) / _SPREAD
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def peaks(scores: NDArray[np.float32], reach: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the local maxima of (H, W) scores.

    Args:
        scores: Larger is stronger.
        reach: A maximum is the largest within so many places in each direction.
    """
    largest = cv2.dilate(scores, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    rows, columns = np.nonzero((scores >= largest) & (scores > 0))
    return rows, columns


def refined(scores: NDArray[np.float32], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
    """(N, 2) places (x, y) of maxima between the places of the map, by a parabola through three of them."""
    padded = np.pad(scores, 1, mode="edge")
    middle = padded[rows + 1, columns + 1]
    x = columns + _vertex(padded[rows + 1, columns], middle, padded[rows + 1, columns + 2])
    y = rows + _vertex(padded[rows, columns + 1], middle, padded[rows + 2, columns + 1])
    return np.stack([x, y], axis=1).astype(np.float32)


def _vertex(
    before: NDArray[np.float32], middle: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Where the parabola through three values, at -1, 0 and 1, is highest; at most half a place away."""
    bend = np.maximum(2 * middle - before - after, 1e-6)
    return np.asarray(np.clip((after - before) / (2 * bend), -0.5, 0.5), np.float32)
