"""From a trained network to the ONNX model that the product runs.

The model takes "pixels" (N, 3, S, S) float32 RGB in [0, 255], S a multiple of 32, and yields "descriptor"
(N, D) and "regions" (N, R, D), all of unit length. Three precisions: "float32"; "float16", where the weights
are stored in half precision and computed with in single; "int8", quantised statically with pictures.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.model_files import EMBEDDED
from core.records import ModelError
from core.training.checkpoints import load_weights, write_text
from core.training.regions import REGIONS
from core.training.samples import read_picture, squared
from core.training.settings import TrainingSettings, read_settings

if TYPE_CHECKING:
    from core.training.network import DescriptorNetwork

PRECISIONS = ("float32", "float16", "int8")
OPSET = 17
_TRACED_SIDE = 224
_IN_SINGLE = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """How close an exported model is to the network.

    Attributes:
        descriptor: Lowest cosine between descriptors of the same picture.
        regions: Lowest cosine between descriptors of the same region.
        mean: Mean cosine of the descriptors.
    """

    descriptor: float
    regions: float
    mean: float


def load_network(run: Path) -> tuple[DescriptorNetwork, TrainingSettings]:
    """The best network of a run, on the CPU, ready to describe.

    Raises:
        ModelError: The folder holds no run, or no weights.
    """
    from core.training.loop import BEST
    from core.training.network import build

    settings = read_settings(run)
    network = build(settings.backbone, "random", settings.dimension, 0, True)
    load_weights(run / BEST, network)
    return network.eval(), settings


def _export(network: DescriptorNetwork, path: Path, side: int) -> None:
    import torch

    if not network.backbone.any_side:
        network.backbone.settle(side)
    example = torch.zeros(1, 3, side, side)
    sides = {2: "side", 3: "side"} if network.backbone.any_side else {}
    axes = {"pixels": {0: "count", **sides}, "descriptor": {0: "count"}, "regions": {0: "count"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every shape; the tests check two sides instead
        torch.onnx.export(
            network.eval(),
            (example,),
            str(path),
            input_names=["pixels"],
            output_names=["descriptor", "regions"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def simplify(path: Path) -> None:
    """Compute what is constant, then let convolutions pad by themselves.

    A separate Pad costs a pass over the picture, and makes onnxruntime leave the layout in which its convolutions
    are fastest; together a quarter of the time.
    """
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    model = onnx.load(path)
    constants = {weight.name: weight for weight in model.graph.initializer}
    pads = {node.output[0]: node for node in model.graph.node if _pads_with_zeros(node)}
    for node in model.graph.node:
        pad = pads.get(node.input[0]) if node.op_type == "Conv" else None
        if pad is None or pad.input[1] not in constants:
            continue
        amounts = numpy_helper.to_array(constants[pad.input[1]]).tolist()  # of N, C, H, W before, then after
        old = next(attribute for attribute in node.attribute if attribute.name == "pads")
        joined = [own + more for own, more in zip(old.ints, amounts[2:4] + amounts[6:8], strict=True)]
        old.CopyFrom(helper.make_attribute("pads", joined))
        node.input[0] = pad.input[0]
    _drop_unused(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _pads_with_zeros(node: Any) -> bool:
    """Whether a node pads as convolutions do; some repeat the edge instead."""
    modes = [attribute.s for attribute in node.attribute if attribute.name == "mode"]
    return node.op_type == "Pad" and (not modes or modes[0] == b"constant")


def _drop_unused(model: Any) -> None:
    """Remove nodes and constants that nothing uses any more."""
    while True:
        used = {name for node in model.graph.node for name in node.input}
        used |= {output.name for output in model.graph.output}
        unused = [node for node in model.graph.node if not used & set(node.output)]
        if not unused:
            break
        for node in unused:
            model.graph.node.remove(node)
    for weight in [weight for weight in model.graph.initializer if weight.name not in used]:
        model.graph.initializer.remove(weight)


def store_half(path: Path) -> None:
    """Store large weights in half precision; loading folds the Cast in front of their use."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < 256:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for place, node in enumerate(casts):
        model.graph.node.insert(place, node)
    onnx.checker.check_model(model)
    onnx.save(model, path)


class _Calibration:
    """Feeds pictures to the quantiser, a few at a time."""

    def __init__(self, pictures: NDArray[np.uint8], batch: int = 8) -> None:
        self._parts: Iterator[NDArray[np.uint8]] = iter(
            [pictures[place : place + batch] for place in range(0, len(pictures), batch)]
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        part = next(self._parts, None)
        return None if part is None else {"pixels": as_input(part)}

    def __iter__(self) -> _Calibration:
        return self

    def __next__(self) -> dict[str, NDArray[np.float32]]:
        part = self.get_next()
        if part is None:
            raise StopIteration
        return part


def _quantise(source: Path, target: Path, pictures: NDArray[np.uint8]) -> None:
    """Static int8 quantisation of the convolutions; pooling and projection stay in single precision.

    So do the first three convolutions: their values spread widely, and quantising them alone costs half of all
    that is lost and gains no time.
    """
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    convolutions = [node.name for node in onnx.load(prepared).graph.node if node.op_type == "Conv"]
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # the quantiser has a line to say about every other channel
    try:
        quantization.quantize_static(
            str(prepared),
            str(target),
            _Calibration(pictures),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Add", "Clip"],
            nodes_to_exclude=convolutions[:_IN_SINGLE],
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
        )
    finally:
        logging.disable(before)
    prepared.unlink()


def as_input(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, S, S, 3) uint8 pictures as the model's input (N, 3, S, S) float32."""
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), dtype=np.float32)


def square_pictures(paths: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """Read pictures as (N, side, side, 3) uint8."""
    return np.stack([squared(read_picture(path), side) for path in paths])


def export(
    network: DescriptorNetwork,
    path: Path,
    precision: str = "float32",
    calibration: NDArray[np.uint8] | None = None,
    side: int = _TRACED_SIDE,
) -> None:
    """Write an ONNX model, replacing the file.

    Args:
        network: The trained network, on the CPU.
        path: Where to.
        precision: One of ``PRECISIONS``.
        calibration: (N, S, S, 3) uint8 pictures, for "int8" only; a hundred do.
        side: The S that the product shall use. EfficientNet-Lite0 takes any other too; networks of timm often do not.

    Raises:
        ModelError: The precision is unknown, or calibration pictures are missing.
    """
    if precision not in PRECISIONS or (precision == "int8" and calibration is None):
        raise ModelError(f"Cannot export as {precision!r}; int8 needs calibration pictures, else {PRECISIONS[:2]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new.onnx")
    _export(network, new, side)
    simplify(new)
    if precision == "float16":
        store_half(new)
    elif calibration is not None and precision == "int8":
        single = new.with_suffix(".single.onnx")
        new.replace(single)
        _quantise(single, new, calibration)
        single.unlink()
    new.replace(path)


def open_model(path: Path, threads: int = 2) -> Any:
    """An onnxruntime session for an exported model.

    Raises:
        ModelError: The file is missing or no ONNX model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no base class
        raise ModelError(f"{path}: not a model that can be run ({error})") from error


def run_model(
    session: Any, pictures: NDArray[np.uint8], batch: int = 8
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N, D) descriptors and (N, R, D) descriptors of regions of (N, S, S, 3) uint8 pictures."""
    parts = [
        session.run(["descriptor", "regions"], {"pixels": as_input(pictures[place : place + batch])})
        for place in range(0, len(pictures), batch)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def agreement(network: DescriptorNetwork, path: Path, pictures: NDArray[np.uint8]) -> Agreement:
    """Compare a model with the network on (N, S, S, 3) uint8 pictures."""
    from core.training.evaluation import describe

    whole, regions = describe(network, pictures, "cpu", False)
    exported, exported_regions = run_model(open_model(path), pictures)
    cosines = (whole * exported).sum(1)
    return Agreement(float(cosines.min()), float((regions * exported_regions).sum(2).min()), float(cosines.mean()))


def write_manifest(
    path: Path,
    name: str,
    version: int,
    side: int,
    precision: str,
    dimension: int,
    kind: str = "descriptor",
    threshold: float = 0.0,
) -> None:
    """Write the machine-readable description of a model into it, and beside it, "x.json" for "x.onnx".

    Args:
        path: The model.
        name: Of the model.
        version: Raised with every change of its output.
        side: The input side that the product uses.
        precision: Of the stored weights.
        dimension: Length of a descriptor.
        kind: "descriptor" of whole pictures, or keypoints by "delf" or "lift".
        threshold: Of a descriptor, see ``core.training.calibration``; 0 where it is not measured.
    """
    regions = [[round(value, 6) for value in box] for box in REGIONS] if kind == "descriptor" else []
    said = {
        "name": name,
        "version": version,
        "kind": kind,
        "precision": precision,
        "side": side,
        "dimension": dimension,
        "regions": regions,
        "threshold": threshold,
    }
    _embed(path, said)
    manifest = {
        **said,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
        "input": {"name": "pixels", "layout": "NCHW", "colour": "RGB", "type": "float32", "range": [0, 255]},
    }
    if kind == "descriptor":
        manifest |= {
            "side_multiple": 32,
            "resize": "to side x side, aspect ignored; area averaging when shrinking, linear when enlarging",
            "outputs": {"descriptor": ["N", dimension], "regions": ["N", len(REGIONS), dimension]},
            "metric": "cosine",
        }
    write_text(path.with_suffix(".json"), json.dumps(manifest, indent=1) + "\n")


def _embed(path: Path, said: dict[str, object]) -> None:
    """Put the description into the file, so that it can travel alone."""
    import onnx

    model = onnx.load(path)
    kept = [entry for entry in model.metadata_props if entry.key != EMBEDDED]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    model.metadata_props.add(key=EMBEDDED, value=json.dumps(said))
    new = path.with_suffix(".new.onnx")
    onnx.save(model, new)
    new.replace(path)
