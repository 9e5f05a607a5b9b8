"""The models that are installed: which there are, and how files come in, go out and are removed.

An installed descriptor is ``NAME.onnx`` with ``NAME.json`` in the user's models folder, and is a method of that name
from then on. Shipped models cannot be removed; one of the user's own of the same name goes before it.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core import models
from core.model_files import (
    Manifest,
    check_format,
    checked_name,
    read_manifest,
    read_onnx,
    read_safetensors,
    sha256,
)
from core.records import ImageError, ModelError
from core.workers import WorkerTeam

_log = logging.getLogger(__name__)

_TRIAL_SECONDS = 60.0
_TRIAL_MEMORY = 6 << 30
_DEFAULT_SIDE = 224
_CARD = ".md"
_VERSIONS = "versions"
_WEIGHTS_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One model.

    Attributes:
        name: Of the method, or of the network that the weights are of.
        version: Of the method; 0 for weights.
        kind: "descriptor", "delf", "lift", or "weights" for a file of safetensors.
        title: A few words for people, or "".
        path: The ONNX or safetensors file.
        bytes: Its size.
        dimension: Length of a descriptor; 0 for weights.
        precision: Of the stored weights ("int8").
        shipped: Whether it came with Twinsight; such a one cannot be removed.
        card: Its card, where it has one.
    """

    name: str
    version: int
    kind: str
    title: str
    path: Path
    bytes: int
    dimension: int
    precision: str
    shipped: bool
    card: Path | None


def installed_models() -> list[InstalledModel]:
    """All models, the user's own first; files that describe no model are left out."""
    found = []
    for folder, shipped in ((models.user_models_folder(), False), (models.shipped_models_folder(), True)):
        found += list(_models_in(folder, shipped))
    return found


def _models_in(folder: Path, shipped: bool) -> Iterator[InstalledModel]:
    for path in sorted(folder.glob("*.onnx")):
        try:
            manifest = read_manifest(path)
        except ModelError as error:
            _log.warning("%s", error)
            continue
        if manifest is not None:
            yield _installed(path, manifest, shipped)
    for path in sorted(folder.glob("*.safetensors")):
        yield InstalledModel(path.stem, 0, "weights", "", path, path.stat().st_size, 0, "", shipped, None)


def _installed(path: Path, manifest: Manifest, shipped: bool) -> InstalledModel:
    card = path.with_suffix(_CARD)
    return InstalledModel(
        name=manifest.name,
        version=manifest.version,
        kind=manifest.kind,
        title=manifest.title,
        path=path,
        bytes=path.stat().st_size,
        dimension=manifest.dimension,
        precision=manifest.precision,
        shipped=shipped,
        card=card if card.is_file() else None,
    )


def find_installed(name: str) -> InstalledModel:
    """The model of that name, the user's own before a shipped one.

    Raises:
        ModelError: There is none.
    """
    for model in installed_models():
        if model.name == name:
            return model
    raise ModelError(f"no model is called {name!r}; `twinsight models list` names those there are")


def import_model(path: Path, name: str | None = None, expected: str | None = None) -> InstalledModel:
    """Check a model file and install a copy of it.

    An ONNX model is run once, in a process of its own with bounded time and memory, before it is installed.

    Args:
        path: An ONNX file, with its JSON beside it or within, or a file of safetensors.
        name: Another name than its own.
        expected: SHA-256 that the file must have, besides the one that its JSON may say.

    Raises:
        ModelError: It is not safe, not whole, or no model for pictures.
    """
    check_format(path)
    found = sha256(path)
    _check_hash(path, found, expected)
    if path.suffix.lower() == ".safetensors":
        return _import_weights(path, name or path.stem)
    model = read_onnx(path)
    manifest = read_manifest(path, model)
    if manifest is not None:
        _check_hash(path, found, manifest.sha256)
    manifest = _tried(path, manifest)
    chosen = checked_name(name) if name is not None else manifest.name
    return _place(
        path, replace(manifest, name=chosen, sha256=found, version=_settled_version(chosen, manifest.version, found))
    )


def _check_hash(path: Path, found: str, expected: str | None) -> None:
    if expected and expected.lower() != found:
        raise ModelError(f"{path}: is not the file it should be: its SHA-256 is {found}, and {expected} is expected")


def _settled_version(name: str, version: int, found: str) -> int:
    """A version for a file that no other file has had under this name, even one that was removed since.

    Stored work is known by name and version, so that of another file would be taken for this one's.
    """
    record = models.user_models_folder() / _VERSIONS
    try:
        known: dict[str, dict[str, int]] = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}  # the first model, or a damaged file: what is installed still counts
    given = known.setdefault(name, {})
    for model in installed_models():
        if model.name == name:
            given.setdefault(sha256(model.path), model.version)
    if found not in given:
        given[found] = version if version not in given.values() else max(given.values()) + 1
        _write(record, json.dumps(known))
    return given[found]


def _tried(path: Path, manifest: Manifest | None) -> Manifest:
    """The manifest after the model was run once; made up from what came out where there was none."""
    kind = manifest.kind if manifest is not None else "descriptor"
    side = manifest.side if manifest is not None else _DEFAULT_SIDE
    with WorkerTeam(try_model, 1, _TRIAL_SECONDS, _TRIAL_MEMORY) as team:
        team.submit(0, path, kind, side)
        outcome = team.collect()[0]
    if outcome.error is not None or outcome.value is None:
        reason = outcome.error.reason if outcome.error is not None else "nothing came out"
        raise ModelError(f"{path}: cannot be used ({reason})")
    dimension = outcome.value
    if manifest is None:
        name = path.stem.lower().replace("_", "-").replace(" ", "-")
        return Manifest(checked_name(name), 1, "descriptor", side, dimension)
    if manifest.dimension != dimension:
        raise ModelError(
            f"{path}: its descriptor has {dimension} numbers, but its description says {manifest.dimension}"
        )
    return manifest


def try_model(path: Path, kind: str, side: int) -> int:
    """Run a model once on a made-up picture, in the process of a worker.

    Returns:
        The length of its descriptor.

    Raises:
        ImageError: It does not run, or what comes out are no descriptors.
    """
    channels = 1 if kind == "lift" else 3
    picture = np.random.default_rng(0).integers(0, 256, (1, channels, side, side)).astype(np.float32)
    feeds = {"pixels": picture}
    if kind == "lift":
        feeds |= {"points": np.full((2, 2), side / 2, np.float32), "sizes": np.full(2, 32, np.float32)}
    output = {"descriptor": "descriptor"}.get(kind, "descriptors")
    try:
        (found,) = models.onnx_session(path).run([output], feeds)
    except Exception as error:  # ONNX Runtime has no common base class for its errors
        raise ImageError(f"it does not run: {str(error).splitlines()[0]}") from error
    values = np.asarray(found, np.float32)
    length = values.shape[1] if kind == "delf" and values.ndim == 4 else values.shape[-1]
    if values.ndim != {"delf": 4}.get(kind, 2) or not np.isfinite(values).all() or not values.any():
        raise ImageError("what comes out are no descriptors")
    return int(length)


def _import_weights(path: Path, name: str) -> InstalledModel:
    if not _WEIGHTS_NAME.fullmatch(name):
        raise ModelError(f"{name!r} cannot be the name of weights; call the file as the network")
    read_safetensors(path)
    target = models.user_models_folder() / f"{name}.safetensors"
    _copy(path, target)
    return InstalledModel(name, 0, "weights", "", target, target.stat().st_size, 0, "", False, None)


def _place(path: Path, manifest: Manifest) -> InstalledModel:
    target = models.user_models_folder() / f"{manifest.name}.onnx"
    card = path.with_suffix(_CARD)
    _copy(path, target)
    if card.is_file():
        _copy(card, target.with_suffix(_CARD))
    _write(target.with_suffix(".json"), json.dumps({"file": target.name, **manifest.to_json()}, indent=1) + "\n")
    return _installed(target, manifest, False)


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and source.samefile(target):
            return
        new = target.with_name(target.name + ".new")
        shutil.copyfile(source, new)
        new.replace(target)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written ({error.strerror})") from error


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(target.name + ".new")
        new.write_text(text, encoding="utf-8")
        new.replace(target)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written ({error.strerror})") from error


def export_model(name: str, target: Path) -> list[Path]:
    """Copy an installed model out: its file, its description and its card.

    Args:
        name: Of the model.
        target: The file to write, or a folder.

    Returns:
        What was written.

    Raises:
        ModelError: There is no such model, or the target cannot be written or is of another format.
    """
    return copy_model(find_installed(name).path, target)


def copy_model(path: Path, target: Path) -> list[Path]:
    """Copy a model file with its description and its card.

    Args:
        path: The model.
        target: The file to write, or a folder.

    Returns:
        What was written.

    Raises:
        ModelError: The target cannot be written or is of another format.
    """
    if target.is_dir():
        target = target / path.name
    if target.suffix.lower() != path.suffix:
        raise ModelError(f"{target}: this model is a file that ends in {path.suffix}")
    written = []
    for suffix in (path.suffix, ".json", _CARD):
        source = path.with_suffix(suffix)
        if source.is_file():
            _copy(source, target.with_suffix(suffix))
            written.append(target.with_suffix(suffix))
    if target.with_suffix(".json") in written:
        said = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
        _write(target.with_suffix(".json"), json.dumps({**said, "file": target.name}, indent=1) + "\n")
    return written


def remove_model(name: str) -> InstalledModel:
    """Remove one of the user's own models; a shipped one of the same name takes its place again.

    Raises:
        ModelError: There is none of that name, or only a shipped one.
    """
    model = find_installed(name)
    if model.shipped:
        raise ModelError(f"{name} came with Twinsight and cannot be removed")
    try:
        # The description goes first: without it there is no method any more, whatever happens then.
        for suffix in (".json", model.path.suffix, _CARD):
            model.path.with_suffix(suffix).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"{model.path}: cannot be removed ({error.strerror})") from error
    return model
