"""Any network of timm describes pictures with the weights a person points at, and with no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import models
from core.features import _pooling, registry
from core.features.base import Pixels
from core.features.timm_global import Pooling, ResNet18, TimmGlobal, timm_method
from core.records import ModelError

NAMES = ("resnet18", "resnet50", "resnet50-rmac", "vit-base", "dino-vit-small")


@pytest.fixture(scope="module")
def resnet() -> TimmGlobal:
    return ResNet18(random_weights=True)


@pytest.fixture(scope="module")
def weights(resnet: TimmGlobal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of ``resnet`` with a classifier, as they are published."""
    import torch
    from safetensors.torch import save_file

    path = tmp_path_factory.mktemp("weights") / "resnet18.safetensors"
    classifier = {"fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
    save_file({**resnet._network.state_dict(), **classifier}, path)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_without_weights_there_is_one_clear_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "user_models_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"are missing: put them at .*\.safetensors"):
        registry.create(name)


def test_the_weights_that_were_pointed_at_are_used(resnet: TimmGlobal, weights: Path, photo: Pixels) -> None:
    loaded = ResNet18(weights)
    np.testing.assert_array_equal(loaded.describe(photo), resnet.describe(photo))
    assert np.abs(ResNet18(random_weights=True).describe(photo) - loaded.describe(photo)).max() > 1e-3


def test_weights_in_the_models_folder_are_used(
    resnet: TimmGlobal, weights: Path, photo: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "user_models_folder", lambda: weights.parent)
    method = registry.create("resnet18")
    assert isinstance(method, TimmGlobal)
    np.testing.assert_array_equal(method.describe(photo), resnet.describe(photo))


def test_weights_of_another_network_are_refused(weights: Path) -> None:
    with pytest.raises(ModelError, match="these are weights of another network"):
        timm_method("resnet34", Pooling.GEM)(weights)


@pytest.mark.parametrize("pooling", [Pooling.GEM, Pooling.RMAC, Pooling.AVERAGE])
def test_every_pooling_of_any_network(pooling: Pooling, photo: Pixels) -> None:
    method = timm_method("resnet10t", pooling)(random_weights=True)
    descriptor = method.describe(photo)
    assert method.info.name == f"timm-resnet10t-{pooling}"
    assert descriptor.shape == (method.info.dimension,) == (512,)
    assert descriptor.dtype == np.float32
    assert np.linalg.norm(descriptor) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("pooling", [Pooling.CLS, Pooling.GEM])
def test_transformers_have_a_class_token_and_patches(pooling: Pooling, photo: Pixels) -> None:
    method = timm_method("vit_tiny_patch16_224", pooling)(random_weights=True)
    descriptor = method.describe(photo)
    assert descriptor.shape == (192,)
    assert np.linalg.norm(descriptor) == pytest.approx(1, abs=1e-5)


def test_a_convolutional_network_has_no_class_token(photo: Pixels) -> None:
    with pytest.raises(ModelError, match="only a transformer has a class token"):
        timm_method("resnet10t", Pooling.CLS)(random_weights=True).describe(photo)


def test_a_network_that_timm_does_not_have() -> None:
    with pytest.raises(ModelError, match="timm has no network that is called 'resnet_of_mine'"):
        timm_method("resnet_of_mine", Pooling.GEM)


def test_poolings_of_a_map_that_is_the_same_everywhere() -> None:
    import torch

    vector = torch.tensor([0.5, 2.0, 1.0])
    features = vector[None, :, None, None].expand(1, 3, 7, 7)
    torch.testing.assert_close(_pooling.average(features)[0], vector)
    torch.testing.assert_close(_pooling.gem(features)[0], vector)
    torch.testing.assert_close(_pooling.r_mac(features)[0], 14 * vector / vector.norm())


def test_gem_lies_between_mean_and_maximum() -> None:
    import torch

    features = torch.rand(2, 5, 7, 7, generator=torch.Generator().manual_seed(0))
    pooled = _pooling.gem(features)
    assert (pooled > _pooling.average(features)).all()
    assert (pooled < features.amax(dim=(2, 3))).all()


def test_the_regions_of_r_mac_cover_the_map() -> None:
    covered = np.zeros((7, 9), int)
    regions = _pooling._regions(7, 9)
    for top, left, height, width in regions:
        covered[top : top + height, left : left + width] += 1
    assert len(regions) == 1 + 4 + 9
    assert covered.min() >= 2
