"""Going on from a model that was exported: its weights, whichever precision they are stored in, back in the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.model_files import read_onnx
from core.records import ModelError
from core.training.network import DescriptorNetwork

_HALF = ".half"
_QUANTISED = "_quantized"


def is_model(weights: str) -> bool:
    """Whether the ``weights`` of the settings name an ONNX model."""
    return weights.lower().endswith(".onnx")


def load_model_weights(path: Path, network: DescriptorNetwork) -> None:
    """Load the weights of a model that ``core.training.export`` wrote.

    Those of an int8 model come back as the numbers that it computes with, so the network starts within the rounding of
    the model.

    Args:
        path: The ONNX file.
        network: Changed in place.

    Raises:
        ModelError: It is no such model, or one of another architecture.
    """
    import torch

    stored = _arrays(read_onnx(path))
    wanted = network.state_dict()
    projection = _projection(stored, network)
    stored = {**stored, "projection.weight": projection} if projection is not None else stored
    missing = [name for name, value in wanted.items() if name not in stored or stored[name].shape != value.shape]
    missing = [name for name in missing if name != "power"]
    if missing:
        raise ModelError(f"{path}: training cannot go on from this model, as it has no weights for {missing[0]}")
    kept = {name: torch.from_numpy(stored[name].copy()) for name in wanted if name in stored and name != "power"}
    network.load_state_dict({"power": wanted["power"], **kept})


def _arrays(model: Any) -> dict[str, NDArray[np.float32]]:
    """The weights of a model by the names that PyTorch gave them, as single precision."""
    from onnx import numpy_helper

    raw = {weight.name: numpy_helper.to_array(weight) for weight in model.graph.initializer}
    found: dict[str, NDArray[np.float32]] = {}
    for name, values in raw.items():
        if name.endswith(_HALF):
            found[name.removesuffix(_HALF)] = values.astype(np.float32)
        elif name.endswith(_QUANTISED):
            found[name.removesuffix(_QUANTISED)] = _dequantised(name, values, raw)
        elif values.dtype == np.float32:
            found.setdefault(name, values)
    return found


def _dequantised(name: str, values: NDArray[np.generic], raw: dict[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    base = name.removesuffix(_QUANTISED)
    scale = raw.get(f"{base}_scale", raw.get(f"{name}_scale"))
    if scale is None:
        return np.zeros(0, np.float32)
    zero = raw.get(f"{base}_zero_point", raw.get(f"{name}_zero_point", np.zeros(1, np.int32)))
    shape = (-1, *([1] * (values.ndim - 1))) if scale.size > 1 else (1,) * max(1, values.ndim)
    shifted = values.astype(np.float32) - zero.astype(np.float32).reshape(shape)
    return np.asarray(shifted * scale.astype(np.float32).reshape(shape), np.float32)


def _projection(stored: dict[str, NDArray[np.float32]], network: DescriptorNetwork) -> NDArray[np.float32] | None:
    """The projection, which the exporter turns over and gives a name of its own."""
    shape = network.projection.weight.shape
    turned = [values.T for values in stored.values() if values.ndim == 2 and values.T.shape == shape]
    return np.ascontiguousarray(turned[0]) if len(turned) == 1 else None
