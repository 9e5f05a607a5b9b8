"""Checkpoints that survive a kill at any moment: safetensors for arrays, JSON for the rest, no pickles.

A checkpoint is written to a new file first; then ``state.json`` is replaced to name it; then the one before
is removed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.records import ModelError

_STATE = "state.json"


def write_text(path: Path, text: str) -> None:
    """Replace a file as a whole or not at all."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def save_weights(path: Path, network: Any, metadata: dict[str, str] | None = None) -> None:
    """Store a network's weights as safetensors, replacing the file as a whole."""
    from safetensors.torch import save_file

    new = path.with_suffix(".new")
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, new, metadata)
    new.replace(path)


def load_weights(path: Path, network: Any) -> None:
    """Load weights that ``save_weights`` stored.

    Raises:
        ModelError: The file is missing, damaged or of another architecture.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ModelError(f"{path}: no weights of this network ({error})") from error


def _optimizer_arrays(optimizer: Any) -> dict[str, Any]:
    """The optimizer's arrays, named by the place of their parameter."""
    return {
        f"optimizer.{place}.{name}": value
        for place, values in optimizer.state_dict()["state"].items()
        for name, value in values.items()
    }


def save_checkpoint(run: Path, step: int, network: Any, optimizer: Any, state: dict[str, object]) -> None:
    """Store everything that the next step depends on.

    Args:
        run: The run's folder.
        step: Steps done.
        network: Its weights.
        optimizer: Its arrays; rates come from the settings.
        state: More, fit for JSON.
    """
    from safetensors.torch import save_file

    name = f"checkpoint-{step:06d}.safetensors"
    arrays = {f"network.{key}": value.contiguous() for key, value in network.state_dict().items()}
    arrays |= {key: value.contiguous() for key, value in _optimizer_arrays(optimizer).items()}
    new = run / (name + ".new")
    save_file(arrays, new)
    new.replace(run / name)
    write_text(run / _STATE, json.dumps({"checkpoint": name, "step": step, **state}, indent=1))
    for old in run.glob("checkpoint-*.safetensors"):
        if old.name != name:
            old.unlink(missing_ok=True)


def load_checkpoint(run: Path, network: Any, optimizer: Any) -> dict[str, Any] | None:
    """Load the latest checkpoint into network and optimizer.

    Returns:
        The state that was stored with it, "step" among it, or None when there is none.

    Raises:
        ModelError: It is damaged or of another architecture.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not (run / _STATE).exists():
        return None
    try:
        state: dict[str, Any] = json.loads((run / _STATE).read_text(encoding="utf-8"))
        arrays = load_file(run / str(state["checkpoint"]))
        network.load_state_dict(
            {key.removeprefix("network."): value for key, value in arrays.items() if key.startswith("network.")}
        )
        values: dict[int, dict[str, Any]] = {}
        for key, value in arrays.items():
            if key.startswith("optimizer."):
                _, place, name = key.split(".", 2)
                values.setdefault(int(place), {})[name] = value
        optimizer.load_state_dict({"state": values, "param_groups": optimizer.state_dict()["param_groups"]})
    except (OSError, ValueError, KeyError, SafetensorError, RuntimeError) as error:
        raise ModelError(f"{run}: the checkpoint cannot be used ({error})") from error
    return state
