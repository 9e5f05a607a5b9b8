"""Weights that a person puts into the models folder become methods, whatever network of timm or open_clip they are of.

The networks have random weights here: this is about the plumbing, not about what they find.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import models
from core._open_clip import import_timm
from core.features import registry
from core.features.base import GlobalMethod, Pixels
from core.features.clip import clip_method
from core.records import ModelError


@pytest.fixture
def put(home: Path) -> Callable[[str, object], Path]:
    """Writes the weights of a network into the models folder, under a name."""

    def write(name: str, network: object) -> Path:
        from safetensors.torch import save_file

        path = models.user_models_folder() / f"{name}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(network.state_dict(), path)  # type: ignore[attr-defined]
        return path

    return write


@pytest.mark.parametrize(
    ("network", "names", "dimension"),
    [
        ("resnet10t", {"timm-resnet10t-gem", "timm-resnet10t-r-mac"}, 512),
        ("vit_tiny_patch16_224", {"timm-vit-tiny-patch16-224-cls", "timm-vit-tiny-patch16-224-gem"}, 192),
    ],
)
def test_a_network_of_timm(
    network: str, names: set[str], dimension: int, put: Callable[[str, object], Path], photo: Pixels
) -> None:
    put(network, import_timm().create_model(network, pretrained=False))

    assert {name for name in registry.methods() if name.startswith("timm-")} == names
    for name in names:
        method = registry.create(name)
        assert isinstance(method, GlobalMethod)
        assert method.describe(photo).shape == (dimension,) == (method.info.dimension,)


def test_a_clip(put: Callable[[str, object], Path], photo: Pixels) -> None:
    put("ViT-S-32-alt", clip_method("ViT-S-32-alt")(random_weights=True)._network)

    method = registry.create("clip-vit-s-32-alt")

    assert isinstance(method, GlobalMethod)
    assert np.linalg.norm(method.describe(photo)) == pytest.approx(1, abs=1e-4)


def test_weights_of_a_network_nobody_knows_say_so_in_one_sentence(put: Callable[[str, object], Path]) -> None:
    path = put("resnet10t", import_timm().create_model("resnet10t", pretrained=False))
    path.rename(path.with_name("my_own_net.safetensors"))

    with pytest.raises(ModelError, match="timm has no network that is called 'my_own_net'"):
        registry.create("timm-my-own-net-gem")


def test_a_damaged_file_is_no_method(home: Path) -> None:
    folder = models.user_models_folder()
    folder.mkdir(parents=True)
    before = set(registry.methods())
    (folder / "broken.safetensors").write_bytes(b"\x00" * 5)
    (folder / "empty.safetensors").touch()

    assert set(registry.methods()) == before
