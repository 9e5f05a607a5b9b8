"""Weights are found where people put them, and what is wrong with them is one clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import models
from core.records import ModelError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(models, "user_models_folder", lambda: tmp_path / "models")
    (tmp_path / "models" / "resnet50").mkdir(parents=True)
    return tmp_path / "models"


def test_weights_in_the_models_folder_are_found(folder: Path) -> None:
    path = folder / "resnet50.safetensors"
    path.touch()
    assert models.find_weights("resnet50") == path


def test_weights_in_a_folder_of_the_networks_name_are_found(folder: Path) -> None:
    path = folder / "resnet50" / "model.safetensors"
    path.touch()
    assert models.find_weights("resnet50") == path


def test_a_nameless_file_in_the_models_folder_is_nobodys(folder: Path) -> None:
    (folder / "model.safetensors").touch()
    with pytest.raises(ModelError):
        models.find_weights("resnet50")


def test_weights_somewhere_else_are_found_by_file_and_by_folder(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.touch()
    assert models.find_weights("resnet50", path) == path
    assert models.find_weights("resnet50", tmp_path) == path


def test_missing_weights_say_where_to_put_them(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"weights of resnet50 are missing: put them at .*resnet50\.safetensors"):
        models.find_weights("resnet50")


def test_a_pickle_is_not_read(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.touch()
    with pytest.raises(ModelError, match="only weights in the safetensors format"):
        models.find_weights("resnet50", path)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    path = tmp_path / "linear.safetensors"
    save_file({"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}, path)
    models.load_weights(torch.nn.Linear(3, 2), path)
    with pytest.raises(ModelError, match="these are weights of another network"):
        models.load_weights(torch.nn.Linear(4, 2), path)
    path.write_bytes(b"no safetensors at all")
    with pytest.raises(ModelError, match="cannot be read as safetensors"):
        models.load_weights(torch.nn.Linear(3, 2), path)


def test_the_users_model_goes_before_the_shipped_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    monkeypatch.setattr(models, "shipped_models_folder", lambda: shipped)
    assert models.find_model("copy.onnx") is None
    (shipped / "copy.onnx").touch()
    assert models.find_model("copy.onnx") == shipped / "copy.onnx"
    (folder / "copy.onnx").touch()
    assert models.find_model("copy.onnx") == folder / "copy.onnx"


def test_something_else_than_a_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(ModelError, match="cannot be opened as an ONNX model"):
        models.onnx_session(path)
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match="cannot be opened as an ONNX model"):
        models.onnx_session(path)


def test_a_failed_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    def fails(path: Path) -> None:
        path.write_bytes(b"half")
        raise ModelError("no weights")

    with pytest.raises(ModelError, match="no weights"):
        models.cached_model(tmp_path / "cache" / "model.onnx", fails)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_model_is_converted_once(tmp_path: Path) -> None:
    written: list[Path] = []

    def convert(path: Path) -> None:
        written.append(path)
        path.write_bytes(b"model")

    target = tmp_path / "cache" / "model.onnx"
    for _ in range(2):
        assert models.cached_model(target, convert).read_bytes() == b"model"
    assert len(written) == 1
    assert written[0].parent != target.parent
