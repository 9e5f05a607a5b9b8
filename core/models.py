"""Where model weights come from, and how they are run.

Weights are looked for in three places: shipped with Twinsight (``resources/models``), in an installed
package, or as a file in the user's models folder. What is converted from them is kept in the cache folder and
can be deleted at any time.
"""

from __future__ import annotations

import importlib.resources
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from core.records import ModelError

if TYPE_CHECKING:
    import onnxruntime
    import torch

_APPLICATION = "twinsight"


def model_cache_folder() -> Path:
    """The folder of converted models; it may not exist yet."""
    return platformdirs.user_cache_path(_APPLICATION, appauthor=False) / "models"


def user_models_folder() -> Path:
    """The folder into which people put weights of their own; it may not exist yet."""
    return platformdirs.user_data_path(_APPLICATION, appauthor=False) / "models"


def training_folder() -> Path:
    """The folder of training runs that were given no place of their own; it may not exist yet."""
    return platformdirs.user_data_path(_APPLICATION, appauthor=False) / "training"


def shipped_models_folder() -> Path:
    """The folder of the models that come with Twinsight."""
    return Path(str(importlib.resources.files("resources"))) / "models"


def find_model(name: str) -> Path | None:
    """Find a model file by its name, the user's own before the shipped one.

    Args:
        name: File name with its ending ("twinsight-copy.onnx").
    """
    for folder in (user_models_folder(), shipped_models_folder()):
        if (folder / name).is_file():
            return folder / name
    return None


def find_weights(model: str, where: Path | None = None) -> Path:
    """Find the weights of a network of PyTorch.

    Args:
        model: Name of the network ("resnet50").
        where: A safetensors file, or a folder that has one called ``model`` or as the network; None looks
            into the user's models folder, and into a folder there that is called as the network.

    Returns:
        The safetensors file.

    Raises:
        ModelError: There is none; the message says where to put it.
    """
    folder = user_models_folder()
    if where is not None and not where.is_dir():
        candidates = [where]
    else:
        folders = [where] if where is not None else [folder, folder / model]
        candidates = [place / f"{name}.safetensors" for place in folders for name in (model, "model")]
        # In the folder of all models "model.safetensors" says nothing about which one it is.
        candidates = [path for path in candidates if path != folder / "model.safetensors"]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise ModelError(
            f"the weights of {model} are missing: put them at {candidates[0]} (safetensors format), or fetch them with"
            f" `twinsight models download {model}`"
        )
    if found.suffix != ".safetensors":
        raise ModelError(f"{found}: only weights in the safetensors format are read, as others can run code")
    return found


def load_weights(network: torch.nn.Module, path: Path, unused: tuple[str, ...] = ()) -> None:
    """Load the weights of a safetensors file into a network.

    Args:
        network: Changed in place.
        path: The file.
        unused: Prefixes of entries that the network was built without ("fc.").

    Raises:
        ModelError: The file is damaged or belongs to another architecture.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        entries = load_file(path)
        wanted = {name: entry for name, entry in entries.items() if not name.startswith(unused)}
        network.load_state_dict(wanted, strict=True)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: cannot be read as safetensors ({_first_line(error)})") from error
    except RuntimeError as error:
        raise ModelError(f"{path}: these are weights of another network ({_first_line(error)})") from error


def cached_model(target: Path, convert: Callable[[Path], None]) -> Path:
    """The converted model ``target``; made by ``convert`` when it is not there yet.

    Safe when several processes want the same model at once: each writes a file of its own and moves it into
    place whole.

    Args:
        target: Path in the cache folder; put a version in the name.
        convert: Writes the model to the path it is given.

    Returns:
        ``target``.

    Raises:
        ModelError: The cache folder cannot be written, or what ``convert`` raises.
    """
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="converting-") as folder:
            fresh = Path(folder) / target.name
            convert(fresh)
            fresh.replace(target)
    except OSError as error:
        raise ModelError(f"{target.parent}: cannot keep the converted model there ({error.strerror})") from error
    return target


def onnx_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open a model with ONNX Runtime on the processor.

    Args:
        path: The ONNX file.
        threads: Threads one run may use.

    Raises:
        ModelError: The file is missing or is no ONNX model.
    """
    # It keeps an identifier of this computer and reports to its maker, unless told not to before it is loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that wait by spinning take the processor from the other workers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has no common base class for its errors
        raise ModelError(f"{path}: cannot be opened as an ONNX model ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
