"""CLIP puts pictures and words into one space, with the weights a person points at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import models
from core._open_clip import import_open_clip
from core.features import registry
from core.features.base import Pixels
from core.features.clip import Clip, clip_method
from core.records import ModelError


@pytest.fixture(scope="module")
def method() -> type[Clip]:
    return clip_method("ViT-S-32-alt")


@pytest.fixture(scope="module")
def clip(method: type[Clip]) -> Clip:
    return method(random_weights=True)


@pytest.mark.parametrize("name", ["clip-vit-b-32", "clip-vit-b-32-openai", "clip-resnet50-openai"])
def test_without_weights_there_is_one_clear_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "user_models_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"are missing: put them at .*\.safetensors"):
        registry.create(name)


def test_the_registered_models_exist_in_open_clip_with_these_dimensions() -> None:
    for name in ("clip-vit-b-32", "clip-vit-b-32-openai", "clip-resnet50-openai"):
        kind = next(kind for kind in registry._classes() if vars(kind)["info"].name == name)
        config = import_open_clip().get_model_config(vars(kind)["model"])
        assert config["embed_dim"] == registry.methods()[name].dimension


def test_pictures_and_texts_have_the_same_dimension(clip: Clip, photo: Pixels) -> None:
    picture = clip.describe(photo)
    texts = clip.describe_texts(["a red car", "two cats on a sofa", "word " * 200])
    assert picture.shape == (clip.info.dimension,)
    assert texts.shape == (3, clip.info.dimension)
    assert picture.dtype == texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(picture) == pytest.approx(1, abs=1e-5)


def test_the_weights_that_were_pointed_at_are_used(
    method: type[Clip], clip: Clip, tmp_path: Path, photo: Pixels
) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "model.safetensors"
    save_file(clip._network.state_dict(), path)
    loaded = method(tmp_path)
    np.testing.assert_array_equal(loaded.describe(photo), clip.describe(photo))
    np.testing.assert_array_equal(loaded.describe_texts(["a cat"]), clip.describe_texts(["a cat"]))


def test_making_a_model_says_nothing_on_the_terminal(method: type[Clip], capfd: pytest.CaptureFixture[str]) -> None:
    method(random_weights=True)
    assert capfd.readouterr() == ("", "")


def test_a_model_that_open_clip_does_not_have() -> None:
    with pytest.raises(ModelError, match="open_clip has no model that is called 'ViT-Q-99'"):
        clip_method("ViT-Q-99")


def test_texts_for_a_tokenizer_that_does_not_come_along(monkeypatch: pytest.MonkeyPatch, clip: Clip) -> None:
    monkeypatch.setattr(type(clip), "model", "ViT-B-16-SigLIP")
    with pytest.raises(ModelError, match="would have to be downloaded"):
        clip.describe_texts(["a cat"])
