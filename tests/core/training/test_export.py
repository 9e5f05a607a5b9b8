"""The exported model gives what the network gives, at any side and any count."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.records import ModelError
from core.training.export import (
    PRECISIONS,
    agreement,
    export,
    open_model,
    run_model,
    square_pictures,
    write_manifest,
)
from core.training.regions import REGIONS, best_region, overlap

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def network() -> object:
    from core.training.network import build

    torch.manual_seed(0)
    return build("efficientnet-lite0", "random", 32, 0, True).eval()


@pytest.fixture(scope="module")
def pictures(picture_folder: Path) -> NDArray[np.uint8]:
    return square_pictures(sorted(picture_folder.glob("*.jpg"))[:6], 96)


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.99999), ("float16", 0.9999), ("int8", 0.9)])
def test_the_model_agrees_with_the_network(
    network: object, pictures: NDArray[np.uint8], tmp_path: Path, precision: str, least: float
) -> None:
    path = tmp_path / "model.onnx"
    export(network, path, precision, pictures)  # type: ignore[arg-type]
    found = agreement(network, path, pictures)  # type: ignore[arg-type]
    assert found.descriptor > least
    assert found.mean >= found.descriptor
    assert sorted(item.name for item in tmp_path.iterdir()) == ["model.onnx"], "nothing half-done is left behind"


def test_any_side_and_any_count_can_be_described(network: object, picture_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    export(network, path)  # type: ignore[arg-type]
    for side in (64, 160):
        some = square_pictures(sorted(picture_folder.glob("*.jpg"))[:3], side)
        whole, regions = run_model(open_model(path), some, batch=2)
        assert whole.shape == (3, 32)
        assert regions.shape == (3, len(REGIONS), 32)
        assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-4)
        assert np.allclose(np.linalg.norm(regions, axis=2), 1, atol=1e-4)
        assert agreement(network, path, some).regions > 0.9999  # type: ignore[arg-type]


def test_half_precision_halves_the_file(network: object, tmp_path: Path) -> None:
    for precision in PRECISIONS[:2]:
        export(network, tmp_path / f"{precision}.onnx", precision)  # type: ignore[arg-type]
    sizes = [(tmp_path / f"{precision}.onnx").stat().st_size for precision in PRECISIONS[:2]]
    assert sizes[1] < 0.6 * sizes[0]


def test_a_region_sees_its_part_alone(network: object) -> None:
    """The window of a region weighs cells inside it only, and a cut cell by its share."""
    from core.training.network import _window_weights

    features = torch.zeros(1, 4, 5, 5)
    weights = _window_weights(features, network.windows)  # type: ignore[attr-defined]
    assert torch.allclose(weights.sum(1), torch.ones(len(REGIONS) + 1))
    quarter = weights[1 + REGIONS.index((0.0, 0.0, 0.5, 0.5))].reshape(5, 5)
    assert torch.count_nonzero(quarter[3:]) == 0
    assert quarter[0, 2] == pytest.approx(float(quarter[0, 0]) / 2)


def test_the_manifest_describes_the_file(network: object, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    export(network, path)  # type: ignore[arg-type]
    write_manifest(path, "test", 3, 224, "float32", 32)
    manifest = json.loads((tmp_path / "model.json").read_text())
    assert manifest["version"] == 3
    assert manifest["bytes"] == path.stat().st_size
    assert len(manifest["sha256"]) == 64
    assert len(manifest["regions"]) == len(REGIONS)


def test_what_cannot_be_exported_or_opened_is_said(network: object, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="int4"):
        export(network, tmp_path / "model.onnx", "int4")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="calibration"):
        export(network, tmp_path / "model.onnx", "int8")  # type: ignore[arg-type]
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"broken\.onnx"):
        open_model(tmp_path / "broken.onnx")


def test_boxes_find_their_region() -> None:
    assert overlap((0, 0, 0.5, 1), (0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)
    for index, box in enumerate(REGIONS):
        assert best_region(box) == index
    assert best_region((0.0, 0.0, 1.0, 1.0)) is None
    assert best_region((0.0, 0.0, 0.1, 0.1)) is None
