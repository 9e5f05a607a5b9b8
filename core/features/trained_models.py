"""Descriptors that Twinsight was trained for: the shipped copy descriptor, and models people trained themselves.

A model is a pair of files, ``NAME.onnx`` and ``NAME.json``, shipped with Twinsight or in the user's models folder.
The JSON says what the model is called, its version, its input side and the length of its descriptor, so each pair
is a method without a line of code. A model trained for finding copies follows SSCD (Pizzi 2022).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from core import models
from core.features._onnx_global import OnnxGlobal
from core.features.base import Kind, MethodInfo, Metric, Pixels
from core.records import ModelError

_log = logging.getLogger(__name__)

_SOURCE = "after Pizzi et al., A Self-Supervised Descriptor for Image Copy Detection, CVPR 2022"


class TrainedModel(OnnxGlobal):
    """One pair of files as a method.

    Args:
        threads: Threads one run may use.

    Raises:
        ModelError: The model cannot be read, is another file than the JSON describes, or its descriptor has another
            length than the JSON says.
    """

    info: ClassVar[MethodInfo]
    path: ClassVar[Path]
    regions: ClassVar[tuple[tuple[float, float, float, float], ...]]
    """What each of the R region descriptors shows: left, top, right, bottom as shares of the picture."""
    side: ClassVar[int]
    sha256: ClassVar[str]

    def __init__(self, threads: int = 1) -> None:
        if self.sha256 and hashlib.sha256(self.path.read_bytes()).hexdigest() != self.sha256:
            raise ModelError(f"{self.path}: is not the file that {self.path.stem}.json describes; import it again")
        super().__init__(self.path, self.side, threads)
        found = self.describe(np.zeros((self.side, self.side, 3), np.uint8)).shape
        if found != (self.info.dimension,):
            raise ModelError(
                f"{self.path}: its descriptor has {found[0]} numbers, but {self.path.stem}.json says "
                f"{self.info.dimension}"
            )

    def describe_regions(self, pictures: Sequence[Pixels]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Describe pictures and their regions in one run.

        Args:
            pictures: N pictures, (H, W, 3) uint8 RGB of any sizes.

        Returns:
            (N, D) float32 and (N, R, D) float32, all of unit L2 norm, regions in the order of ``regions``.
        """
        whole, regions = self.run(pictures, ("descriptor", "regions"))
        return whole, regions


def found_methods() -> tuple[type, ...]:
    """A method for each pair of files there is; the user's own goes before a shipped one of the same name."""
    found: dict[str, type] = {}
    for folder in (models.user_models_folder(), models.shipped_models_folder()):
        for manifest in sorted(folder.glob("*.json")):
            method = _method(manifest)
            if method is not None:
                found.setdefault(method.info.name, method)
    return tuple(found.values())


def _method(manifest: Path) -> type[TrainedModel] | None:
    """The method of a pair of files; None when the model is missing or the JSON does not describe one."""
    path = manifest.with_suffix(".onnx")
    if not path.is_file():
        return None
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        members = {
            "info": _info(said),
            "path": path,
            "side": int(said["side"]),
            "sha256": str(said.get("sha256", "")),
            "regions": tuple(tuple(float(edge) for edge in box) for box in said.get("regions", ())),
        }
        if said.get("kind", "descriptor") != "descriptor":
            return None  # keypoints, which are methods by themselves
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("%s does not describe a model and is left out: %r", manifest, error)
        return None
    return cast(type[TrainedModel], type("TrainedMethod", (TrainedModel,), members))


def _info(said: Mapping[str, Any]) -> MethodInfo:
    name, dimension = str(said["name"]), int(said["dimension"])
    return MethodInfo(
        name=name,
        version=int(said["version"]),
        kind=Kind.GLOBAL,
        title="Copy descriptor" if name == "twinsight-copy" else f"Trained model {name}",
        source=_SOURCE,
        dimension=dimension,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=dimension * 4,
        family="deep",
        regions=bool(said.get("regions")),
        threshold=float(said.get("threshold", 0.0)),
    )
