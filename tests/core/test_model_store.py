"""Models come in, go out and are removed as files; what could harm is refused before it is run."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from core import model_files, models
from core.features import registry
from core.model_files import read_onnx, sha256
from core.model_store import export_model, find_installed, import_model, installed_models, remove_model
from core.records import ModelError

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def _colour_model(path: Path, *, weights: object = None, domain: str = "") -> Path:
    """A descriptor that is the mean colour, turned by a matrix."""
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "s", "s"])
    found = helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, ["n", 3])
    matrix = weights if weights is not None else numpy_helper.from_array(np.eye(3, dtype=np.float32), "matrix")
    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["mean", "matrix"], ["descriptor"], domain=domain),
    ]
    graph = helper.make_graph(nodes, "colour", [pixels], [found], [matrix])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def _described(path: Path, **changes: object) -> Path:
    said = {"name": "colour", "version": 1, "side": 64, "dimension": 3, "sha256": sha256(path)}
    path.with_suffix(".json").write_text(json.dumps({**said, **changes}))
    return path


def test_a_model_is_imported_used_exported_and_removed(tmp_path: Path) -> None:
    model = import_model(_described(_colour_model(tmp_path / "any.onnx")))
    assert (model.name, model.version, model.shipped) == ("colour", 1, False)
    assert registry.methods()["colour"].key == "colour@1"
    describe = registry.create("colour").describe  # type: ignore[union-attr]
    assert describe(np.full((20, 30, 3), 90, np.uint8)).shape == (3,)
    written = export_model("colour", tmp_path / "out.onnx")
    assert [path.name for path in written] == ["out.onnx", "out.json"]
    assert sha256(tmp_path / "out.onnx") == sha256(tmp_path / "any.onnx")
    remove_model("colour")
    assert "colour" not in registry.methods()
    assert import_model(tmp_path / "out.onnx").name == "colour"


def test_a_file_that_says_nothing_becomes_a_method_of_its_own_name(tmp_path: Path) -> None:
    model = import_model(_colour_model(tmp_path / "Mean Colour.onnx"))
    assert (model.name, model.dimension) == ("mean-colour", 3)


def test_a_new_file_of_the_same_name_gets_a_new_version(tmp_path: Path) -> None:
    import_model(_described(_colour_model(tmp_path / "first.onnx")))
    turned = numpy_helper.from_array(np.eye(3, dtype=np.float32)[::-1].copy(), "matrix")
    assert import_model(_described(_colour_model(tmp_path / "second.onnx", weights=turned))).version == 2
    assert import_model(tmp_path / "second.onnx").version == 2, "the same file again is the same version"
    remove_model("colour")
    third = numpy_helper.from_array(2 * np.eye(3, dtype=np.float32), "matrix")
    path = _described(_colour_model(tmp_path / "third.onnx", weights=third))
    assert import_model(path).version == 3, "what was stored for the removed one is not its own"


def test_what_came_with_twinsight_stays() -> None:
    assert find_installed("twinsight-copy").shipped
    with pytest.raises(ModelError, match="cannot be removed"):
        remove_model("twinsight-copy")
    with pytest.raises(ModelError, match="no model is called"):
        remove_model("nothing")


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    for name in ("weights.pt", "weights.pth", "model.pkl"):
        (tmp_path / name).write_bytes(pickle.dumps({"harm": "done"}))
        with pytest.raises(ModelError, match="can run code"):
            import_model(tmp_path / name)
    disguised = tmp_path / "model.onnx"
    disguised.write_bytes(pickle.dumps(list(range(100))))
    with pytest.raises(ModelError, match="no ONNX model"):
        import_model(disguised)
    disguised = tmp_path / "resnet18.safetensors"
    disguised.write_bytes(pickle.dumps(list(range(100))))
    with pytest.raises(ModelError, match="no file of safetensors"):
        import_model(disguised)
    assert not [model for model in installed_models() if not model.shipped]


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    outside = onnx.TensorProto(name="matrix", data_type=TensorProto.FLOAT, dims=[3, 3])
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="../../etc/passwd")
    with pytest.raises(ModelError, match="other files"):
        import_model(_colour_model(tmp_path / "outside.onnx", weights=outside))


def test_absurd_sizes_are_refused(tmp_path: Path) -> None:
    huge = onnx.TensorProto(name="matrix", data_type=TensorProto.FLOAT, dims=[1 << 30, 1 << 30])
    with pytest.raises(ModelError, match="more than the file holds"):
        read_onnx(_colour_model(tmp_path / "huge.onnx", weights=huge))
    described = _described(_colour_model(tmp_path / "long.onnx"), dimension=10**9)
    with pytest.raises(ModelError, match="cannot be"):
        import_model(described)


def test_too_large_a_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "MOST_BYTES", 100)
    with pytest.raises(ModelError, match="no size for a model"):
        import_model(_colour_model(tmp_path / "large.onnx"))


def test_another_file_than_the_description_says_is_refused(tmp_path: Path) -> None:
    path = _described(_colour_model(tmp_path / "model.onnx"), sha256="0" * 64)
    with pytest.raises(ModelError, match="not the file it should be"):
        import_model(path)
    path = _described(_colour_model(tmp_path / "model.onnx"))
    with pytest.raises(ModelError, match="not the file it should be"):
        import_model(path, expected="1" * 64)


def test_a_model_that_was_changed_after_its_import_is_not_run(tmp_path: Path) -> None:
    model = import_model(_described(_colour_model(tmp_path / "model.onnx")))
    with model.path.open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(ModelError, match="import it again"):
        registry.create("colour")


def test_a_model_that_does_not_run_is_refused(tmp_path: Path) -> None:
    wrong = numpy_helper.from_array(np.eye(4, dtype=np.float32), "matrix")
    with pytest.raises(ModelError, match="cannot be used"):
        import_model(_colour_model(tmp_path / "wrong.onnx", weights=wrong))
    with pytest.raises(ModelError, match="operators of 'evil'"):
        import_model(_colour_model(tmp_path / "evil.onnx", domain="evil"))


def test_weights_of_networks_are_installed_under_their_name(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"layer": np.zeros((4, 20), np.float32)}, tmp_path / "resnet18.safetensors")
    model = import_model(tmp_path / "resnet18.safetensors")
    assert (model.name, model.kind) == ("resnet18", "weights")
    assert models.find_weights("resnet18") == model.path
    assert remove_model("resnet18") == model
