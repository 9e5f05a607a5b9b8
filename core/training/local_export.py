"""From trained keypoints, DELF or LIFT, to the ONNX model that the product runs.

DELF takes "pixels" (1, 3, H, W) float32 RGB in [0, 255], sides multiples of 16, and yields "descriptors"
(1, D, H / 8, W / 8) and "attention" (1, 1, H / 8, W / 8). LIFT takes "pixels" (1, 1, H, W) float32 grey in [0, 255],
"points" (N, 2) and "sizes" (N,), and yields "scores" (1, 1, H, W), "angles" (N,) in radians and "descriptors" (N, 128).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.records import ModelError
from core.training.checkpoints import load_weights
from core.training.export import OPSET, simplify, store_half
from core.training.settings import read_settings

if TYPE_CHECKING:
    import torch

_SIDE = 160


@dataclass(frozen=True, slots=True)
class _Signature:
    """Names, examples and free dimensions of a model's inputs and outputs."""

    inputs: Mapping[str, torch.Tensor]
    outputs: tuple[str, ...]
    axes: Mapping[str, Mapping[int, str]]


def export_local(run: Path, path: Path, precision: str) -> int:
    """Write the best network of a run of a local recipe as an ONNX model.

    Args:
        run: Folder of the run.
        path: Where to.
        precision: "float32" or "float16".

    Returns:
        The length of a descriptor.

    Raises:
        ModelError: The run has no weights.
    """
    from core.training.loop import BEST

    recipe = read_settings(run).recipe
    network, signature, dimension = _delf() if recipe == "delf" else _lift()
    load_weights(run / BEST, network)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new.onnx")
    _export(network.eval(), new, signature)
    simplify(new)
    if precision == "float16":
        store_half(new)
    elif precision != "float32":
        raise ModelError(f"Keypoints are exported as float32 or float16, not as {precision}")
    new.replace(path)
    return dimension


def _delf() -> tuple[Any, _Signature, int]:
    import torch

    from core.training.delf_network import DIMENSION, DelfNetwork

    free = {2: "height", 3: "width"}
    outputs = ("descriptors", "attention")
    axes = {"pixels": free, **{name: {2: f"{name} rows", 3: f"{name} columns"} for name in outputs}}
    return DelfNetwork(False), _Signature({"pixels": torch.zeros(1, 3, _SIDE, _SIDE)}, outputs, axes), DIMENSION


def _lift() -> tuple[Any, _Signature, int]:
    import torch

    from core.training.lift_network import DIMENSION, PATCH, LiftNetwork

    inputs = {
        "pixels": torch.zeros(1, 1, _SIDE, _SIDE + 32),
        "points": torch.full((3, 2), _SIDE / 2),
        "sizes": torch.full((3,), float(PATCH)),
    }
    free, many = {2: "height", 3: "width"}, {0: "keypoints"}
    axes = {"pixels": free, "scores": free, **dict.fromkeys(("points", "sizes", "angles", "descriptors"), many)}
    return LiftNetwork(), _Signature(inputs, ("scores", "angles", "descriptors"), axes), DIMENSION


def _export(network: Any, path: Path, signature: _Signature) -> None:
    import torch

    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape; the tests check other sides instead
        torch.onnx.export(
            network,
            tuple(signature.inputs.values()),
            str(path),
            input_names=list(signature.inputs),
            output_names=list(signature.outputs),
            dynamic_axes={name: dict(free) for name, free in signature.axes.items()},
            opset_version=OPSET,
            dynamo=False,
        )
