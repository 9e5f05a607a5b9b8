"""Looking at model files before anything runs them: only ONNX and safetensors, whole, of sane size, of known hash.

Neither format can carry code. What an ONNX file can do is to name other files to read its weights from, or to ask for
more memory than there is; both are refused here, from the file's own words, before a runtime opens it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.records import ModelError

MOST_BYTES = 1 << 30
EMBEDDED = "twinsight"
"""Under this key an ONNX file carries its own description."""

KINDS = ("descriptor", "delf", "lift")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 60
_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc")
_ITEM_BYTES = 8
_MOST_NODES = 50_000
_MOST_DIMENSION = 8192
_SIDES = (32, 1024)
_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".joblib", ".npy", ".npz", ".h5", ".keras")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model says of itself.

    Attributes:
        name: Of the method that it becomes ("twinsight-copy").
        version: Raised with every change of its output.
        kind: "descriptor" of whole pictures, or keypoints by "delf" or "lift".
        side: Input side in pixels.
        dimension: Length of a descriptor.
        regions: What each region descriptor shows: left, top, right, bottom as shares of the picture.
        precision: Of the stored weights ("int8").
        title: A few words for people, or "".
        sha256: Of the file, or "" where nobody has said.
        threshold: Cosine that says as much as 0.38 by the descriptor that ships; 0 where nobody has measured it.
    """

    name: str
    version: int
    kind: str
    side: int
    dimension: int
    regions: tuple[tuple[float, float, float, float], ...] = ()
    precision: str = "float32"
    title: str = ""
    sha256: str = ""
    threshold: float = 0.0

    def to_json(self) -> dict[str, object]:
        """The values as a JSON object."""
        return asdict(self)


def checked_name(name: str) -> str:
    """The name, if a method can have it.

    Raises:
        ModelError: It has other characters than small letters, digits and single dashes, or is too long.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise ModelError(f"{name!r} cannot be the name of a model; use small letters, digits and single dashes")
    return name


def sha256(path: Path) -> str:
    """The hash of a file.

    Raises:
        ModelError: It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error


def check_format(path: Path) -> None:
    """Refuse what is not a file of a format that is safe to load.

    Raises:
        ModelError: It is missing, too large, or of another format.
    """
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        raise ModelError(f"{path}: files of this kind can run code when they are loaded; only ONNX and safetensors are")
    if suffix not in (".onnx", ".safetensors"):
        raise ModelError(f"{path}: a model is a file that ends in .onnx or .safetensors")
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file")
    if not 64 <= path.stat().st_size <= MOST_BYTES:
        raise ModelError(f"{path}: {path.stat().st_size:,} bytes are no size for a model (64 to {MOST_BYTES:,})")


def read_onnx(path: Path) -> Any:
    """Read and check an ONNX file; nothing of it is run.

    Returns:
        The ``onnx.ModelProto``.

    Raises:
        ModelError: It is no ONNX file, or one that nobody should run.
    """
    import onnx
    from google.protobuf.message import DecodeError

    check_format(path)
    try:
        # Without the data that it may keep in other files: those could be any files of this computer.
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, OSError, ValueError) as error:
        raise ModelError(f"{path}: is no ONNX model, or a damaged one") from error
    if not model.graph.node or not model.graph.output:
        raise ModelError(f"{path}: is no ONNX model, or an empty one")
    _check_graph(path, model)
    return model


def _check_graph(path: Path, model: Any) -> None:
    nodes, size = 0, path.stat().st_size
    domains = {*_DOMAINS, *(function.domain for function in model.functions)}
    for tensor in _tensors(model):
        if tensor.external_data or tensor.data_location == 1:
            raise ModelError(f"{path}: keeps weights in other files, which is not allowed; store it as one file")
        # A tensor is stored whole, so it cannot have more numbers than the file has half bytes.
        if any(length < 0 for length in tensor.dims) or math.prod(tensor.dims) > 2 * size:
            raise ModelError(f"{path}: says that a tensor has {list(tensor.dims)} numbers, more than the file holds")
    for graph in _graphs(model):
        nodes += len(graph.node)
        strange = [node.domain for node in graph.node if node.domain not in domains]
        if strange:
            raise ModelError(f"{path}: needs operators of {strange[0]!r}, which Twinsight does not have")
    if nodes > _MOST_NODES:
        raise ModelError(f"{path}: has {nodes:,} operators; that is no picture descriptor")
    for value in (*model.graph.input, *model.graph.output):
        lengths = [part.dim_value for part in value.type.tensor_type.shape.dim]
        if math.prod(length for length in lengths if length > 0) * _ITEM_BYTES > MOST_BYTES:
            raise ModelError(f"{path}: wants {value.name!r} as {lengths}, which is absurd")


def _graphs(model: Any) -> Iterator[Any]:
    """The graph, the graphs inside its nodes, and the functions of a model."""
    waiting = [model.graph, *model.functions]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting += [attribute.g] if attribute.HasField("g") else []
                waiting += list(attribute.graphs)


def _tensors(model: Any) -> Iterator[Any]:
    """Every tensor that a model stores, wherever it does."""
    for graph in _graphs(model):
        yield from getattr(graph, "initializer", ())
        for sparse in getattr(graph, "sparse_initializer", ()):
            yield from (sparse.values, sparse.indices)
        for node in graph.node:
            for attribute in node.attribute:
                yield from [attribute.t] if attribute.HasField("t") else []
                yield from attribute.tensors
                if attribute.HasField("sparse_tensor"):
                    yield from (attribute.sparse_tensor.values, attribute.sparse_tensor.indices)


def read_safetensors(path: Path) -> int:
    """Check a file of safetensors.

    Returns:
        How many tensors it has.

    Raises:
        ModelError: It is damaged, or says more than it holds.
    """
    from safetensors import SafetensorError, safe_open

    check_format(path)
    try:
        with safe_open(str(path), "np") as tensors:
            return len(list(tensors.keys()))
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: is no file of safetensors, or a damaged one ({error})") from error


def read_manifest(path: Path, model: Any | None = None) -> Manifest | None:
    """What an ONNX file says of itself: in the JSON beside it, or within.

    Args:
        path: The ONNX file.
        model: What ``read_onnx`` returned, to look within where there is no JSON.

    Returns:
        None where neither says anything.

    Raises:
        ModelError: What it says makes no sense.
    """
    beside = path.with_suffix(".json")
    if beside.is_file():
        try:
            said = json.loads(beside.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{beside}: is no description of a model ({error})") from error
        return parse_manifest(said, beside)
    within = {entry.key: entry.value for entry in model.metadata_props} if model is not None else {}
    if EMBEDDED not in within:
        return None
    try:
        return parse_manifest(json.loads(within[EMBEDDED]), path)
    except ValueError as error:
        raise ModelError(f"{path}: its description is damaged") from error


def parse_manifest(said: Mapping[str, Any], where: Path) -> Manifest:
    """Check what was read from JSON.

    Raises:
        ModelError: A value is missing or makes no sense; the message names ``where``.
    """
    try:
        manifest = Manifest(
            name=checked_name(str(said["name"])),
            version=int(said["version"]),
            kind=str(said.get("kind", "descriptor")),
            side=int(said["side"]),
            dimension=int(said["dimension"]),
            regions=tuple(_box(box) for box in said.get("regions", ())),
            precision=str(said.get("precision", "float32"))[:20],
            title=str(said.get("title", ""))[:80],
            sha256=str(said.get("sha256", "")).lower(),
            threshold=float(said.get("threshold", 0.0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{where}: does not describe a model ({error!r})") from error
    sane = (
        1 <= manifest.version < 1 << 31
        and manifest.kind in KINDS
        and _SIDES[0] <= manifest.side <= _SIDES[1]
        and 1 <= manifest.dimension <= _MOST_DIMENSION
        and len(manifest.regions) <= 256
        and -1 < manifest.threshold < 1
    )
    if not sane:
        raise ModelError(f"{where}: describes a model that cannot be")
    return manifest


def _box(values: Any) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(value) for value in values)
    if not (0 <= left < right <= 1.0001 and 0 <= top < bottom <= 1.0001):
        raise ValueError("a region lies outside of the picture")
    return left, top, right, bottom
