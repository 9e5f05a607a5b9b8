"""What a file of weights says of its network, from its header alone: nothing is loaded and no library is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LARGEST_HEADER = 32 << 20
_HEADS = ("head.fc.weight", "fc.weight", "head.weight", "classifier.weight", "last_linear.weight")


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A safetensors file in the user's models folder.

    Attributes:
        path: Where it is.
        network: The name of its network, which is that of the file.
        shapes: The shape of each entry.
    """

    path: Path
    network: str
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def is_clip(self) -> bool:
        """Whether it puts pictures and words into one space."""
        return "text_projection" in self.shapes and any(name.startswith("visual.") for name in self.shapes)

    @property
    def is_transformer(self) -> bool:
        """Whether its network has a class token."""
        return "cls_token" in self.shapes

    @property
    def dimension(self) -> int | None:
        """The length of its descriptor, or None where the file does not tell."""
        if self.is_clip:
            return self.shapes["text_projection"][-1]
        if self.is_transformer:
            return self.shapes["cls_token"][-1]
        head = next((self.shapes[name] for name in _HEADS if name in self.shapes), None)
        return head[1] if head is not None and len(head) > 1 else None


def weight_files(folder: Path) -> list[WeightFile]:
    """The safetensors files of a folder, and those called "model" in folders of it; damaged ones are left out."""
    paths = [*sorted(folder.glob("*.safetensors")), *sorted(folder.glob("*/model.safetensors"))]
    found = []
    for path in paths:
        shapes = _shapes(path)
        if shapes is not None:
            name = path.parent.name if path.stem == "model" else path.stem
            found.append(WeightFile(path, name, shapes))
    return found


def _shapes(path: Path) -> dict[str, tuple[int, ...]] | None:
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            header = json.loads(stream.read(length)) if 0 < length <= _LARGEST_HEADER else None
        if not isinstance(header, dict):
            return None
        return {name: tuple(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError):
        return None
