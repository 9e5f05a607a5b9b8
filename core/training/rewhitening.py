"""Whitening of a finished model on other pictures: a rotation and scaling of its descriptors, added to its graph.

Whitening (Jegou and Chum 2012) makes all directions count alike. How much of it helps depends on the library: alpha = 0
only centres, alpha = 1 whitens fully. Costs seconds and no training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.model_files import read_onnx
from core.records import ModelError
from core.vectors.whitening import Whitening

_SHRINKAGE = 0.05
_OUTPUTS = ("descriptor", "regions")


def partial_whitening(descriptors: NDArray[np.float32], alpha: float, dimension: int) -> Whitening:
    """A whitening of adjustable strength.

    Args:
        descriptors: (N, D) float32.
        alpha: From 0, centring alone, to 1, full whitening.
        dimension: Directions kept, at most D.
    """
    mean = descriptors.mean(axis=0, dtype=np.float64)
    centred = descriptors - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    values, vectors = values[::-1][:dimension], vectors[:, ::-1][:, :dimension]
    floor = max(_SHRINKAGE * float(values.mean()), 1e-9)
    projection = vectors / (np.maximum(values, 0) + floor) ** (alpha / 2)
    return Whitening(mean.astype(np.float32), projection.astype(np.float32))


def add_whitening(source: Path, target: Path, whitening: Whitening) -> None:
    """Write a model whose descriptors, and those of its regions, are whitened.

    Args:
        source: An exported descriptor.
        target: The ONNX file to write.
        whitening: Fitted on descriptors of ``source``.

    Raises:
        ModelError: ``source`` is no exported descriptor.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = read_onnx(source)
    graph = model.graph
    known = {output.name for output in graph.output}
    if "descriptor" not in known:
        raise ModelError(f"{source}: has no output that is called 'descriptor'")
    constants = {"mean": whitening.mean, "projection": whitening.projection, "least": np.array(1e-12, np.float32)}
    for name, values in constants.items():
        graph.initializer.append(numpy_helper.from_array(values, f"whitening.{name}"))
    for name in [name for name in _OUTPUTS if name in known]:
        inner = f"{name}.unwhitened"
        for node in graph.node:
            node.output[:] = [inner if output == name else output for output in node.output]
            node.input[:] = [inner if used == name else used for used in node.input]
        steps = (
            helper.make_node("Sub", [inner, "whitening.mean"], [f"{name}.centred"]),
            helper.make_node("MatMul", [f"{name}.centred", "whitening.projection"], [f"{name}.turned"]),
            helper.make_node("ReduceL2", [f"{name}.turned"], [f"{name}.length"], axes=[-1], keepdims=1),
            helper.make_node("Max", [f"{name}.length", "whitening.least"], [f"{name}.divisor"]),
            helper.make_node("Div", [f"{name}.turned", f"{name}.divisor"], [name]),
        )
        graph.node.extend(steps)
        shape = next(output for output in graph.output if output.name == name).type.tensor_type.shape
        shape.dim[-1].dim_value = whitening.projection.shape[1]
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
