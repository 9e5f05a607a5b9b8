"""A descriptor adapts to a library, is measured before and after, and goes on from where it was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.features import registry
from core.model_store import import_model
from core.records import ModelError
from core.training.adapting import Adapted, AdaptOptions, Measured, adapt
from core.training.export import export, open_model, run_model, square_pictures, write_manifest
from core.training.metrics import TrainingMetrics
from core.training.rewhitening import add_whitening, partial_whitening

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small descriptor with random weights."""
    from core.training.network import build

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("base") / "base.onnx"
    network = build("efficientnet-lite0", "random", 32, 0, True)
    with torch.no_grad():  # untrained biases are all the same, and are stored once
        for parameter in network.backbone.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    export(network, path, "int8", np.zeros((2, 64, 64, 3), np.uint8), 64)
    write_manifest(path, "base", 1, 64, "int8", 32)
    return path


@pytest.fixture
def base(model: Path) -> Path:
    """The same, installed."""
    return import_model(model).path


def test_whitening_a_library_gives_a_method_of_its_own(base: Path, picture_folder: Path, tmp_path: Path) -> None:
    options = AdaptOptions((picture_folder,), "whiten", "mine", tmp_path / "run", "base", held_out=8, workers=0)
    events = list(adapt(options))
    measured = next(event for event in events if isinstance(event, Measured))
    assert (measured.pictures, measured.held_out) == (32, 8)
    adapted = events[-1]
    assert isinstance(adapted, Adapted)
    assert adapted.before == measured.before
    assert "base" not in adapted.model.name
    installed = import_model(adapted.model)
    assert installed.name == "mine" and installed.card is not None
    describe = registry.create("mine").describe  # type: ignore[union-attr]
    assert np.linalg.norm(describe(square_pictures([picture_folder / "00.jpg"], 64)[0])) == pytest.approx(1, abs=1e-4)


def test_training_on_goes_on_from_the_weights_of_the_base(base: Path, picture_folder: Path, tmp_path: Path) -> None:
    options = AdaptOptions(
        (picture_folder,), "train", "mine", tmp_path / "run", "base", steps=2, pairs=4, side=64, held_out=8, workers=0
    )
    events = adapt(options)
    for event in events:
        if isinstance(event, TrainingMetrics) and event.step == 1:
            break
    events.close()  # type: ignore[attr-defined]
    rest = list(adapt(options))
    assert isinstance(rest[-1], Adapted)
    assert [event.step for event in rest if isinstance(event, TrainingMetrics)][-1] == 2
    assert "for 2 steps" in rest[-1].words


def test_int8_weights_come_back_within_their_rounding(model: Path, picture_folder: Path) -> None:
    from core.training.evaluation import describe
    from core.training.network import build
    from core.training.starting import load_model_weights

    network = build("efficientnet-lite0", "random", 32, 0, True)
    load_model_weights(model, network)
    pictures = square_pictures(sorted(picture_folder.glob("*.jpg"))[:6], 64)
    ours, _ = describe(network.eval(), pictures, "cpu", False)
    theirs, _ = run_model(open_model(model), pictures)
    assert (ours * theirs).sum(1).min() > 0.9


def test_a_whitening_within_the_model_is_the_one_beside_it(model: Path, picture_folder: Path, tmp_path: Path) -> None:
    pictures = square_pictures(sorted(picture_folder.glob("*.jpg")), 64)
    plain, plain_regions = run_model(open_model(model), pictures)
    whitening = partial_whitening(plain, 0.5, 16)
    add_whitening(model, tmp_path / "white.onnx", whitening)
    white, regions = run_model(open_model(tmp_path / "white.onnx"), pictures)
    assert white.shape == (len(pictures), 16)
    np.testing.assert_allclose(white, whitening.apply(plain), atol=1e-4)
    np.testing.assert_allclose(regions[3], whitening.apply(plain_regions[3]), atol=1e-4)


def test_what_cannot_be_adapted_is_said(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no way 'pray'"):
        AdaptOptions((tmp_path,), "pray")
    with pytest.raises(ModelError, match="no model is called 'nothing'"):
        list(adapt(AdaptOptions((tmp_path,), base="nothing")))
