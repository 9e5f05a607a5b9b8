"""A model and its description, side by side in a models folder, are a method."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from core import models
from core.features import registry
from core.features.base import GlobalMethod, Pixels
from core.features.trained_models import TrainedModel
from core.records import ModelError

BOXES = [[0, 0, 1, 0.5], [0, 0.5, 1, 1]]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's models folder and the shipped one, both empty."""
    users, shipped = tmp_path / "users", tmp_path / "shipped"
    users.mkdir()
    shipped.mkdir()
    monkeypatch.setattr(models, "user_models_folder", lambda: users)
    monkeypatch.setattr(models, "shipped_models_folder", lambda: shipped)
    return users, shipped


def write_model(folder: Path, name: str = "twinsight-copy", version: int = 3, dimension: int = 3) -> Path:
    """A model whose descriptor is the mean colour, and whose regions are the upper and the lower half."""
    import onnx
    from onnx import TensorProto, helper

    def mean(source: str, target: str) -> onnx.NodeProto:
        return helper.make_node("ReduceMean", [source], [target], axes=[2, 3], keepdims=0)

    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "s", "s"])
    descriptor = helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, ["n", 3])
    regions = helper.make_tensor_value_info("regions", TensorProto.FLOAT, ["n", 2, 3])
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [1])
    nodes = [
        mean("pixels", "descriptor"),
        helper.make_node("Split", ["pixels"], ["upper", "lower"], axis=2),
        mean("upper", "first"),
        mean("lower", "second"),
        helper.make_node("Unsqueeze", ["first", "axis"], ["first row"]),
        helper.make_node("Unsqueeze", ["second", "axis"], ["second row"]),
        helper.make_node("Concat", ["first row", "second row"], ["regions"], axis=1),
    ]
    graph = helper.make_graph(nodes, "colour", [pixels], [descriptor, regions], [axis])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{name}.onnx"
    onnx.save(model, path)
    said = {"name": name, "version": version, "dimension": dimension, "side": 64, "regions": BOXES}
    path.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_pair_of_files_is_a_method(folders: tuple[Path, Path]) -> None:
    assert "twinsight-copy" not in registry.methods()
    write_model(folders[1])
    assert registry.methods()["twinsight-copy"].key == "twinsight-copy@3"
    assert isinstance(registry.create("twinsight-copy"), GlobalMethod)


def test_a_model_sees_the_pixels_in_the_order_and_range_of_its_contract(
    folders: tuple[Path, Path], photos: dict[str, Pixels]
) -> None:
    write_model(folders[1])
    method = registry.create("twinsight-copy")
    assert isinstance(method, TrainedModel)
    pictures = list(photos.values())
    means = np.stack([pixels.mean(axis=(0, 1)) for pixels in pictures])
    expected = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(method.describe_batch(pictures), expected, atol=2e-3)


def test_regions_come_in_the_same_run(folders: tuple[Path, Path]) -> None:
    write_model(folders[1])
    method = registry.create("twinsight-copy")
    assert isinstance(method, TrainedModel)
    pixels = np.zeros((100, 80, 3), np.uint8)
    pixels[:50, :, 0], pixels[50:, :, 1] = 200, 100
    whole, regions = method.describe_regions([pixels] * 20)
    assert whole.shape == (20, 3)
    # Shrinking mixes the two colours along the line between them.
    np.testing.assert_allclose(regions[19], [[1, 0, 0], [0, 1, 0]], atol=1e-2)
    assert [list(box) for box in method.regions] == BOXES
    assert method.describe_regions([])[1].shape == (0, 2, 3)


def test_the_users_own_model_goes_before_the_shipped_one(folders: tuple[Path, Path]) -> None:
    write_model(folders[1], version=3)
    write_model(folders[0], version=8)
    assert registry.methods()["twinsight-copy"].version == 8


def test_a_model_people_trained_is_one_more_method(folders: tuple[Path, Path]) -> None:
    write_model(folders[0], name="my-birds", version=1)
    assert registry.create("my-birds").info.title == "Trained model my-birds"


def test_a_description_without_its_model_is_no_method(folders: tuple[Path, Path]) -> None:
    write_model(folders[0]).unlink()
    assert "twinsight-copy" not in registry.methods()


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"name": "x"}', '{"name": "x", "version": "new"}'])
def test_a_damaged_description_is_left_out_with_a_warning(
    text: str, folders: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    write_model(folders[0]).with_suffix(".json").write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert "twinsight-copy" not in registry.methods()
    assert "does not describe a model" in caplog.text


def test_a_description_of_another_model_is_one_clear_sentence(folders: tuple[Path, Path]) -> None:
    write_model(folders[0], dimension=256)
    with pytest.raises(ModelError, match=r"has 3 numbers, but twinsight-copy\.json says 256"):
        registry.create("twinsight-copy")


def test_a_damaged_model_is_one_clear_sentence(folders: tuple[Path, Path]) -> None:
    write_model(folders[0]).write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot be opened as an ONNX model"):
        registry.create("twinsight-copy")
